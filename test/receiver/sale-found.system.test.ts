/** Which product of the site a line is: by what it is found, and by what never. */
import { describe, expect, test } from 'vitest'
import { map } from './sale/map.ts'
import { receipt } from './sale/receipt.ts'
import { coffee, tea, useShop } from './sale/shop.ts'

const shop = useShop()

describe('a line is found', () => {
  test('by a person’s word before anything else, the store’s own before that for every store', async () => {
    const { site } = shop
    await map(shop.site, { kind: 'ean', code: tea.ean, product: 8 })
    await map(shop.site, { kind: 'ean', code: tea.ean, product: 9, store: 'shop-12' })
    await map(shop.site, { kind: 'ean', code: tea.ean, product: 8, store: 'shop-13' })
    await site.post(receipt([tea]))
    expect(await site.amount(9, 1)).toBe('9')
  })

  test('by its name only when a person has said so, however it is written', async () => {
    const { site } = shop
    const waits = await site.post(receipt([{ name: 'Мёд  Липовый' }]))
    expect(waits.json['reasonCodes']).toEqual(['unknown-product'])
    await map(shop.site, { kind: 'name', code: 'мед липовый', product: 9 })
    const answer = await site.post(receipt([{ name: ' МЁД Липовый ' }]))
    expect(answer.json['state']).toBe('booked')
    expect(await site.amount(9, 1)).toBe('9')
  })

  test.each(['4601234567893', '04601234567893', ' 4601234567893 '])('by the barcode %s', async (gtin) => {
    expect((await shop.site.post(receipt([{ gtin }]))).json['state']).toBe('booked')
  })

  test('by an EAN-8 that the site keeps with noughts', async () => {
    await shop.site.product({ id: 30, barcode: '0000046011111', amount: { 1: 1 } })
    await shop.recount()
    expect((await shop.site.post(receipt([{ ean: '46011111' }]))).json['state']).toBe('booked')
    expect(await shop.site.amount(30, 1)).toBe('0')
  })

  test('by the id of 1C: first at the end of an offer’s, then alone', async () => {
    const { site } = shop
    await site.product({ id: 40, xmlId: 'good-1', amount: { 1: 5 } })
    await site.product({ id: 41, type: 4, xmlId: 'good-1#size-42', amount: { 1: 5 } })
    await site.product({ id: 42, xmlId: 'size-42', amount: { 1: 5 } })
    await shop.recount()
    await site.post(receipt([{ article: 'size-42' }, { article: 'good-1' }]))
    await site.post(receipt([{ article: 'good-1#size-42' }]))
    expect([await site.amount(40, 1), await site.amount(41, 1), await site.amount(42, 1)]).toEqual([
      '4',
      '3',
      '5',
    ])
  })

  test('not by the number that Bitrix gives an element made by hand', async () => {
    await shop.site.product({ id: 3421, xmlId: '3421', amount: { 1: 5 } })
    await shop.recount()
    expect((await shop.site.post(receipt([{ article: '3421' }]))).json['reasonCodes']).toEqual([
      'unknown-product',
    ])
  })

  test('by the article, when the setting names the property and exactly one active element has it', async () => {
    const { site } = shop
    await site.product({ id: 50, article: 'A-1', amount: { 1: 5 } })
    await site.product({ id: 51, article: 'A-1', active: false })
    await site.product({ id: 52, article: 'A-2' })
    await site.product({ id: 53, article: 'A-2' })
    await shop.recount()
    expect((await site.post(receipt([{ article: 'A-1' }]))).json['reasonCodes']).toEqual(['unknown-product'])
    await site.setting('articleProperty', 'CML2_ARTICLE')
    expect((await site.post(receipt([{ article: 'A-1' }]))).json['state']).toBe('booked')
    expect((await site.post(receipt([{ article: 'A-2' }]))).json['reasonCodes']).toEqual([
      'ambiguous-product',
    ])
    expect(await site.amount(50, 1)).toBe('4')
  })

  test('by the article of an infoblock that keeps its properties in tables of its own', async () => {
    const { site } = shop
    await site.product({ id: 50, amount: { 1: 5 } })
    await site.setting('articleProperty', 'CML2_ARTICLE')
    await site.sql(`UPDATE b_iblock_property SET VERSION = 2 WHERE IBLOCK_ID = 1;
      CREATE TABLE b_iblock_element_prop_s1 (IBLOCK_ELEMENT_ID INT, PROPERTY_1 VARCHAR(255));
      CREATE TABLE b_iblock_element_prop_m1
        (ID INT, IBLOCK_ELEMENT_ID INT, IBLOCK_PROPERTY_ID INT, VALUE TEXT);
      INSERT INTO b_iblock_element_prop_s1 VALUES (50, 'A-1');
      INSERT INTO b_iblock_element_prop_m1 VALUES (1, 50, 1, 'A-2')`)
    await shop.recount()
    try {
      expect((await site.post(receipt([{ article: 'A-1' }]))).json['state']).toBe('booked')
      await site.sql("UPDATE b_iblock_property SET MULTIPLE = 'Y' WHERE IBLOCK_ID = 1")
      expect((await site.post(receipt([{ article: 'A-2' }]))).json['state']).toBe('booked')
    } finally {
      await site.sql('DROP TABLE b_iblock_element_prop_s1; DROP TABLE b_iblock_element_prop_m1')
    }
  })

  test('never skipped: one unknown line parks the whole receipt, with every reason', async () => {
    const { site } = shop
    await site.product({ id: 60, type: 3, barcode: '4600000000060' })
    await site.product({ id: 61, type: 7, barcode: '4600000000061' })
    await site.product({ id: 62, barcode: '4600000000062', barcodeMulti: true })
    const body = receipt([
      tea,
      { ean: '4609999999999', name: 'Сахар' },
      { name: 'Соль' },
      ...[60, 61, 62].map((id) => ({ ean: `46000000000${id}` })),
    ])
    const answer = await site.post(body)
    expect(answer.status).toBe(202)
    expect(answer.json).toMatchObject({
      eventId: body.eventId,
      state: 'parked',
      reasonCodes: ['unknown-product', 'wrong-product-type'],
    })
    expect(answer.json['reasons']).toHaveLength(5)
    expect(String(answer.json['reasons'])).toContain(
      'Строка 2 «Сахар»: на сайте нет товара с кодом EAN 4609999999999',
    )
    const reasons = await site.value('SELECT reasons FROM chekpost_event WHERE event_key = ?', body.eventId)
    expect(JSON.parse(reasons ?? '')).toMatchObject([
      { code: 'unknown-product', line: 2, kind: 'ean', key: '4609999999999', name: 'Сахар' },
      { code: 'unknown-product', line: 3, kind: 'name', key: 'соль', name: 'Соль' },
      { line: 4 },
      { line: 5 },
      { line: 6 },
    ])
  })

  test('two codes of one line that name two products are ambiguous', async () => {
    const answer = await shop.site.post(receipt([{ ean: tea.ean, gtin: coffee.ean }]))
    expect(answer.json['reasonCodes']).toEqual(['ambiguous-product'])
  })

  test('to be of no concern of the site: that line moves nothing, and none left is ignored', async () => {
    const { site } = shop
    await map(shop.site, { kind: 'name', code: 'Пакет', product: null })
    expect((await site.post(receipt([tea, { name: 'пакет' }]))).json['state']).toBe('booked')
    const alone = await site.post(receipt([{ name: 'ПАКЕТ' }]))
    expect([alone.status, alone.json['state']]).toEqual([200, 'ignored'])
  })

  test('to be a product that has gone from the catalogue: the receipt waits', async () => {
    await map(shop.site, { kind: 'name', code: 'Чай', product: 999 })
    const answer = await shop.site.post(receipt([{ name: 'Чай' }]))
    expect(answer.json['reasonCodes']).toEqual(['wrong-product-type'])
  })

  test('by a code of its own before a name that a person has tied', async () => {
    const { site } = shop
    await map(site, { kind: 'name', code: 'Чай', product: 9 })
    await site.product({ id: 40, xmlId: 'tea-1', amount: { 1: 5 } })
    await shop.recount()
    await site.post(receipt([tea, { name: 'Чай', article: 'tea-1' }, { name: 'Чай', article: 'tea-2' }]))
    expect([await site.amount(7, 1), await site.amount(40, 1), await site.amount(9, 1)]).toEqual([
      '4',
      '4',
      '9',
    ])
  })

  test('by a tied code before the barcode, whatever its name is tied to', async () => {
    const { site } = shop
    await map(site, { kind: 'ean', code: tea.ean, product: 9 })
    await map(site, { kind: 'name', code: tea.name, product: 8 })
    await site.post(receipt([tea]))
    expect(await site.amount(9, 1)).toBe('9')
  })

  test('by its code though its name is not kept on the site', async () => {
    const { site } = shop
    await map(site, { kind: 'name', code: tea.name, product: null })
    expect((await site.post(receipt([tea]))).json['state']).toBe('booked')
    expect(await site.amount(7, 1)).toBe('4')
    const two = await site.post(receipt([{ ...tea, gtin: coffee.ean }]))
    expect(two.json['reasonCodes']).toEqual(['ambiguous-product'])
    expect((await site.post(receipt([{ name: tea.name }]))).json['state']).toBe('ignored')
  })

  test('only by the very article, though the database takes й and и, A and a for the same', async () => {
    const { site } = shop
    await site.setting('articleProperty', 'CML2_ARTICLE')
    for (const [id, article] of [
      [20, 'край-1'],
      [21, 'Край-1'],
      [22, 'КраЙ-1'],
      [23, 'КРАЙ-1'],
    ] as const)
      await site.product({ id, article, amount: { 1: 5 } })
    await shop.recount()
    const other = await site.post(receipt([{ article: 'КРАИ-1' }]))
    expect([other.status, other.json['reasonCodes']]).toEqual([202, ['unknown-product']])
    expect((await site.post(receipt([{ article: 'КРАЙ-1' }]))).json['state']).toBe('booked')
    expect(await site.amount(23, 1)).toBe('4')
  })

  test('only by the very id of 1C, at the end of an offer’s as well', async () => {
    const { site } = shop
    await site.product({ id: 20, type: 4, xmlId: 'good#MÁX', amount: { 1: 5 } })
    await site.product({ id: 21, xmlId: 'Max', amount: { 1: 5 } })
    await site.product({ id: 22, xmlId: 'max', amount: { 1: 5 } })
    await shop.recount()
    expect((await site.post(receipt([{ article: 'MAX' }]))).json['reasonCodes']).toEqual(['unknown-product'])
    expect((await site.post(receipt([{ article: 'max' }]))).json['state']).toBe('booked')
    expect((await site.post(receipt([{ article: 'MÁX' }]))).json['state']).toBe('booked')
    expect([await site.amount(20, 1), await site.amount(21, 1), await site.amount(22, 1)]).toEqual([
      '4',
      '5',
      '4',
    ])
  })
})
