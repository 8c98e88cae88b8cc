/** What a receipt does to the stock of the site. */
import { describe, expect, test } from 'vitest'
import { map } from './sale/map.ts'
import { fixture, receipt } from './sale/receipt.ts'
import { coffee, flour, tea, useShop } from './sale/shop.ts'

const shop = useShop()

describe('a receipt', () => {
  test('of a sale becomes a conducted document of type D', async () => {
    const { site } = shop
    const body = receipt([{ ...tea, quantity: '2' }], { rawTime: '2026-08-07T12:34:56' })
    const answer = await site.post(body)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      eventId: body.eventId,
      state: 'booked',
      booking: 'documents',
      documents: [{ id: expect.any(Number), type: 'D', number: body.eventId }],
      ledgerId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      host: site.host,
    })
    expect(await site.documents()).toMatchObject([
      { type: 'D', number: body.eventId, status: 'Y', lines: [{ product: 7, from: 1, to: 0, amount: '2' }] },
    ])
    expect(await site.amount(7, 1)).toBe('3')
    expect(await site.amount(7, 2)).toBe('4')
    expect(await site.quantity(7)).toBe('7')
  })

  test('is told on its document, which is the technical user’s', async () => {
    const { site } = shop
    await site.setting('responsibleId', '3')
    const body = receipt([tea], { rawTime: '2026-08-07T12:34:56' })
    await site.post(body)
    const [document] = await site.sql('SELECT * FROM b_catalog_store_docs')
    expect(document).toMatchObject({
      TITLE: `Чек ${body.fiscal.fd} от 07.08.2026 12:34, розница`,
      SITE_ID: 's1',
      CREATED_BY: '2',
      RESPONSIBLE_ID: '3',
      CURRENCY: 'RUB',
      DOC_NUMBER: body.eventId,
    })
    expect(document?.['COMMENTARY']).toContain('ФПД 400388056')
  })

  test('of a return becomes a document of type R, into the store for returns', async () => {
    const { site } = shop
    await site.register({ returnsStoreId: 2 })
    const answer = await site.post(receipt([{ ...tea, quantity: '1.5' }], { operation: 2 }))
    expect(answer.json).toMatchObject({ state: 'booked', documents: [{ type: 'R' }] })
    expect(await site.amount(7, 2)).toBe('5.5')
  })

  test('of a return goes into the store of the register where no other is named', async () => {
    await shop.site.post(receipt([tea], { operation: 2 }))
    expect(await shop.site.amount(7, 1)).toBe('6')
  })

  test('may bring back the first unit that a store has ever had', async () => {
    const { site } = shop
    await site.register({ returnsStoreId: 2 })
    await site.post(receipt([coffee], { operation: 2 }))
    expect(await site.amount(9, 2)).toBe('1')
  })

  test('of an exchange books both ways, and what comes in may go out', async () => {
    const { site } = shop
    const answer = await site.post(
      receipt([
        { ...tea, quantity: '6' },
        { ...tea, quantity: '2', move: 'in' },
        { ...coffee, move: 'in' },
      ]),
    )
    expect(answer.json).toMatchObject({ state: 'booked', documents: [{ type: 'R' }, { type: 'D' }] })
    expect(await site.amount(7, 1)).toBe('1')
    expect(await site.amount(9, 1)).toBe('11')
  })

  test('with one product on several lines loses none of them', async () => {
    const { site } = shop
    const lines = ['0.1', '0.2', '1'].map((quantity) => ({ ...flour, quantity, unit: 11 }))
    await site.post(receipt([...lines, tea, { ...tea, gtin: `0${tea.ean}` }]))
    expect(await site.amount(8, 1)).toBe('1.2')
    expect(await site.amount(7, 1)).toBe('3')
    expect((await site.documents())[0]?.lines).toHaveLength(2)
  })

  test('moves only the lines that move', async () => {
    const { site } = shop
    const answer = await site.post(receipt([tea, { name: 'Доставка', move: 'none' }]))
    expect(answer.json).toMatchObject({ state: 'booked' })
    expect((await site.documents())[0]?.lines).toHaveLength(1)
  })

  test('that moves nothing is kept and ignored', async () => {
    const { site } = shop
    const body = receipt([{ name: 'Доставка', move: 'none' }])
    const answer = await site.post(body)
    expect([answer.status, answer.json['state']]).toEqual([200, 'ignored'])
    expect(await shop.state(body.eventId)).toBe('ignored')
    expect((await site.post(body)).json).toMatchObject({ state: 'ignored', duplicate: true })
  })

  test('that is a report is kept and ignored', async () => {
    const body = fixture('report')
    expect((await shop.site.post(body)).json).toMatchObject({ state: 'ignored', eventId: body.eventId })
    expect(await shop.state(body.eventId)).toBe('ignored')
  })

  test('of a newer agent may hold more fields', async () => {
    const body = receipt([tea])
    const answer = await shop.site.post({
      ...body,
      weather: { rain: 0.5 },
      fiscal: { ...body.fiscal, x: [] },
    })
    expect(answer.json).toMatchObject({ state: 'booked' })
  })
})

