import { beforeEach, expect, test } from 'vitest'
import { command, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'

const shop = useShop()
const key = (fd: number) => `FN9285000100150175-FD${fd}`
const retries = "SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%retries.php%'"

beforeEach(async () => {
  const { site } = shop
  const { code, text } = await command(site, 'install', '--host', site.host, '--yes')
  expect([code, text]).toEqual([0, expect.stringContaining('Установлено')])
})

const mails = () => shop.site.sql('SELECT recipient, subject, body FROM fake_mail ORDER BY id')

test('what an exchange with 1C has mended is booked at once, and what it cannot mend is not tried', async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, quantity: '8' }], { fd: 1 })) // too few
  await site.post(receipt([{ ean: '4600000005555' }], { fd: 2 })) // unknown yet
  await site.post(receipt([{ name: 'Пакет' }], { fd: 3 })) // unknown for good
  await site.post(receipt([tea], { fd: 4, mayBeSiteOrder: ['settled in the Internet (tag 1125)'] }))
  await site.post(receipt([{ ...tea, move: 'review' }], { fd: 5 }))
  await site.post(receipt([tea, { ...tea, move: 'review' }, { ean: '4600000005555' }], { fd: 6 }))
  await site.setting('live', 'N')
  await site.post(receipt([tea], { fd: 7 }))
  await site.setting('live', 'Y')
  const tried = () => site.sql('SELECT fd, state, attempts FROM chekpost_event ORDER BY fd')
  await site.product({ id: 50, barcode: '4600000005555' })
  await site.import1c({ 7: { 1: '20' }, 50: { 1: '3' } })
  expect(await tried()).toEqual([
    { fd: '1', state: 'booked', attempts: '2' },
    { fd: '2', state: 'booked', attempts: '2' },
    { fd: '3', state: 'parked', attempts: expect.stringMatching(/^[23]$/) },
    { fd: '4', state: 'parked', attempts: '1' },
    { fd: '5', state: 'parked', attempts: '1' },
    { fd: '6', state: 'parked', attempts: '1' },
    { fd: '7', state: 'parked', attempts: '1' },
  ])
  expect([await site.amount(7, 1), await site.amount(50, 1)]).toEqual(['12', '2'])
  await shop.recount()
  await site.sql(
    "DELETE FROM chekpost_movement; UPDATE chekpost_event SET state = 'ignored' WHERE state = 'booked'",
  )
  await site.sql('DELETE FROM b_catalog_store_docs')
  await shop.recount()
})

test('an exchange is held up for two hundred receipts at most, the agent does the rest', async () => {
  const { site } = shop
  await site.post(receipt([{ ...coffee, quantity: '11' }], { fd: 1 }))
  await site.sql(
    `INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, reasons, reason_group,
       http_status, body, created_at, updated_at)
     SELECT CONCAT('FN9285000100150175-FD', seq), SHA2(seq, 256), register_id, fn, seq, type, occurred_at, state, reasons,
       reason_group, 202, REPLACE(REPLACE(body, 'FD1"', CONCAT('FD', seq, '"')), '"fd":1,', CONCAT('"fd":', seq, ',')),
       created_at, updated_at FROM chekpost_event JOIN seq_2_to_220`,
  )
  await site.php(`Bitrix\\Main\\Loader::includeModule('catalog');
    Fake\\Import::run([]); return null;`)
  const waiting = await site.value('SELECT COUNT(*) FROM chekpost_event WHERE retry_at <= UTC_TIMESTAMP()')
  expect(Number(waiting)).toBeGreaterThan(0)
  expect(await site.value(retries)).toBe('1')
  await site.import1c({ 9: { 1: '5000' } })
  await shop.recount()
  for (let run = 0; run < 6; run++) {
    await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
    await site.agents()
  }
  expect(await site.value("SELECT COUNT(*) FROM chekpost_event WHERE state = 'booked'")).toBe('220')
  expect(await site.value(retries)).toBe('0')
  await site.sql(
    "DELETE FROM chekpost_movement; UPDATE chekpost_event SET state = 'ignored'; DELETE FROM b_catalog_store_docs",
  )
  await shop.recount()
})

