import { expect, test } from 'vitest'
import { newSecret, openMaria, openSite } from './site.ts'

const path = '/local/chekpost/stock.php'
let asked = 0

function question(register = 'shop-12/till-1', more: object = {}): object {
  const [store] = register.split('/')
  const eventId = `STOCK-${register}-${Math.floor(Date.now() / 1000)}-${++asked}`
  return { specVersion: '1', type: 'pos.stock', eventId, register: { id: register }, store, ...more }
}

test("amounts and reserves of the shop's own stores come as decimal text, page by page", async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  for (const id of [1, 2, 3]) await site.store({ id })
  await site.sql("UPDATE b_catalog_store SET XML_ID = 'store-guid' WHERE ID = 1")
  await site.register({ storeId: 1, returnsStoreId: 2 })
  await site.register({ id: 'shop-13/till-1', storeId: 3 })
  await site.register({ id: 'shop-12-b/till-1', storeId: null })
  await site.product({ id: 7, xmlId: 'guid#blue', amount: { 1: '12', 3: '99' }, reserved: { 1: '1' } })
  await site.product({ id: 8, amount: { 1: '0.1', 2: '-2.345' } })
  await site.sql(
    'UPDATE b_catalog_store_product SET AMOUNT = 0.1 + 0.2 WHERE PRODUCT_ID = 8 AND STORE_ID = 1',
  )

  const rows = []
  let after: unknown = null
  do {
    const said = await site.post(question('shop-12/till-1', { after, limit: 2 }), { path })
    expect(said.status).toBe(200)
    expect(said.json).toMatchObject({ state: 'ignored', host: site.host, asOf: expect.stringMatching(/Z$/) })
    rows.push(...(said.json['rows'] as object[]))
    after = said.json['next']
  } while (after !== null)
  expect(rows).toEqual([
    {
      productId: 7,
      xmlId: 'guid#blue',
      storeId: 1,
      storeXmlId: 'store-guid',
      amount: '12.000',
      reserved: '1.000',
    },
    {
      productId: 8,
      xmlId: 'xml-8',
      storeId: 1,
      storeXmlId: 'store-guid',
      amount: '0.300',
      reserved: '0.000',
    },
    { productId: 8, xmlId: 'xml-8', storeId: 2, storeXmlId: null, amount: '-2.345', reserved: '0.000' },
  ])

  const none = await site.post(question('shop-12-b/till-1'), { path, register: 'shop-12-b/till-1' })
  expect(none.json).toMatchObject({ rows: [], next: null })
})

test('forged questions, cursors and limits that are none are refused', async () => {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.register()
  const ask = async (more: object, options = {}) =>
    (await site.post(question('shop-12/till-1', more), { path, ...options })).status
  expect(await ask({}, { secret: newSecret() })).toBe(401)
  expect(await ask({ after: '1 OR 1=1' })).toBe(400)
  expect(await ask({ after: 5 })).toBe(400)
  expect(await ask({ limit: 1001 })).toBe(400)
  expect(await ask({ limit: 0 })).toBe(400)
  expect(await ask({ limit: 2.5 })).toBe(400)
  expect(await ask({}, { headers: { host: 'dev.shop.example' } })).toBe(503)
  expect(await ask({ limit: 1000 })).toBe(200)
})
