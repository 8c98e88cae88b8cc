import { expect, test } from 'vitest'
import { choice, Desk } from './office/desk.ts'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'

const shop = useShop()
const key = (fd: number) => `FN9285000100150175-FD${fd}`

async function desk(): Promise<Desk> {
  return new Desk(await shop.site.browser(1))
}

async function groupOf(fd: number): Promise<string> {
  return (await shop.site.value('SELECT reason_group FROM chekpost_event WHERE fd = ?', fd)) ?? ''
}

const audit = () => shop.site.sql('SELECT who, action, event_key, detail FROM chekpost_audit ORDER BY id')

test('receipts that wait for the same thing stand together, with the reason and the next step', async () => {
  const { site } = shop
  for (const fd of [1, 2, 3]) await site.post(receipt([{ name: 'Пакет' }], { fd }))
  await site.post(receipt([{ ...tea, quantity: '99' }], { fd: 4 }))
  const office = await desk()
  const parked = await office.see('parked')
  expect(parked.text).toContain('3 чека товар не найден')
  expect(parked.text).toMatch(/1 чек на складе не хватает .*Оприходуйте товар/)
  const group = await office.see('group', { group: await groupOf(1) })
  for (const fd of [1, 2, 3]) expect(group.text).toContain(key(fd))
  expect(group.text).not.toContain(key(4))
  const one = await office.see('receipt', { key: key(4) })
  expect(one.text).toMatch(/Чай EAN 4601234567893 99/)
  expect(one.text).toContain('100,00 ₽')
})

test('one code said once books every receipt that waits for it, and each step is on record', async () => {
  const { site } = shop
  for (const fd of [1, 2]) await site.post(receipt([{ name: 'Чай весовой', quantity: '0.5' }], { fd }))
  await site.post(receipt([{ name: 'Другое' }], { fd: 3 }))
  const office = await desk()
  const done = await office.press('map-codes', {
    store: 'shop-12',
    ...choice(0, { kind: 'name', code: 'чай весовой', product: '9', factor: '0,2' }),
    ...choice(1, { kind: 'name', code: 'другое', product: '', factor: '' }),
  })
  expect(done.text).toContain('Записано связей: 1')
  expect([await shop.state(key(1)), await shop.state(key(2)), await shop.state(key(3))]).toEqual([
    'booked',
    'booked',
    'parked',
  ])
  expect(await site.amount(9, 1)).toBe('9.8')
  expect(await audit()).toMatchObject([
    { who: 'admin [1]', action: 'map', detail: expect.stringContaining('чай весовой') },
  ])
  // Another shop's receipt is none of it.
  await site.register({ id: 'shop-13/till-1' })
  const other = receipt([{ name: 'Чай весовой' }], { fd: 4, register: 'shop-13/till-1' })
  expect((await site.post(other, { register: 'shop-13/till-1' })).status).toBe(202)
})

test('what the site does not keep moves nothing, and can be kept again', async () => {
  const { site } = shop
  await site.post(receipt([{ name: 'Пакет' }], { fd: 1 }))
  await site.post(receipt([{ name: 'Пакет' }, tea], { fd: 2 }))
  const office = await desk()
  await office.press('map-codes', choice(0, { kind: 'name', code: 'пакет', none: 'Y' }))
  expect([await shop.state(key(1)), await shop.state(key(2))]).toEqual(['ignored', 'booked'])
  expect(await site.amount(7, 1)).toBe('4')

  const id = (await site.value('SELECT id FROM chekpost_map')) ?? ''
  expect((await office.see('map', { find: 'пак' })).text).toContain('не ведётся на сайте')
  expect((await office.press('map-remove', { id })).text).toContain('Связь удалена')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_map')).toBe('0')
  expect((await audit()).map(({ action }) => action)).toEqual(['map', 'unmap'])
  // The receipt that moved nothing can be taken up again, on purpose.
  await office.press('retry', { key: key(1) })
  expect(await shop.state(key(1))).toBe('parked')
  expect((await office.press('map-remove', { id })).text).toContain('Этой связи уже нет')
})