test('an error of ours never stops the exchange, and a receipt that throws does not stop the next', async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, quantity: '8' }], { fd: 1 }))
  await site.post(receipt([{ ...coffee, quantity: '11' }], { fd: 2 }))
  await site.fault('handler:OnBeforeDocumentAdd', 'throw:чужой модуль', { times: 1 })
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 20 WHERE STORE_ID = 1')
  await shop.recount()
  await site.php(`foreach (GetModuleEvents('catalog', 'OnCompleteCatalogImport1C', true) as $handler) {
      ExecuteModuleEventEx($handler, [[], '']);
    }
    return null;`)
  const states = async () => [await shop.state(key(1)), await shop.state(key(2))].sort()
  expect(await states()).toEqual(['booked', 'parked'])
  expect(await shop.books.disagreements()).toEqual([])
  await site.sql('RENAME TABLE chekpost_event TO chekpost_gone')
  await expect(site.import1c({ 7: { 1: '20' } })).resolves.toBeUndefined()
  await site.sql('RENAME TABLE chekpost_gone TO chekpost_event')
  expect(await site.value("SELECT COUNT(*) FROM chekpost_audit WHERE action = 'retry-stopped'")).toBe('2')
  await site.sql(
    "DELETE FROM chekpost_movement; UPDATE chekpost_event SET state = 'ignored'; DELETE FROM b_catalog_store_docs",
  )
  await shop.recount()
})

test("booking behind somebody's session never makes him the technical user", async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, quantity: '6' }], { fd: 1 }))
  await site.import1c({ 7: { 1: '20' } })
  await site.post(receipt([{ ...tea, quantity: '60' }], { fd: 2 }))
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 100 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
  await shop.recount()
  await site.sql(
    'UPDATE chekpost_event SET retry_at = UTC_TIMESTAMP() WHERE fd = 2; UPDATE b_agent SET NEXT_EXEC = NOW()',
  )
  // A visitor's hit runs the agents.
  const visitor = await site.browser(3)
  const hit = await visitor.get('/local/chekpost/admin.php')
  expect(hit.status).toBe(403)
  expect(await shop.state(key(2))).toBe('booked')
  for (const cookie of hit.headers['set-cookie'] ?? []) expect(cookie).not.toContain('chekpost')
  const who = await site.php('return [$GLOBALS["USER"]->IsAuthorized()];')
  expect(who).toEqual([false])
  expect((await visitor.get('/local/chekpost/admin.php')).status).toBe(403)
  const [row] = await site.sql('SELECT CREATED_BY FROM b_catalog_store_docs ORDER BY ID DESC LIMIT 1')
  expect(row).toEqual({ CREATED_BY: '2' })
  await site.sql(
    "DELETE FROM chekpost_movement; UPDATE chekpost_event SET state = 'ignored'; DELETE FROM b_catalog_store_docs",
  )
  await shop.recount()
})

test("what a handler asks of the user while a receipt is booked is the technical user's, never the visitor's", async () => {
  const asked =
    await shop.site.php(`$_SESSION['SESS_AUTH'] = ['USER_ID' => 1, 'LOGIN' => 'admin', 'GROUPS' => [1]];
    require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
    $names = ['USER_ID', 'GROUPS', 'LOGIN'];
    return (new Chekpost\\Office\\Site())->apart(2, static function () use ($names) {
        $user = $GLOBALS['USER'];
        $before = array_map([$user, 'GetParam'], $names);
        $user->Authorize(2);
        $during = array_map([$user, 'GetParam'], $names);
        $user->SetParam('LOGIN', 'other');
        $user->Logout();
        return [$before, $during, array_map([$user, 'GetParam'], $names), $_SESSION['SESS_AUTH']];
    });`)
  expect(asked).toEqual([
    [null, null, null],
    [2, [2], null],
    [null, null, null],
    { USER_ID: 1, LOGIN: 'admin', GROUPS: [1] },
  ])
})

