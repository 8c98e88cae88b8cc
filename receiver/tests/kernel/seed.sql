-- What a new site holds: store control is on, nobody may go below nought, three users.
INSERT INTO b_module VALUES ('main'), ('iblock'), ('catalog'), ('sale');
INSERT INTO b_option VALUES ('catalog', 'default_use_store_control', 'Y'), ('main', 'server_name', 'shop.example'), ('main', 'email_from', 'site@shop.example');
INSERT INTO b_lang VALUES ('s1', 'Y', '');
INSERT INTO b_user VALUES (1, 'admin', 'Админ', 'admin@shop.example', 'Y'), (2, 'chekpost', 'Касса', '', 'Y'), (3, 'editor', 'Редактор', '', 'Y');
INSERT INTO b_user_group VALUES (1, 1), (2, 2), (3, 2);
INSERT INTO b_iblock VALUES (1, 'Каталог'), (2, 'Предложения');
INSERT INTO b_catalog_iblock VALUES (1, 0, 0), (2, 1, 5);
INSERT INTO b_iblock_property (ID, IBLOCK_ID, CODE, NAME) VALUES (1, 1, 'CML2_ARTICLE', 'Артикул'), (2, 2, 'CML2_ARTICLE', 'Артикул'), (5, 2, 'CML2_LINK', 'Товар');
INSERT INTO b_catalog_measure (ID, CODE, MEASURE_TITLE, SYMBOL_RUS, IS_DEFAULT) VALUES (1, 6, 'Метр', 'м', 'N'), (2, 112, 'Литр', 'л', 'N'),
  (3, 163, 'Грамм', 'г', 'N'), (4, 166, 'Килограмм', 'кг', 'N'), (5, 796, 'Штука', 'шт', 'Y');
