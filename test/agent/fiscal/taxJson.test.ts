import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTaxJson, readTaxJson, receiptOfTaxJson, TaxJsonError } from '../../../agent/fiscal/taxJson.ts'
import { jsonReceipts } from './vectors.ts'

const utf8 = new TextEncoder()

function read(json: unknown) {
  return readTaxJson(utf8.encode(typeof json === 'string' ? json : JSON.stringify(json)))
}

/** The only receipt in some JSON. */
function only(json: unknown) {
  const [first, ...more] = read(json)
  if (first === undefined || more.length > 0) throw new Error('one receipt expected')
  return first
}

/** What the law says of an operation that moves nothing unless the shop decides so. */
const byDecision: Readonly<Record<string, string>> = { 'json-payout-2020': 'none' }

const minimal = {
  code: 3,
  fiscalDriveNumber: '9999078900001234',
  fiscalDocumentNumber: 17,
  fiscalSign: 2_060_427_117,
  dateTime: '2026-08-03T16:44:00',
  operationType: 1,
  totalSum: 500,
  items: [{ name: 'Сахар', quantity: 1, price: 500, sum: 500, paymentType: 4, productType: 1 }],
}

describe.each(jsonReceipts)('$id', ({ id, text, receipt: source, suggestedStockMovePerItem }) => {
  const { receipt, missing } = only(text)

  test('every line moves as it must', () => {
    const wanted = suggestedStockMovePerItem.map((move) => byDecision[id] ?? move)
    expect(receipt.lines.map(({ move }) => move)).toEqual(wanted)
  })

  test('the facts are those of the source, digit by digit', () => {
    const items = source['items'] as readonly Readonly<Record<string, unknown>>[]
    expect(receipt).toMatchObject({
      documentType: 3,
      fd: source['fiscalDocumentNumber'],
      fn: source['fiscalDriveNumber'] ?? null,
      operation: source['operationType'],
      total: source['totalSum'],
      cash: source['cashTotalSum'],
      electronic: source['ecashTotalSum'],
      taxation: source['appliedTaxationType'] ?? source['taxationType'],
      shift: source['shiftNumber'],
      receiptInShift: source['requestNumber'],
    })
    expect(receipt.lines).toMatchObject(
      items.map(({ name, quantity, price, sum }) => ({ name, quantity: String(quantity), price, sum })),
    )
  })

  test('without drive, number and sign it is shown and not to be sent', () => {
    const whole = source['fiscalDriveNumber'] !== undefined && source['fiscalSign'] !== undefined
    expect(missing.length === 0).toBe(whole)
  })

  test('what is kept of it alone decodes to the same receipt', () => {
    const [found] = read(text)
    expect(receiptOfTaxJson(found?.bytes ?? new Uint8Array())).toEqual(receipt)
  })
})

test('a mark of FFD 1.2 gives GTIN and mark; a code that only looks readable gives none', () => {
  const codes = (id: string) =>
    only(jsonReceipts.find((vector) => vector.id === id)?.text ?? '').receipt.lines.map(({ code }) => code)
  expect(codes('json-agrotorg-2026-gs1m-nds22')[1]).toEqual({
    gtin: '04605035006964',
    ean: null,
    article: null,
    mark: '0104605035006964215OoyE8qxeIOn>',
    raw: '0104605035006964215OoyE8qxeIOn>',
  })
  expect(codes('json-tobacco-dm-2020')[0]).toEqual({
    gtin: null,
    ean: null,
    article: null,
    mark: null,
    raw: 'DM00040w0019effbeClRuD25ACCo  ',
  })
})

test.each([
  ['inside a ticket', { ticket: { document: { receipt: { ...minimal, code: undefined } } } }, 3],
  ['inside a document', { document: { bso: { ...minimal, code: undefined } } }, 4],
  ['as a correction', [{ document: { receiptCorrection: { ...minimal, code: undefined } } }], 31],
  ['with its own code', { data: { json: { ...minimal, code: 41 } } }, 41],
])('a receipt %s is found with its form', (_where, json, type) => {
  const { receipt, missing, bytes } = only(json)
  expect([receipt.documentType, missing]).toEqual([type, []])
  expect(receiptOfTaxJson(bytes).documentType).toBe(type)
})

test('every receipt of a list is found, in its order', () => {
  const list = [1, 2, 3].map((n) => ({
    ticket: { document: { receipt: { ...minimal, fiscalDocumentNumber: n } } },
  }))
  expect(read(list).map(({ receipt }) => receipt.fd)).toEqual([1, 2, 3])
})

test('a receipt of which nobody says what it is, is never sent', () => {
  const { missing, receipt } = only({ ...minimal, code: undefined })
  expect(missing).toEqual(['documentType'])
  expect(receipt.problems).toEqual(['no form code: taken for a receipt'])
})