test('an order shipped after the very same receipt raises a suspicion at once, and its owner is told', async () => {
  const { site } = shop
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 20 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
  await shop.recount()
  await site.post(receipt([{ ...tea, quantity: '2', sum: 20_000 }, coffee], { fd: 1 }))
  await site.post(receipt([{ ...tea, quantity: '2', sum: 20_000 }], { fd: 2 }))
  await site.post(receipt([{ ...tea, quantity: '2', sum: 21_000 }, coffee], { fd: 3 }))
  for (const fd of [1, 2, 3]) expect(await shop.state(key(fd))).toBe('booked')
  await site.order({ id: 77, lines: { 7: 2, 9: 1 }, price: '450.00', delivery: '150.00' })
  await site.order({ id: 78, lines: { 7: 2, 9: 2 }, price: '300.00' })
  await site.ship(78, 2)
  expect(await site.value('SELECT COUNT(*) FROM chekpost_event WHERE suspect IS NOT NULL')).toBe('0')
  await site.ship(77, 2)
  expect(await site.sql('SELECT fd, suspect FROM chekpost_event WHERE suspect IS NOT NULL')).toEqual([
    { fd: '1', suspect: expect.stringContaining('77') },
  ])
  expect(await mails()).toMatchObject([
    { recipient: 'owner@shop.example', subject: expect.stringContaining(`заказ 77 и чек ${key(1)}`) },
  ])
  // Told once, undone never.
  await site.ship(77, 2, false)
  await site.ship(77, 2)
  expect(await mails()).toHaveLength(1)
  expect(await shop.state(key(1))).toBe('booked')

  const office = new Desk(await site.browser(1))
  expect((await office.see('suspects')).text).toContain(key(1))
  expect((await office.press('suspect-seen', { key: key(1), note: '', view: 'suspects' })).status).toBe(422)
  await office.press('suspect-seen', { key: key(1), note: 'это другая покупка' })
  expect((await office.see('suspects')).text).toContain('Подозрений нет')
  expect(
    await site.sql("SELECT action, event_key FROM chekpost_audit WHERE action LIKE 'suspect%' ORDER BY id"),
  ).toEqual([
    { action: 'suspect-double', event_key: key(1) },
    { action: 'suspect-seen', event_key: key(1) },
  ])
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 4 WHERE PRODUCT_ID = 7 AND STORE_ID = 2')
  await site.sql('DELETE FROM b_catalog_store_product WHERE PRODUCT_ID = 9 AND STORE_ID = 2')
})

test('an order of a set is the receipt of its parts; an old receipt and a shipment taken back are no suspicion', async () => {
  const { site } = shop
  await site.product({ id: 60, type: 2, barcode: '4600000006060', set: { 7: 1, 9: 2 } })
  await site.post(receipt([{ ean: '4600000006060' }], { fd: 1 }))
  await site.post(receipt([coffee], { fd: 2 }))
  expect(await shop.state(key(1))).toBe('booked')
  await site.order({ id: 80, lines: { 60: 1 }, price: '100.00' })
  const parent = await site.value('SELECT ID FROM b_sale_basket WHERE ORDER_ID = 80')
  await site.sql('UPDATE b_sale_basket SET TYPE = 1, SET_PARENT_ID = ID WHERE ID = ?', parent)
  for (const [product, quantity] of [
    [7, 1],
    [9, 2],
  ] as const)
    await site.sql(
      'INSERT INTO b_sale_basket (ORDER_ID, PRODUCT_ID, QUANTITY, SET_PARENT_ID) VALUES (80, ?, ?, ?)',
      ...[product, quantity, parent],
    )
  await site.order({ id: 81, lines: { 9: 1 }, price: '100.00' })
  await site.ship(81, 2, false)
  await site.sql(
    'UPDATE chekpost_movement SET created_at = DATE_SUB(created_at, INTERVAL 15 DAY) WHERE event_key = ?',
    key(2),
  )
  await site.ship(81, 2)
  await site.ship(80, 2)
  expect(await site.sql('SELECT fd FROM chekpost_event WHERE suspect IS NOT NULL')).toEqual([{ fd: '1' }])
  await site.sql('UPDATE chekpost_event SET suspect = NULL')
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 4 WHERE PRODUCT_ID = 7 AND STORE_ID = 2')
  await site.sql('DELETE FROM b_catalog_store_product WHERE PRODUCT_ID IN (9, 60) AND STORE_ID = 2')
})