describe('sets, units and factors', () => {
  test('a set is booked as its parts', async () => {
    const { site } = shop
    await site.product({ id: 20, type: 2, barcode: '4600000000022', set: { 7: 1, 9: '0.5' } })
    await site.post(receipt([{ ean: '4600000000022', quantity: '2' }, tea]))
    expect(await site.amount(7, 1)).toBe('2')
    expect(await site.amount(9, 1)).toBe('9')
  })

  test.each([
    ['without parts', {}],
    ['with an unknown part', { 999: 1 }],
    ['with a set in it', { 21: 1 }],
  ])('a set %s waits', async (_, set) => {
    const { site } = shop
    await site.product({ id: 21, type: 2, set: { 7: 1 } })
    await site.product({ id: 20, type: 2, barcode: '4600000000022', set })
    const answer = await site.post(receipt([{ ean: '4600000000022' }, tea]))
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['set-broken']])
  })

  test.each([
    ['0.356', 'кг', '2.144'],
    ['356', 'г', '2.144'],
    ['356', 10, '2.144'],
    ['0.356', 11, '2.144'],
    ['0.356', null, '2.144'],
    ['0.000001', 12, '2.499'],
  ])('%s of unit %s is taken in the unit of the catalogue', async (quantity, unit, left) => {
    await shop.site.post(receipt([{ ...flour, quantity, unit }]))
    expect(await shop.site.amount(8, 1)).toBe(left)
  })

  test.each([
    [flour, 0],
    [flour, 'шт'],
    [flour, 'мешок'],
    [flour, 255],
    [tea, 11],
    [tea, 'упак.'],
  ])('%o in unit %s does not fit and waits', async (line, unit) => {
    const answer = await shop.site.post(receipt([{ ...line, unit }]))
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['unit-mismatch']])
  })

  test('a mapping says the unit as well', async () => {
    const { site } = shop
    await map(shop.site, { kind: 'ean', code: flour.ean, product: 8, factor: '0.25' })
    await site.post(receipt([{ ...flour, quantity: '3', unit: 'пакет' }]))
    expect(await site.amount(8, 1)).toBe('1.75')
  })

  test('a mapping without a factor leaves the unit to be checked', async () => {
    const { site } = shop
    await map(shop.site, { kind: 'name', code: 'Мука вес', product: 8, factor: null })
    await site.post(receipt([{ name: 'Мука вес', quantity: '300', unit: 'г' }]))
    expect(await site.amount(8, 1)).toBe('2.2')
    const answer = await site.post(receipt([{ name: 'Мука вес', quantity: '300', unit: 'шт' }]))
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['unit-mismatch']])
  })

  test('a product without a unit has the default one of the site', async () => {
    const { site } = shop
    await site.sql('UPDATE b_catalog_product SET MEASURE = NULL WHERE ID = 8')
    const choose = (code: number) =>
      site.sql(`UPDATE b_catalog_measure SET IS_DEFAULT = IF(CODE = ${code}, 'Y', 'N')`)
    await choose(166)
    try {
      await site.post(receipt([{ ...flour, quantity: '300', unit: 'г' }]))
      expect(await site.amount(8, 1)).toBe('2.2')
    } finally {
      await choose(796)
    }
  })

  test.each([
    ['0', 'nought'],
    ['0.0000001', 'more decimals than a receipt has'],
    ['99999999999999999999', 'more than fits'],
    [null, 'none'],
  ])('a quantity of %s (%s) waits', async (quantity, _) => {
    const answer = await shop.site.post(receipt([{ ...tea, quantity }]))
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['bad-quantity']])
  })

  test('noughts behind the sixth decimal are no decimals', async () => {
    await shop.site.post(receipt([{ ...tea, quantity: '1.50000000' }]))
    expect(await shop.site.amount(7, 1)).toBe('3.5')
  })
})

describe('the store', () => {
  test.each([
    ['not chosen', null, 'no-store'],
    ['switched off', 3, 'inactive-store'],
    ['gone', 99, 'inactive-store'],
  ])('that is %s parks the receipt', async (_, storeId, code) => {
    await shop.site.register({ storeId })
    const answer = await shop.site.post(receipt([tea]))
    expect([answer.status, answer.json['reasonCodes']]).toEqual([202, [code]])
  })

  test('is the register’s, and each register has its own', async () => {
    const { site } = shop
    await site.register({ id: 'shop-13/till-1', storeId: 2 })
    await site.post(receipt([tea], { register: 'shop-13/till-1' }), { register: 'shop-13/till-1' })
    expect(await site.amount(7, 1)).toBe('5')
    expect(await site.amount(7, 2)).toBe('3')
  })
})

describe('the bodies that both sides read', () => {
  const expected: Readonly<Record<string, string>> = {
    'correction-without-lines': 'correction',
    correction: 'review',
    'sale-share-of-a-pack': 'review',
    'sale-site-order': 'may-be-site-order',
  }

  test.each([
    'correction-without-lines',
    'correction',
    'return',
    'sale-advance-offset',
    'sale-article',
    'sale-ean',
    'sale-ffd10',
    'sale-ffd12-marked',
    'sale-mixed-methods',
    'sale-no-code',
    'sale-on-credit',
    'sale-other-zone',
    'sale-rounded-total',
    'sale-share-of-a-pack',
    'sale-site-order',
    'sale-weighed',
    'sale',
  ])('%s', async (name) => {
    const { site } = shop
    await site.product({ id: 70, barcode: '4605035006964', amount: { 1: 50 } })
    await site.product({ id: 71, amount: { 1: 50 }, barcode: '4601234567893x' })
    await site.product({ id: 72, amount: { 1: 50 }, measure: 166 })
    const body = fixture(name)
    for (const line of body.lines)
      if (line.code.gtin === null && line.name !== null)
        await map(shop.site, { kind: 'name', code: line.name, product: line.unit === 'кг' ? 72 : 71 })
    await shop.recount()
    const answer = await site.post(body)
    const code = expected[name]
    if (code === undefined) expect(answer.json).toMatchObject({ state: 'booked', eventId: body.eventId })
    else expect(answer.json['reasonCodes']).toContain(code)
  })
})
