import { expect, test } from 'vitest'
import { parseConfig } from '../../agent/config.ts'
import type { KeptDocument } from '../../agent/outbox.ts'
import { understand } from '../../agent/understand.ts'

const config = parseConfig(
  `store: s
timezone: UTC
registers:
  - { name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }
  - name: till-2
    driver: shtrih
    address: 'tcp:127.0.0.1:2'
    bitrix: { url: 'https://x.example/', secretFile: s, siteOrders: { patterns: ['^Заказ '] } }
  - name: till-3
    driver: shtrih
    address: 'tcp:127.0.0.1:3'
    bitrix: { url: 'https://x.example/', secretFile: s, siteOrders: { cashiers: ['Site'] } }
bitrix: { url: 'https://x.example/', secretFile: s }
stock: { purchases: true }
`,
  'test',
)
const receipt = {
  code: 3,
  operationType: 3,
  totalSum: 100,
  items: [{ name: 'Заказ 17', quantity: 1, price: 100, sum: 100, paymentType: 4, productType: 1 }],
}
const kept: KeptDocument = {
  storage: '9280000000000001',
  number: 1,
  register: 'till-1',
  type: 3,
  format: 'tax-json',
  bytes: Buffer.from(JSON.stringify(receipt)),
  summary: null,
  source: 'import',
  owed: true,
  readAt: 0,
  fingerprint: null,
  masked: false,
}

test("the shop's rules of stock are followed", () => {
  expect(understand(kept, config).document).toMatchObject({ lines: [{ move: 'in' }] })
})

test("each register has its own signs of the site's orders", () => {
  expect(understand(kept, config).siteOrderSigns).toEqual([])
  expect(understand({ ...kept, register: 'till-2' }, config).siteOrderSigns).toHaveLength(1)
})

test('a receipt whose cashier is masked by now may be an order of the site, where cashiers tell that', () => {
  const masked = { ...kept, masked: true }
  expect(understand(masked, config).siteOrderSigns).toEqual([])
  const byCashier = understand({ ...masked, register: 'till-3' }, config).siteOrderSigns
  expect(byCashier).toEqual([expect.stringContaining('masked')])
  expect(understand({ ...kept, register: 'till-3' }, config).siteOrderSigns).toEqual([])
})

test('a document without its bytes is never made up', () => {
  expect(() => understand({ ...kept, bytes: null }, config)).toThrow(/not there/)
})