test.each([
  ['7.445', '7.445'],
  ['0.10', '0.10'],
  ['1e-3', '0.001'],
  ['2.5E1', '25'],
  ['1.20e1', '12.0'],
  ['123456789012345678', '123456789012345678'],
  ['"0.356"', '0.356'],
])('a quantity written %s is read as %s, without the noise of floats', (written, quantity) => {
  const json = JSON.stringify(minimal).replace('"quantity":1', `"quantity":${written}`)
  expect(only(json).receipt.lines[0]?.quantity).toBe(quantity)
})

test.each(['-1', '1e400', '0.1234567890123456', '"many"', 'true', '{}'])(
  'a quantity written %s waits for a person',
  (written) => {
    const json = JSON.stringify(minimal).replace('"quantity":1', `"quantity":${written}`)
    const { receipt } = only(json)
    expect(receipt.lines[0]).toMatchObject({
      quantity: null,
      move: 'review',
      why: 'the quantity cannot be read',
    })
    expect(receipt.problems).toEqual(['line 1: quantity (tag 1023) cannot be read'])
  },
)

test('a sum that is no whole number of kopecks is no sum', () => {
  expect(only({ ...minimal, totalSum: 5.5 }).receipt.total).toBeNull()
})

test.each([
  [2_060_427_117, '2060427117'],
  ['2060427117', '2060427117'],
  [0x31047acf9f6d, '2060427117'],
  [0x6d9fcf7a0431, '2060427117'],
  [2 ** 48, null],
  [9.297e18, null],
])('the sign written %s is the printed sign %s', (fiscalSign, fp) => {
  expect(only({ ...minimal, fiscalSign }).receipt.fp).toBe(fp)
})

test.each([
  ['2026-08-03T16:44:00', '2026-08-03T16:44:00'],
  ['2026-08-03T16:44', '2026-08-03T16:44:00'],
  [1_436_418_698, '2015-07-09T05:11:38'],
  ['2026-08-03T16:44:00Z', null],
  ['yesterday', null],
])('the time written %s is the wall-clock time %s', (dateTime, time) => {
  expect(only({ ...minimal, dateTime }).receipt.time).toBe(time)
})

test('a line taken back by stornoItems moves nothing', () => {
  const { receipt } = only({ ...minimal, stornoItems: minimal.items })
  expect(receipt.lines.map(({ move }) => move)).toEqual(['none', 'none'])
})

test('a share of a marked package waits for a person', () => {
  const [item] = minimal.items
  const { receipt } = only({
    ...minimal,
    items: [{ ...item, labeledProdFractionalQuantity: { numerator: 1 } }],
  })
  expect(receipt.lines[0]?.move).toBe('review')
})

test('a correction tells what it corrects, under either spelling of the key', () => {
  const base = { correctionDocumentDate: '2026-08-01T00:00:00', correctionDocumentNumber: '7' }
  for (const key of ['correctionBase', 'сorrectionBase']) {
    const { receipt } = only({ ...minimal, code: 31, correctionType: 1, [key]: base })
    expect(receipt.correction).toEqual({ type: 1, date: '2026-08-01', orderNumber: '7', description: null })
    expect(receipt.lines[0]?.move).toBe('review')
  }
})

test('an Internet payment and a cashier of the site are signs of an order of the site', () => {
  const signs = (more: object) => {
    const bytes = utf8.encode(JSON.stringify({ ...minimal, ...more }))
    return decodeTaxJson(bytes, undefined, { cashiers: ['Сайт'], patterns: [] }).siteOrderSigns
  }
  expect(signs({})).toEqual([])
  expect(signs({ internetPayment: 1 })).toEqual(['settled in the Internet (tag 1125)'])
  expect(signs({ operator: 'сайт ' })).toEqual(['a cashier of the site'])
})

test.each(['', 'null', '[]', '{"a":1}', 'receipt', '{"totalSum":1', '{"totalSum":01,"items":[]}'])(
  'the text %j holds no receipt and is refused as such',
  (text) => {
    expect(() => read(text)).toThrow(TaxJsonError)
  },
)

test('JSON nested without end is refused, not followed', () => {
  expect(() => read('['.repeat(200_000) + ']'.repeat(200_000))).toThrow(TaxJsonError)
})

test('any text is receipts or a typed error', () => {
  const odd = fc.json().map((json) => `{"totalSum":1,"items":[${json}],"operationType":${json}}`)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), odd), (text) => {
      try {
        expect(read(text).length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(TaxJsonError)
      }
    }),
    { numRuns: 500 },
  )
})