test('a copy of the site books nothing after an import, suspects nothing and writes to nobody', async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, quantity: '6' }], { fd: 1 }))
  await site.post(receipt([coffee], { fd: 2 }))
  await site.setting('place', 'elsewhere')
  await site.order({ id: 90, lines: { 9: 1 }, price: '100.00' })
  await site.import1c({ 7: { 1: '20' } })
  await site.ship(90, 2)
  await site.sql(
    'UPDATE chekpost_event SET retry_at = UTC_TIMESTAMP() WHERE fd = 1; UPDATE b_agent SET NEXT_EXEC = NOW()',
  )
  await site.agents()
  expect(await shop.state(key(1))).toBe('parked')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_event WHERE suspect IS NOT NULL')).toBe('0')
  expect(await mails()).toEqual([])
  await site.sql('DELETE FROM b_catalog_store_product WHERE PRODUCT_ID = 9 AND STORE_ID = 2')
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 5 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
})

test('under another name of the same site an exchange and the agents work; a copy with that name keeps still', async () => {
  const { site } = shop
  await site.sql(
    "UPDATE b_lang SET SERVER_NAME = 'www.shop.example'; INSERT INTO b_lang_domain VALUES ('s1', 'second.example')",
  )
  await site.setting('host', 'shop.example')
  for (const fd of [1, 2, 3])
    await site.post(receipt([{ ...tea, quantity: '6' }], { fd }), { headers: { host: 'shop.example' } })
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 50 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
  await shop.recount()
  const imported = (host: string) =>
    site.php(`$_SERVER['HTTP_HOST'] = '${host}';
      foreach (GetModuleEvents('catalog', 'OnSuccessCatalogImport1C', true) as $handler) {
        ExecuteModuleEventEx($handler, [[], '']);
      }
      return null;`)
  const parked = () => site.value("SELECT COUNT(*) FROM chekpost_event WHERE state = 'parked'")
  const asleep = () => site.sql("SELECT detail FROM chekpost_audit WHERE action = 'asleep'")
  await imported('other.example')
  await imported('notsecond.example')
  expect(await parked()).toBe('3')
  expect(await asleep()).toEqual([{ detail: expect.stringContaining('"host":"other.example"') }])
  const place = (await site.value("SELECT VALUE FROM b_option WHERE NAME = 'place'")) ?? ''
  await site.setting('place', 'elsewhere')
  await imported('www.shop.example')
  expect(await parked()).toBe('3')
  await site.setting('place', place)
  await imported('www.shop.example:8080')
  expect(await parked()).toBe('0')

  await site.setting('watchedAt', '0')
  await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  const visitor = await site.browser(3)
  await visitor.get('/local/chekpost/admin.php', { host: 'm.second.example' })
  expect(Number(await site.value("SELECT VALUE FROM b_option WHERE NAME = 'watchedAt'"))).toBeGreaterThan(1e9)
  // Receipts come in under the installed name alone.
  const wrong = await site.post(receipt([tea], { fd: 4 }), { headers: { host: 'www.shop.example' } })
  expect([wrong.status, wrong.json]).toEqual([503, expect.objectContaining({ error: 'wrong-site' })])
  const { text } = await command(site, 'check')
  expect(text).toContain('обработчики и сторож работают и под именами second.example, www.shop.example')
})

test("the shop's menu leads to the page, for administrators", async () => {
  const menu = async (user: number) =>
    await shop.site.php(`Fake\\Boot::actAs(${user}); $global = ['global_menu_store' => []]; $menu = [];
      foreach (GetModuleEvents('main', 'OnBuildGlobalMenu', true) as $handler) {
        ExecuteModuleEventEx($handler, [&$global, &$menu]);
      }
      return $menu;`)
  expect(await menu(1)).toMatchObject([
    { parent_menu: 'global_menu_store', url: '/local/chekpost/admin.php?lang=ru', text: 'Чеки из магазина' },
  ])
  expect(await menu(3)).toEqual([])
})
