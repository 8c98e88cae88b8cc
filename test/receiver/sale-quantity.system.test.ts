/** Sites without store control: the same ledger and the same promises, but the product's quantity and no document. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { tea } from './sale/shop.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db, { settings: { booking: 'quantity' } })
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await site.reset()
  await site.option('catalog', 'default_use_store_control', 'N')
  await site.register({ storeId: null })
  await site.product({ id: 7, barcode: tea.ean, quantity: 5 })
  await site.product({ id: 9, barcode: '4600000000015', quantity: '2.5' })
})

/** Σ of the booked movements is what the quantity has changed by. */
async function agrees(before: Readonly<Record<number, number>> = { 7: 5, 9: 2.5 }): Promise<void> {
  for (const [id, quantity] of Object.entries(before)) {
    const moved = await site.value(
      `SELECT COALESCE(SUM(IF(m.way = 'in', m.quantity, -m.quantity)), 0) FROM chekpost_movement m
       JOIN chekpost_event e ON e.event_key = m.event_key AND e.state = 'booked'
       WHERE m.product_id = ? AND m.store_id IS NULL AND m.document_id IS NULL`,
      id,
    )
    expect(Number(await site.quantity(Number(id)))).toBeCloseTo(quantity + Number(moved), 6)
  }
  expect(await site.documents()).toEqual([])
}

test('a sale lowers the quantity and says how it was booked', async () => {
  const body = receipt([tea, { ...tea, quantity: '0.5' }, { ean: '4600000000015', quantity: '0.25' }])
  const answer = await site.post(body)
  expect(answer.json).toMatchObject({
    state: 'booked',
    booking: 'quantity',
    documents: [],
    note: 'без складского учёта: изменено только количество',
  })
  expect([await site.quantity(7), await site.quantity(9)]).toEqual(['3.5', '2.25'])
  expect(await site.value('SELECT booking FROM chekpost_event')).toBe('quantity')
  await agrees()
})

test('a return raises it, both ways in one receipt meet', async () => {
  await site.post(receipt([tea], { operation: 2 }))
  expect(await site.quantity(7)).toBe('6')
  await site.post(
    receipt([
      { ...tea, quantity: '3' },
      { ...tea, move: 'in' },
    ]),
  )
  expect(await site.quantity(7)).toBe('4')
  await agrees()
})

test('a repeat moves nothing more, and no document is missed', async () => {
  const body = receipt([tea])
  await site.post(body)
  const again = await site.post(body)
  expect(again.json).toMatchObject({ state: 'booked', duplicate: true, booking: 'quantity' })
  expect(again.json).not.toHaveProperty('cancelledBy')
  await agrees()
})

test('it may fall below nought: the goods have left the shop', async () => {
  await site.post(receipt([{ ...tea, quantity: '7' }]))
  expect(await site.quantity(7)).toBe('-2')
  await agrees()
})

test('a set is booked as its parts', async () => {
  await site.product({ id: 20, type: 2, barcode: '4600000000022', set: { 7: 1, 9: '0.5' } })
  await site.post(receipt([{ ean: '4600000000022', quantity: '2' }]))
  expect([await site.quantity(7), await site.quantity(9)]).toEqual(['3', '1.5'])
  await agrees()
})

test('two at once on one product lose nothing', async () => {
  await site.fault('handler:OnBeforeProductUpdate', 'slow:100')
  const bodies = Array.from({ length: 6 }, () => receipt([{ ...tea, quantity: '0.5' }]))
  await Promise.all(
    bodies.map(async (body) => {
      while ((await site.post(body)).status !== 200);
    }),
  )
  expect(await site.quantity(7)).toBe('2')
  await agrees()
})

test('the product’s row is locked: a sale of somebody else waits for ours and is not lost', async () => {
  await site.fault('handler:OnBeforeProductUpdate', 'gate:inside')
  await using gate = await site.gate('inside')
  const booking = site.post(receipt([{ ...tea, quantity: '2' }]))
  await gate.arrived()
  const other = site.sql('UPDATE b_catalog_product SET QUANTITY = QUANTITY - 1 WHERE ID = 7')
  await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 300))])
  await gate.open()
  expect((await booking).json['state']).toBe('booked')
  await other
  expect(await site.quantity(7)).toBe('2')
})

test.each([
  ['product_update_fails:9', 'yes', 202],
  ['handler:OnBeforeProductUpdate', 'false', 202],
  ['handler:OnProductUpdate', 'throw', 503],
  ['handler:OnProductUpdate', 'sql:UPDATE b_catalog_product SET QUANTITY = 100 WHERE ID = 7', 503],
])('%s = %s leaves nothing', async (fault, value, status) => {
  await site.fault(fault, value)
  const body = receipt([tea, { ean: '4600000000015' }])
  expect((await site.post(body)).status).toBe(status)
  await agrees()
  await site.heal()
  expect((await site.post(body)).json['state']).toBe('booked')
  await agrees()
})

test.each([6, 9, 12, 15])('the database goes before query %i: nothing or all', async (moment) => {
  await site.fault('db_gone_after', String(moment), { times: 1 })
  const body = receipt([tea, { ean: '4600000000015' }])
  await site.post(body)
  await agrees()
  await site.heal()
  expect((await site.post(body)).json['state']).toBe('booked')
  expect([await site.quantity(7), await site.quantity(9)]).toEqual(['4', '1.5'])
  await agrees()
})

test('where documents are chosen and store control is off, receipts wait and say why', async () => {
  await site.setting('booking', 'documents')
  await site.register({ storeId: 1 })
  await site.store({ id: 1 })
  const answer = await site.post(receipt([tea]))
  expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['refused']])
  expect(String(answer.json['reasons'])).toContain('Складской учёт на сайте выключен')
  expect(String(answer.json['reasons'])).toContain('php local/chekpost/install.php install --yes')
  await agrees()
})

test('where store control is on, receipts wait: the site would overwrite the quantity', async () => {
  await site.option('catalog', 'default_use_store_control', 'Y')
  const answer = await site.post(receipt([tea]))
  expect([answer.status, answer.json['reasonCodes']]).toEqual([202, ['refused']])
  expect(String(answer.json['reasons'])).toContain('Складской учёт на сайте включён')
  expect(String(answer.json['reasons'])).toContain('php local/chekpost/install.php install --yes')
  await agrees()
})
