import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  encodeSale,
  isReceipt,
  movesAnything,
  type SaleContext,
  SaleError,
  toReportBody,
  toSale,
} from '../../../agent/bitrix/sale.ts'
import { jsonSchema, Sale } from '../../../agent/bitrix/schema.ts'
import type { Receipt, Report } from '../../../agent/fiscal/model.ts'
import { cases, context, keyOf, line, receipt } from './receipts.ts'

const fixtures = new URL('../../fixtures/sales/', import.meta.url)

function bodyOf(document: Receipt | Report, of: SaleContext = context): Sale {
  return isReceipt(document)
    ? toSale(document, keyOf(document), of)
    : toReportBody(document, keyOf(document), of)
}

test.each(cases)(
  'makes of the case "$name" the body that both sides have in their fixtures',
  async ({ name, document, context }) => {
    const body = `${JSON.stringify(bodyOf(document, context), null, 2)}\n`
    await expect(body).toMatchFileSnapshot(new URL(`${name}.json`, fixtures).pathname)
  },
)

test('has no fixture without a case', () => {
  const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'))
  expect(names.sort()).toEqual(cases.map(({ name }) => `${name}.json`).sort())
})

test('publishes the schema that the code uses', async () => {
  const schema = `${JSON.stringify(jsonSchema(), null, 2)}\n`
  const docs = new URL('../../../docs/webhook.schema.json', import.meta.url)
  await expect(schema).toMatchFileSnapshot(docs.pathname)
})

test('publishes a schema by which another validator accepts every fixture and refuses what is not in the contract', () => {
  const published = JSON.parse(
    readFileSync(new URL('../../../docs/webhook.schema.json', import.meta.url), 'utf8'),
  )
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(published)
  for (const { name } of cases) {
    const body = JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8'))
    expect([name, validate(body), validate.errors]).toEqual([name, true, null])
    expect(validate({ ...body, buyer: '+79990000000' })).toBe(false)
    expect(validate({ ...body, eventId: 'FN1-FD1' })).toBe(false)
  }
})

test('makes the same bytes of the same document, whatever else has happened', () => {
  for (const { document, context } of cases) {
    const again = JSON.parse(JSON.stringify(document), (_, value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    )
    expect(encodeSale(bodyOf(again, { ...context }))).toBe(encodeSale(bodyOf(document, context)))
  }
})

test('sends no cashier, no free text of a correction, no marking code and no raw code', () => {
  const sent = cases.map(({ document, context }) => encodeSale(bodyOf(document, context))).join('\n')
  for (const secret of ['Иванов', '5OoyE8qxeIOn', '010460503500696421', '2310031475', '7825706086'])
    expect(sent).not.toContain(secret)
  const hash = createHash('sha256').update('0104605035006964215OoyE8qxeIOn>').digest('hex')
  expect(sent).toContain(`"mark":"${hash}"`)
})

test.each([
  [1, 3, 'pos.sale'],
  [2, 3, 'pos.return'],
  [1, 4, 'pos.sale'],
  [2, 4, 'pos.return'],
  [1, 31, 'pos.correction'],
  [2, 41, 'pos.correction'],
  [3, 3, 'pos.return'],
  [4, 3, 'pos.sale'],
])('calls operation %i of form %i %s', (operation, documentType, type) => {
  expect(toSale(receipt({ operation, documentType }), keyOf(receipt()), context).type).toBe(type)
})

test.each([
  ['the fiscal sign', { fp: null }, /1077/],
  ['the time', { time: null }, /1012/],
  ['a time that exists', { time: '2019-02-30T10:00:00' }, /does not exist/],
  ['the operation', { operation: null }, /1054/],
  ['the total', { total: null }, /1020/],
  ['the number it was read as', { fd: 5 }, /has the number 5/],
  ['the drive it was read from', { fn: '9999078902001234' }, /9999078902001234/],
  ['a quantity in a line that moves', { lines: [line({ quantity: null })] }, /line 1/],
  ['a quantity that is a number', { lines: [line({ quantity: '1e3' })] }, /quantity/],
  ['a positive quantity', { lines: [line({ quantity: '-1' })] }, /quantity/],
  ['whole kopecks', { lines: [line({ price: 10.5 })] }, /price/],
] as const)('makes no sale of a receipt without %s, and says why', (_, more, why) => {
  const make = () => toSale(receipt(more as Partial<Receipt>), keyOf(receipt()), context)
  expect(make).toThrow(SaleError)
  expect(make).toThrow(why)
})

test('takes the fiscal sign from the short record when the document has none', () => {
  const sale = toSale(receipt({ fp: null }), keyOf(receipt()), { ...context, sign: '77' })
  expect(sale.fiscal.fpd).toBe('77')
})

test('takes number and drive from where it was read when the document does not hold them', () => {
  const sale = toSale(receipt({ fn: null, fd: null }), keyOf(receipt()), context)
  expect(sale.eventId).toBe('FN9285000100150175-FD37698')
  expect(sale.register.fn).toBe('9285000100150175')
})

test('knows that only lines that move, or a correction, give the site something to do', () => {
  const moving = (move: 'out' | 'in' | 'none' | 'review') =>
    movesAnything(receipt({ lines: [line({ move })] }))
  expect([moving('out'), moving('in'), moving('review'), moving('none')]).toEqual([true, true, true, false])
  expect(movesAnything(receipt({ lines: [] }))).toBe(false)
  expect(movesAnything(receipt({ lines: [], documentType: 31 }))).toBe(true)
})

test('sends any text of a line as it stands', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const sale = toSale(receipt({ lines: [line({ name })] }), keyOf(receipt()), context)
      const parsed = Sale.parse(JSON.parse(encodeSale(sale)))
      expect('lines' in parsed && parsed.lines[0]?.name).toBe(name)
    }),
  )
})
