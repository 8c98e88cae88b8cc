/** Stock that is too low, orders of the site, and sites without store control. */
import { describe, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { coffee, flour, tea, useShop } from './sale/shop.ts'
import type { Answer } from './site.ts'

const shop = useShop()

const seven = () => receipt([{ ...tea, quantity: '7' }])

async function waits(answer: Answer, code: string): Promise<void> {
  expect([answer.status, answer.json['state'], answer.json['reasonCodes']]).toEqual([202, 'parked', [code]])
  expect(await shop.site.documents()).toEqual([])
}

describe('a sale below nought', () => {
  const rule = async (value: string) =>
    await shop.site.option('catalog', 'check_rights_on_decrease_store_quantity', value)
  const trace = async (value: string) =>
    await shop.site.sql('UPDATE b_catalog_product SET NEGATIVE_AMOUNT_TRACE = ? WHERE ID = 7', value)
  const booked = async () => {
    expect((await shop.site.post(seven())).json['state']).toBe('booked')
    expect(await shop.site.amount(7, 1)).toBe('-2')
  }

  test('waits whole where the product forbids it, and says how much is missing', async () => {
    const { site } = shop
    const body = receipt([coffee, { ...tea, quantity: '7' }])
    const answer = await site.post(body)
    await waits(answer, 'insufficient')
    expect(String(answer.json['reasons'])).toContain('«Чай» [7]: на складе [1] числится 5, в чеке 7')
    expect(await site.amount(9, 1)).toBe('10')
    expect(await site.value('SELECT retry_at > UTC_TIMESTAMP() FROM chekpost_event')).toBe('1')
  })

  test.each([
    ['N', 'Y', 'N', 'booked'],
    ['N', 'N', 'Y', 'waits'],
    ['N', 'D', 'Y', 'booked'],
    ['N', 'D', 'N', 'waits'],
    ['D', 'Y', 'Y', 'waits'],
    ['E', 'Y', 'Y', 'waits'],
  ])('under rule %s, product %s, option %s: %s', async (option, product, usual, expected) => {
    await rule(option)
    await trace(product)
    await shop.site.option('catalog', 'allow_negative_amount', usual)
    if (expected === 'booked') await booked()
    else await waits(await shop.site.post(seven()), 'insufficient')
  })

  test('under rule E is the technical user’s right', async () => {
    await rule('E')
    await waits(await shop.site.post(seven()), 'insufficient')
    await shop.site.mayGoBelow(2, 'D')
    await booked()
  })

  test('books by itself once the stock is there', async () => {
    const { site } = shop
    const body = seven()
    await site.post(body)
    await site.import1c({ 7: { 1: '8' } })
    await shop.recount()
    expect((await site.post(body)).json['state']).toBe('booked')
    expect(await site.amount(7, 1)).toBe('1')
  })

  test('of the very last unit is none', async () => {
    await rule('D')
    for (const quantity of ['0.1', '0.2', '0.7', '1', '3'])
      expect((await shop.site.post(receipt([{ ...tea, quantity }]))).json['state']).toBe('booked')
    expect(await shop.site.amount(7, 1)).toBe('0')
  })

  test('takes units that orders have reserved: they have left the shop', async () => {
    const { site } = shop
    await site.product({ id: 90, amount: { 1: 3 }, reserved: { 1: 3 }, barcode: '4600000000909' })
    await shop.recount()
    expect((await site.post(receipt([{ ean: '4600000000909' }]))).json['state']).toBe('booked')
    expect(await site.quantity(90)).toBe('-1')
  })

  test('of a set is that of its parts', async () => {
    await shop.site.product({ id: 20, type: 2, barcode: '4600000000022', set: { 7: 3, 9: 1 } })
    await waits(await shop.site.post(receipt([{ ean: '4600000000022', quantity: '2' }])), 'insufficient')
  })
})

describe('an order of the site', () => {
  const time = new Date().toISOString().slice(0, 19)
  const bought = (options = {}) =>
    receipt(
      [
        { ...tea, quantity: '2' },
        { ...flour, quantity: '0.5', unit: 'кг' },
      ],
      { rawTime: time, ...options },
    )
  const lines = { 7: 2, 8: '0.5' }

  test.each([
    ['that waits to be shipped', {}],
    ['that is shipped', { shipped: true }],
    ['that is paid', { paid: true, shipped: true }],
    ['thirteen days old', { hoursAgo: 13 * 24 }],
    ['with the delivery in its sum', { price: '500', delivery: '300' }],
    ['rounded down by the till', { price: '200.99' }],
  ])('%s and looks like the receipt stops it', async (_, options) => {
    const { site } = shop
    await site.order({ id: 55, lines, price: '200', ...options })
    const answer = await site.post(bought())
    await waits(answer, 'site-order-found')
    expect(String(answer.json['reasons'])).toContain('заказа № 55')
    const [row] = await site.sql('SELECT retry_at, reasons FROM chekpost_event')
    expect(JSON.parse(row?.['reasons'] ?? '')).toMatchObject([{ key: '55' }])
    expect(row?.['retry_at']).toBeNull()
  })

  test.each([
    ['cancelled', { cancelled: true }],
    ['fifteen days old', { hoursAgo: 15 * 24 }],
    ['of another sum', { price: '201' }],
    ['of a lower sum', { price: '199.99' }],
    ['of another quantity', { lines: { 7: 1, 8: '0.5' } }],
    ['of one product more', { lines: { 7: 2, 8: '0.5', 9: 1 } }],
    ['of one product less', { lines: { 7: 2 } }],
  ])('%s does not', async (_, options) => {
    await shop.site.order({ id: 55, lines, price: '200', ...options })
    expect((await shop.site.post(bought())).json['state']).toBe('booked')
  })

  test('is compared by what was sold, not by the parts of a set', async () => {
    const { site } = shop
    await site.product({ id: 20, type: 2, barcode: '4600000000022', set: { 7: 1, 9: 1 } })
    await site.order({ id: 56, lines: { 20: 1 }, price: '100' })
    await site.sql('UPDATE b_sale_basket SET SET_PARENT_ID = ID WHERE ORDER_ID = 56')
    await site.sql(
      'INSERT INTO b_sale_basket (ORDER_ID, PRODUCT_ID, QUANTITY, SET_PARENT_ID) SELECT 56, 7, 1, ID FROM b_sale_basket',
    )
    await waits(await site.post(receipt([{ ean: '4600000000022' }], { rawTime: time })), 'site-order-found')
  })

  test('is no matter for a return', async () => {
    await shop.site.order({ id: 55, lines, price: '200' })
    expect((await shop.site.post(bought({ operation: 2 }))).json['state']).toBe('booked')
  })

  test('is not looked for where the site has no orders', async () => {
    await shop.site.order({ id: 55, lines, price: '200' })
    await shop.site.sql("DELETE FROM b_module WHERE ID = 'sale'")
    expect((await shop.site.post(bought())).json['state']).toBe('booked')
  })

  test.each(['before', 'after'])(
    'picked up in the shop %s its shipment is never deducted twice',
    async (when) => {
      const { site } = shop
      await site.order({ id: 55, lines, price: '200' })
      if (when === 'before') await site.ship(55, 1)
      await waits(await site.post(bought()), 'site-order-found')
      if (when === 'after') await site.ship(55, 1)
      expect([await site.amount(7, 1), await site.amount(8, 1)]).toEqual(['3', '2'])
      await shop.recount()
    },
  )

  test('is booked all the same when a person says that it is another sale', async () => {
    const { site } = shop
    await site.order({ id: 55, lines, price: '200' })
    const body = bought()
    await site.post(body)
    const state = await site.php(`require_once $_SERVER['DOCUMENT_ROOT'] . '/local/chekpost/src/autoload.php';
      return Chekpost\\Receiver::open()->sales()->retry('${body.eventId}', Chekpost\\Override::apply())->body['state'];`)
    expect(state).toBe('booked')
    expect(await site.amount(7, 1)).toBe('3')
  })
})

describe('the tagged cache', () => {
  test('is left alone unless the setting says so', async () => {
    await shop.site.post(receipt([tea]))
    expect(await shop.site.sql('SELECT tag FROM fake_cache')).toEqual([])
  })

  test('is cleared once for each infoblock, however many lines there are', async () => {
    const { site } = shop
    await site.setting('clearTagCache', 'Y')
    await site.product({ id: 91, type: 4, amount: { 1: 5 }, barcode: '4600000000916' })
    await shop.recount()
    await site.post(receipt([tea, coffee, flour, { ean: '4600000000916' }]))
    expect((await site.sql('SELECT tag FROM fake_cache ORDER BY tag')).map(({ tag }) => tag)).toEqual([
      'iblock_id_1',
      'iblock_id_2',
    ])
  })

  test('is not cleared for what is only parked', async () => {
    await shop.site.setting('clearTagCache', 'Y')
    await shop.site.post(receipt([tea, { name: '?' }]))
    expect(await shop.site.sql('SELECT tag FROM fake_cache')).toEqual([])
  })

  test('that cannot be cleared does not undo the booking', async () => {
    const { site } = shop
    await site.setting('clearTagCache', 'Y')
    await site.sql('RENAME TABLE fake_cache TO fake_cache_away')
    try {
      expect((await site.post(receipt([tea]))).json['state']).toBe('booked')
    } finally {
      await site.sql('RENAME TABLE fake_cache_away TO fake_cache')
    }
  })
})