test('a name that only one product bears is suggested, and taken only when ticked', async () => {
  const { site } = shop
  await site.product({ id: 20, name: 'Хлеб  Бородинский', amount: { 1: 3 } })
  await site.product({ id: 21, name: 'хлеб бородинский', active: false })
  await site.product({ id: 22, name: 'Сыр', amount: { 1: 3 } })
  await site.product({ id: 23, name: 'СЫР', amount: { 1: 3 } })
  await site.product({ id: 24, name: 'Услуга', type: 7 })
  await shop.recount()
  for (const [at, name] of ['Хлеб  Бородинский', 'Сыр', 'Услуга'].entries())
    await site.post(receipt([{ name, ean: `460000000099${at}` }], { fd: at + 1 }))
  const office = await desk()
  const { text, html } = await office.see('codes')
  expect(text).toContain('это «Хлеб Бородинский» [20]')
  expect(text).not.toMatch(/это «(?:Сыр|СЫР|Услуга)/)
  expect(html).not.toContain('checked')
  const row = { kind: 'ean', code: '4600000000990', suggested: '20' }
  const untouched = await office.press('map-codes', choice(0, row))
  expect(untouched.status).toBe(422)
  expect(await shop.state(key(1))).toBe('parked')
  await office.press('map-codes', choice(0, { ...row, take: 'Y' }))
  expect(await shop.state(key(1))).toBe('booked')
  expect(await site.amount(20, 1)).toBe('2')
})

test('a code is mapped only to what can be booked', async () => {
  const { site } = shop
  await site.product({ id: 30, type: 3, name: 'Футболка' })
  await site.product({ id: 31, type: 7, name: 'Доставка' })
  await site.post(receipt([{ name: 'Что-то' }], { fd: 1 }))
  const office = await desk()
  const wanted = async (row: Record<string, string>) =>
    (await office.press('map-codes', choice(0, { kind: 'name', code: 'что-то', ...row }))).text
  expect(await wanted({ product: '999' })).toContain('товара 999 на сайте нет')
  expect(await wanted({ product: '30' })).toContain('состоит из предложений')
  expect(await wanted({ product: '31' })).toContain('не ведётся на складе')
  expect(await wanted({ product: '7; DROP TABLE' })).toContain('номер товара – целое число')
  expect(await wanted({ product: '7', factor: '0' })).toContain('коэффициент')
  expect(await wanted({ product: '7', factor: '1e3' })).toContain('коэффициент')
  expect(await wanted({ product: '7', none: 'Y' })).toContain('выберите одно')
  expect(await site.value('SELECT COUNT(*) FROM chekpost_map')).toBe('0')
  expect(await shop.state(key(1))).toBe('parked')
})

