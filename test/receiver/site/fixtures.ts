/** What stands on a site before a test begins. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Row, Value } from './sql.ts'

type Run = (sql: string, ...params: readonly Value[]) => Promise<Row[]>

export interface ProductOptions {
  readonly id: number
  /** 1 simple (default), 2 set, 3 parent of offers, 4 offer, 5 free offer, 6 parent without offers, 7 service. */
  readonly type?: number
  /** Store → amount. */
  readonly amount?: Readonly<Record<string, string | number>>
  /** Store → reserved by site orders. */
  readonly reserved?: Readonly<Record<string, string | number>>
  readonly barcode?: string | readonly string[]
  readonly xmlId?: string
  readonly article?: string
  readonly name?: string
  /** Code of b_catalog_measure: 796 pieces (default), 166 kg, 163 g, 6 m, 112 l. */
  readonly measure?: number
  /** NEGATIVE_AMOUNT_TRACE; default D, the module's option. */
  readonly negative?: 'Y' | 'N' | 'D'
  readonly active?: boolean
  readonly barcodeMulti?: boolean
  /** Default: 1 for products, 2 for offers. */
  readonly iblock?: number
  /** Of a site without store control, or when it differs from the sum of the stores. */
  readonly quantity?: string | number
  /** Of a set: component → how many of it. */
  readonly set?: Readonly<Record<string, string | number>>
}

export async function addProduct(run: Run, options: ProductOptions): Promise<void> {
  const { id, type = 1, amount = {}, reserved = {}, barcode = [], measure = 796, negative = 'D' } = options
  const { iblock = type === 4 ? 2 : 1, name = `Товар ${id}`, active = true, barcodeMulti = false } = options
  await run(
    'INSERT INTO b_iblock_element (ID, IBLOCK_ID, ACTIVE, NAME, XML_ID) VALUES (?, ?, ?, ?, ?)',
    ...[id, iblock, active ? 'Y' : 'N', name, options.xmlId ?? `xml-${id}`],
  )
  await run(
    `INSERT INTO b_catalog_product (ID, TYPE, NEGATIVE_AMOUNT_TRACE, BARCODE_MULTI, MEASURE, AVAILABLE)
     SELECT ?, ?, ?, ?, ID, 'Y' FROM b_catalog_measure WHERE CODE = ?`,
    ...[id, type, negative, barcodeMulti ? 'Y' : 'N', measure],
  )
  for (const store of new Set([...Object.keys(amount), ...Object.keys(reserved)]))
    await run(
      'INSERT INTO b_catalog_store_product (PRODUCT_ID, STORE_ID, AMOUNT, QUANTITY_RESERVED) VALUES (?, ?, ?, ?)',
      ...[id, store, amount[store] ?? 0, reserved[store] ?? 0],
    )
  for (const code of typeof barcode === 'string' ? [barcode] : barcode)
    await run('INSERT INTO b_catalog_store_barcode (PRODUCT_ID, BARCODE) VALUES (?, ?)', id, code)
  if (options.article !== undefined)
    await run(
      'INSERT INTO b_iblock_element_property (IBLOCK_PROPERTY_ID, IBLOCK_ELEMENT_ID, VALUE) VALUES (?, ?, ?)',
      ...[iblock, id, options.article],
    )
  await addSet(run, id, options.set ?? {})
  await run(
    `UPDATE b_catalog_product SET
       QUANTITY_RESERVED = (SELECT COALESCE(SUM(QUANTITY_RESERVED), 0) FROM b_catalog_store_product WHERE PRODUCT_ID = ?),
       QUANTITY = COALESCE(?, (SELECT COALESCE(SUM(a.AMOUNT - a.QUANTITY_RESERVED), 0)
         FROM b_catalog_store_product a LEFT JOIN b_catalog_store s ON s.ID = a.STORE_ID
         WHERE a.PRODUCT_ID = ? AND COALESCE(s.ACTIVE, 'Y') = 'Y')) WHERE ID = ?`,
    ...[id, options.quantity ?? null, id, id],
  )
}

