<?php

declare(strict_types=1);

namespace Fake;

/** Refusals, in the language of the site. They are our own wordings: the real ones differ by version as well. */
final class Text
{
    private const TEXTS = [
        'control-off' => ['Складской учёт выключен, проведение невозможно', 'Store control is off'],
        'conducted' => ['Документ уже проведён', 'The document is already conducted'],
        'not-conducted' => ['Документ не проведён', 'The document is not conducted'],
        'no-change' => ['Проведённый документ изменить нельзя', 'A conducted document cannot be changed'],
        'no-delete' => ['Проведённый документ удалить нельзя', 'A conducted document cannot be deleted'],
        'no-type' => ['Не указан вид документа', 'The kind of the document is missing'],
        'no-site' => ['Не указан сайт', 'The site is missing'],
        'no-responsible' => ['Не указан ответственный', 'The responsible person is missing'],
        'no-lines' => ['В документе нет товаров', 'The document holds no goods'],
        'no-element' => ['Товар %s не найден', 'Element %s is not found'],
        'no-product' => ['Элемент %s не является товаром', 'Element %s is no product'],
        'bad-type' => ['Товар %s: такой тип не участвует в складском учёте', 'Product %s: unsuitable type'],
        'bad-amount' => ['Товар %s: неверное количество', 'Product %s: wrong amount'],
        'barcodes' => ['Товар %s: число штрихкодов не совпадает', 'Product %s: wrong number of barcodes'],
        'no-store' => ['Товар %s: склад не указан', 'Product %s: the store is missing'],
        'unknown-store' => ['Товар %s: склад не существует', 'Product %s: no such store'],
        'inactive-store' => ['Товар %s: склад не активен', 'Product %s: the store is not active'],
        'same-store' => ['Склады совпадают', 'Both stores are the same'],
        'insufficient' => ['Недостаточно товара %s на складе %s', 'Insufficient amount of %s on store %s'],
        'cannot-update' => ['Не удалось изменить остаток', 'The amount could not be changed'],
        'no-contractor' => ['Не указан поставщик', 'The contractor is missing'],
        'product-update' => ['Не удалось изменить товар', 'The product could not be changed'],
    ];

    /** @param mixed ...$parts */
    public static function of(string $what, ...$parts): string
    {
        $text = self::TEXTS[$what][Fault::value('language') === 'en' ? 1 : 0];
        return vsprintf($text, $parts);
    }

    /** @param mixed ...$parts always false, for those who return it */
    public static function refuse(string $what, ...$parts): bool
    {
        $GLOBALS['APPLICATION']->ThrowException(self::of($what, ...$parts));
        return false;
    }
}