test('a receipt is dismissed only with a note, is never booked then, and can be taken up again', async () => {
  const { site } = shop
  const sale = receipt([{ ...tea, quantity: '99' }], { fd: 1 })
  await site.post(sale)
  const office = await desk()
  for (const note of ['', '   ']) {
    const refused = await office.press('dismiss', { key: key(1), note, view: 'receipt' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('напишите, почему')
  }
  expect(await shop.state(key(1))).toBe('parked')
  const done = await office.press('dismiss', { key: key(1), note: 'списано вручную' })
  expect(done.text).toContain('Закрыто чеков: 1')
  expect(done.text).toContain('списано вручную – admin [1]')
  expect(await audit()).toMatchObject([{ who: 'admin [1]', action: 'dismiss', event_key: key(1) }])
  const again = await office.press('dismiss', { key: key(1), note: 'ещё раз', view: 'receipt' })
  expect([again.status, again.text]).toEqual([
    422,
    expect.stringContaining('Этот чек уже закрыт, закрывать нечего'),
  ])
  expect((await office.press('apply', { key: key(1) })).text).toContain('Этот чек уже закрыт')
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 500 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
  await shop.recount()
  expect((await site.post(sale)).json).toMatchObject({ state: 'ignored', duplicate: true })
  await office.press('retry', { key: key(1) })
  expect(await shop.state(key(1))).toBe('booked')
  expect(await site.amount(7, 1)).toBe('401')
  expect((await office.press('apply', { key: key(1) })).text).toContain('Этот чек уже проведён')
  expect((await office.press('dismiss', { key: key(1), note: 'x' })).text).toContain(
    'Этот чек уже проведён, закрывать нечего',
  )
  const { html } = await office.see('receipt', { key: key(1) })
  expect(html).toContain('пометка: списано вручную')
})

test('a whole group is tried again, or dismissed with one note', async () => {
  const { site } = shop
  for (const fd of [1, 2]) await site.post(receipt([{ ...tea, quantity: '5.5' }], { fd }))
  for (const fd of [3, 4]) await site.post(receipt([{ name: 'Пакет' }], { fd }))
  const office = await desk()
  await site.import1c({ 7: { 1: '20' } })
  await shop.recount()
  const done = await office.press('retry-group', { group: await groupOf(1) })
  expect(done.text).toContain('Не ждут больше: 2')
  expect(await site.amount(7, 1)).toBe('9')
  for (const fd of [1, 2])
    expect(await audit()).toContainEqual(
      expect.objectContaining({ action: 'retry', event_key: key(fd), detail: '{"state":"booked"}' }),
    )
  const group = await groupOf(3)
  expect((await office.press('dismiss-group', { group, note: '' })).status).toBe(422)
  expect((await office.press('dismiss-group', { group, note: 'пакеты' })).text).toContain('Закрыто чеков: 2')
  expect(await site.value("SELECT COUNT(*) FROM chekpost_event WHERE state = 'parked'")).toBe('0')
  expect((await office.press('retry-group', { group })).text).toContain('больше ничего не ждёт')
})

test('one click books what may be a site order or needs a look, and nothing else', async () => {
  const { site } = shop
  await site.order({ id: 55, lines: { 9: 1 }, price: '100.00' })
  await site.post(receipt([tea], { fd: 1, mayBeSiteOrder: ['settled in the Internet (tag 1125)'] }))
  await site.post(receipt([coffee], { fd: 2 }))
  await site.post(receipt([{ ...tea, move: 'review' }], { fd: 3 }))
  await site.post(receipt([{ name: 'Пакет' }, { ...tea, move: 'review' }], { fd: 4 }))
  const office = await desk()
  expect((await office.see('receipt', { key: key(2) })).text).toContain('55')
  for (const fd of [1, 2, 3]) {
    const page = await office.see('receipt', { key: key(fd) })
    expect(page.html).toContain('value="apply"')
    expect((await office.press('apply', { key: key(fd), note: 'проверено' })).text).toContain(
      'Проведено чеков: 1',
    )
    expect(await shop.state(key(fd))).toBe('booked')
  }
  expect((await office.see('receipt', { key: key(4) })).html).not.toContain('value="apply"')
  const refused = await office.press('apply', { key: key(4), view: 'receipt' })
  expect(refused.text).toContain('Сначала устраните другую причину: товар не найден')
  expect(await shop.state(key(4))).toBe('parked')
  expect((await audit()).map(({ action, event_key }) => [action, event_key])).toEqual([
    ['apply', key(1)],
    ['apply', key(2)],
    ['apply', key(3)],
  ])
  expect(await site.value('SELECT who FROM chekpost_event WHERE fd = 1')).toBe('admin [1]')
  expect([await site.amount(7, 1), await site.amount(9, 1)]).toEqual(['3', '9'])
})

test('receipts of the trial are booked or dismissed together, and only once the site is live', async () => {
  const { site } = shop
  await site.setting('live', 'N')
  for (const fd of [1, 2, 3]) await site.post(receipt([tea], { fd }))
  await site.post(receipt([{ name: 'Пакет' }], { fd: 4 }))
  const office = await desk()
  const parked = await office.see('parked')
  expect(parked.text).toContain('Пробные чеки: 4')
  const early = await office.press('trial-book', { view: 'parked' })
  expect(early.status).toBe(422)
  await office.press('retry', { key: key(1) })
  expect(await shop.state(key(1))).toBe('parked')
  await office.press('dismiss', { key: key(1), note: 'учтён при пересчёте' })
  await site.setting('live', 'Y')
  const done = await office.press('trial-book')
  expect(done.text).toContain('Не ждут больше: 2')
  expect(['dismissed', 'booked', 'booked', 'parked']).toEqual([
    await shop.state(key(1)),
    await shop.state(key(2)),
    await shop.state(key(3)),
    await shop.state(key(4)),
  ])
  expect(await site.amount(7, 1)).toBe('3')

  await site.setting('live', 'N')
  for (const fd of [5, 6]) await site.post(receipt([tea], { fd }))
  expect((await office.press('trial-dismiss', { note: '' })).status).toBe(422)
  expect((await office.press('trial-dismiss', { note: 'остатки загружены из 1С' })).text).toContain(
    'Закрыто чеков: 2',
  )
  expect(await shop.state(key(4))).toBe('parked')
})

test('a click books at most two hundred, and the agent does the rest', async () => {
  const { site } = shop
  await site.import1c({ 9: { 1: '1000' } })
  await shop.recount()
  await site.post(receipt([{ ...coffee, ean: '4600000007777' }], { fd: 1 }))
  await site.sql(
    `INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, reasons, reason_group,
       http_status, body, created_at, updated_at)
     SELECT CONCAT('FN9285000100150175-FD', seq), SHA2(seq, 256), register_id, fn, seq, type, occurred_at, state, reasons,
       reason_group, 202, REPLACE(REPLACE(body, 'FD1"', CONCAT('FD', seq, '"')), '"fd":1,', CONCAT('"fd":', seq, ',')),
       created_at, updated_at FROM chekpost_event JOIN seq_2_to_230`,
  )
  const { browser } = await desk()
  // Not followed to the page: the next hit runs the agents.
  const done = await browser.post('/local/chekpost/admin.php', {
    action: 'map-codes',
    ...choice(0, { kind: 'ean', code: '4600000007777', product: '9' }),
  })
  expect(done.headers.location).toContain('rest=')
  const booked = () => site.value("SELECT COUNT(*) FROM chekpost_event WHERE state = 'booked'")
  expect(await booked()).toBe('200')
  expect(await site.value("SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%retries.php%'")).toBe('1')
  for (let run = 0; run < 5 && (await booked()) !== '230'; run++) {
    await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
    await site.agents()
  }
  expect(await booked()).toBe('230')
  expect(await site.amount(9, 1)).toBe('770')
  await site.sql('UPDATE b_agent SET NEXT_EXEC = NOW()')
  await site.agents()
  expect(await site.value("SELECT COUNT(*) FROM b_agent WHERE NAME LIKE '%retries.php%'")).toBe('0')
})

test('documents undone by hand and errors are shown, and the receipt is not booked again', async () => {
  const { site } = shop
  const sale = receipt([tea], { fd: 1 })
  await site.post(sale)
  await site.post(receipt([coffee], { fd: 2 }))
  await site.fault('handler:OnBeforeDocumentAdd', 'throw:чужой модуль сломан')
  await site.post(receipt([coffee], { fd: 3 }))
  await site.heal()
  const office = await desk()
  expect((await office.see('documents')).text).toContain('Все документы на месте')
  const [first, second] = (await site.documents()).map(({ id }) => id)
  await site.php(`Bitrix\\Main\\Loader::includeModule('catalog'); Fake\\Boot::actAs(1);
    CCatalogDocs::cancellationDocument(${first}, 1); CCatalogDocs::cancellationDocument(${second}, 1);
    return CCatalogDocs::delete(${second});`)
  const { text } = await office.see('documents')
  expect(text).toContain(`${key(1)} № ${first} отменён вручную`)
  expect(text).toContain(`${key(2)} № ${second} удалён вручную`)
  expect(text).toMatch(new RegExp(`${key(3)} 1 .*чужой модуль сломан`))
  expect((await office.press('retry', { key: key(1), view: 'receipt' })).text).toContain('уже проведён')
  expect(await site.amount(7, 1)).toBe('5')
  await site.sql(
    "UPDATE chekpost_event SET state = 'ignored'; DELETE FROM chekpost_movement; DELETE FROM b_catalog_store_docs",
  )
  await shop.recount()
})

test('a booking that was interrupted is booked only by a person, and never by a plain repeat', async () => {
  const { site } = shop
  await site.post(receipt([{ ...tea, quantity: '9' }], { fd: 1 }))
  await site.sql(
    `UPDATE chekpost_event SET suspect = 'half-booked', reason_group = 'x', reasons = ?`,
    JSON.stringify([
      { code: 'half-booked', text: 'Проведение прервалось', line: null, kind: null, key: null, name: null },
    ]),
  )
  await site.sql('UPDATE b_catalog_store_product SET AMOUNT = 20 WHERE PRODUCT_ID = 7 AND STORE_ID = 1')
  await shop.recount()
  const office = await desk()
  expect((await office.see('suspects')).text).toContain('проведение прервалось на середине')
  const page = await office.see('receipt', { key: key(1) })
  expect(page.html).toContain('value="apply"')
  await office.press('retry', { key: key(1) })
  expect(await shop.state(key(1))).toBe('parked')
  await office.press('apply', { key: key(1), note: 'документа нет, остаток прежний' })
  expect(await shop.state(key(1))).toBe('booked')
  expect(await site.amount(7, 1)).toBe('11')
  expect((await office.see('suspects')).text).toContain('Подозрений нет')
})

test('interrupted bookings are settled one by one: a group of them cannot be booked, whichever comes first', async () => {
  const { site } = shop
  for (const fd of [1, 2, 3])
    await site.post(receipt([tea], { fd, mayBeSiteOrder: ['settled in the Internet (tag 1125)'] }))
  const reasons = (code: string) =>
    JSON.stringify([{ code, text: 'Проведение прервалось', line: null, kind: null, key: null, name: null }])
  await site.sql(
    "UPDATE chekpost_event SET suspect = 'half-booked', reason_group = 'half', reasons = ? WHERE fd < 3",
    reasons('half-booked'),
  )
  const office = await desk()
  expect((await office.see('parked')).text).toContain('2 чека проведение прервалось')
  const group = await office.see('group', { group: 'half' })
  expect(group.text).toContain('Каждый решают отдельно')
  for (const button of ['apply-group', 'retry-group']) expect(group.html).not.toContain(button)
  const refused = await office.press('apply-group', { group: 'half', view: 'parked' })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('решают отдельно')

  // One that came to stand in a group that may be booked, and not as its first.
  await site.sql("UPDATE chekpost_event SET reason_group = 'mixed'")
  await site.sql('UPDATE chekpost_event SET suspect = NULL, reasons = ? WHERE fd = 1', reasons('review'))
  const mixed = await office.press('apply-group', { group: 'mixed', view: 'parked' })
  expect(mixed.status).toBe(422)
  expect(await site.value("SELECT COUNT(*) FROM chekpost_event WHERE state = 'parked'")).toBe('3')

  await site.sql(
    'UPDATE chekpost_event SET suspect = NULL, reasons = ? WHERE fd = 2',
    reasons('unknown-product'),
  )
  expect((await office.press('apply-group', { group: 'mixed', view: 'parked' })).text).toContain(
    'Сначала устраните другую причину: товар не найден',
  )
  expect(await site.amount(7, 1)).toBe('5')
})

test('receipts that turn out to move nothing are not counted as booked', async () => {
  const { site } = shop
  const sign = { mayBeSiteOrder: ['settled in the Internet (tag 1125)'] }
  await site.post(receipt([{ name: 'Пакет' }], { fd: 1 }))
  await site.post(receipt([tea], { fd: 2, ...sign }))
  await site.post(receipt([{ ...tea, move: 'review' }], { fd: 3 }))
  await site.sql("UPDATE chekpost_event SET reason_group = 'one'")
  const office = await desk()
  await site.sql(
    `INSERT INTO chekpost_map (store, kind, code, code_hash, product_id, who, created_at)
     VALUES ('', 'name', 'пакет', SHA1(CONCAT('name', CHAR(10), 'пакет')), NULL, 'x', UTC_TIMESTAMP())`,
  )
  await site.sql(
    `UPDATE chekpost_event SET reasons = (SELECT reasons FROM (SELECT * FROM chekpost_event) e WHERE e.fd = 3) WHERE fd = 1`,
  )
  const done = await office.press('apply-group', { group: 'one', note: 'проверено', view: 'parked' })
  expect(done.text).toContain('Проведено чеков: 2. Ничего не движут: 1.')
  expect(await shop.state(key(1))).toBe('ignored')
  expect(JSON.parse((await audit()).at(-1)?.['detail'] ?? '')).toMatchObject({
    tried: 3,
    booked: 2,
    ignored: 1,
  })
})

test('a page whose tables are gone says what to do', async () => {
  const { site } = shop
  const office = await desk()
  await site.sql('RENAME TABLE chekpost_event TO chekpost_gone')
  const { status, text } = await office.see('parked')
  await site.sql('RENAME TABLE chekpost_gone TO chekpost_event')
  expect(status).toBe(503)
  expect(text).toContain('php local/chekpost/install.php check')
})