async function addSet(run: Run, id: number, parts: Readonly<Record<string, string | number>>): Promise<void> {
  if (Object.keys(parts).length === 0) return
  const add =
    'INSERT INTO b_catalog_product_sets (TYPE, SET_ID, OWNER_ID, ITEM_ID, QUANTITY) VALUES (1, ?, ?, ?, ?)'
  await run(add, 0, id, id, null)
  const [head] = await run('SELECT MAX(ID) id FROM b_catalog_product_sets')
  for (const [item, quantity] of Object.entries(parts)) await run(add, head?.['id'] ?? 0, id, item, quantity)
}

export interface StoreOptions {
  readonly id: number
  readonly title?: string
  readonly active?: boolean
}

export async function addStore(run: Run, { id, title, active = true }: StoreOptions): Promise<void> {
  await run(
    'REPLACE INTO b_catalog_store (ID, TITLE, ACTIVE, ADDRESS) VALUES (?, ?, ?, ?)',
    ...[id, title ?? `Склад ${id}`, active ? 'Y' : 'N', `Адрес ${id}`],
  )
}

export interface RegisterOptions {
  /** Default: the one of the fixtures, `shop-12/till-1`. */
  readonly id?: string
  /** null: not mapped. Default: 1. */
  readonly storeId?: number | null
  readonly returnsStoreId?: number | null
  readonly secret?: string
  readonly enabled?: boolean
}

export interface Register {
  readonly id: string
  readonly secret: string
}

export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

export async function addRegister(run: Run, options: RegisterOptions): Promise<Register> {
  const {
    id = 'shop-12/till-1',
    storeId = 1,
    returnsStoreId = null,
    secret = newSecret(),
    enabled = true,
  } = options
  await run(
    `REPLACE INTO chekpost_register (id, store_id, returns_store_id, secrets, enabled, created_at)
     VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP())`,
    id,
    storeId,
    returnsStoreId,
    JSON.stringify([{ secret, since: '2026-01-01T00:00:00+00:00' }]),
    enabled ? 'Y' : 'N',
  )
  return { id, secret }
}

export interface OrderOptions {
  readonly id: number
  /** Product → how many. */
  readonly lines: Readonly<Record<string, string | number>>
  /** Roubles, as the site keeps them. */
  readonly price: string
  /** Default: one hour ago. */
  readonly hoursAgo?: number
  readonly cancelled?: boolean
  readonly shipped?: boolean
  readonly paid?: boolean
  readonly delivery?: string
}

export async function addOrder(run: Run, options: OrderOptions): Promise<void> {
  const { id, lines, price, hoursAgo = 1, cancelled = false, shipped = false, paid = false } = options
  await run(
    `INSERT INTO b_sale_order (ID, ACCOUNT_NUMBER, PRICE, PRICE_DELIVERY, CANCELED, DEDUCTED, PAYED, DATE_INSERT)
     VALUES (?, ?, ?, ?, ?, ?, ?, DATE_SUB(NOW(), INTERVAL ? HOUR))`,
    ...[id, String(id), price, options.delivery ?? 0, cancelled ? 'Y' : 'N', shipped ? 'Y' : 'N'],
    ...[paid ? 'Y' : 'N', hoursAgo],
  )
  await run('INSERT INTO b_sale_order_delivery (ORDER_ID, DEDUCTED) VALUES (?, ?)', id, shipped ? 'Y' : 'N')
  for (const [product, quantity] of Object.entries(lines))
    await run(
      'INSERT INTO b_sale_basket (ORDER_ID, PRODUCT_ID, QUANTITY) VALUES (?, ?, ?)',
      id,
      product,
      quantity,
    )
}

export const defaultSettings = (host: string): Record<string, string> => ({
  ledgerId: randomUUID(),
  host,
  siteId: 's1',
  booking: 'documents',
  userId: '2',
  responsibleId: '2',
  live: 'Y',
  shortConfirmed: '',
  articleProperty: '',
  clearTagCache: 'N',
  ownerMail: 'owner@shop.example',
  tradingHours: '09:00-21:00',
  currency: 'RUB',
})
