import { describe, expect, test } from 'vitest'
import { decodeBytes } from '../../../agent/fiscal/decode.ts'
import type { Receipt, ReceiptLine } from '../../../agent/fiscal/model.ts'
import { defaultRules, type StockRules } from '../../../agent/fiscal/stock.ts'
import { bytes, decimal, element, group, joined, number, receiptHead, text } from './encoding.ts'

interface Written {
  readonly type?: number
  readonly operation?: number
  readonly method?: number | null
  readonly subject?: number | null
  readonly rules?: StockRules
  /** Elements that stand in the line beside name, quantity, method and subject. */
  readonly more?: Uint8Array
  readonly quantity?: Uint8Array
}

/** Decodes a receipt with one line written so. */
function lineOf({
  type = 3,
  operation = 1,
  method = 4,
  subject = 1,
  rules,
  more,
  quantity,
}: Written): ReceiptLine {
  const line = group(
    1059,
    text(1030, 'Сахар'),
    quantity ?? decimal(1023, '1.500'),
    ...(method === null ? [] : [number(1214, method)]),
    ...(subject === null ? [] : [number(1212, subject)]),
    more ?? new Uint8Array(),
  )
  const receipt = decodeBytes(joined(receiptHead(operation), line), {
    type,
    ...(rules && { rules }),
  }) as Receipt
  const [first] = receipt.lines
  if (first === undefined) throw new Error('the line was lost')
  return first
}

const decisionOf = (written: Written) => {
  const { move, why } = lineOf(written)
  return `${move}: ${why}`
}

describe('the settlement method', () => {
  test.each([
    [1, 'none: full prepayment, no goods yet'],
    [2, 'none: partial prepayment, no goods yet'],
    [3, 'none: advance, no goods yet'],
    [4, 'out: handed over in full settlement'],
    [5, 'out: handed over in partial settlement'],
    [6, 'out: handed over on credit'],
    [7, 'none: payment of a credit, no goods now'],
    [null, 'out: handed over in full settlement (assumed)'],
    [0, 'review: unknown settlement method'],
    [8, 'review: unknown settlement method'],
  ])('%s of a sale is %s', (method, decision) => {
    expect(decisionOf({ method })).toBe(decision)
  })

  test.each([
    [1, 'none: full prepayment, no goods yet'],
    [4, 'in: taken back in full settlement'],
    [5, 'in: taken back in partial settlement'],
    [6, 'in: taken back, was on credit'],
    [7, 'none: payment of a credit, no goods now'],
  ])('%s of a return is %s', (method, decision) => {
    expect(decisionOf({ operation: 2, method })).toBe(decision)
  })
})

describe('the kind of subject', () => {
  test.each([1, 2, 30, 31, 32, 33, null])('%s is goods and moves', (subject) => {
    expect(lineOf({ subject }).move).toBe('out')
  })
  test.each(Array.from({ length: 25 }, (_, i) => i + 3))('%s is no goods and moves nothing', (subject) => {
    expect(decisionOf({ subject })).toBe('none: not goods')
  })
  test.each([0, 28, 29, 34, 255])('%s is unknown and waits for a person', (subject) => {
    expect(decisionOf({ subject })).toBe('review: unknown kind of subject')
  })
  test('other goods move when the shop says so', () => {
    expect(lineOf({ subject: 13, rules: { ...defaultRules, subjects: [12, 13] } }).move).toBe('out')
  })
})

describe('the operation', () => {
  test.each([3, 4])('%s moves nothing unless the shop says so', (operation) => {
    expect(decisionOf({ operation })).toBe('none: purchases do not move stock here')
  })
  test.each([
    [3, 'in'],
    [4, 'out'],
  ])('%s moves goods %s when the shop says so', (operation, move) => {
    expect(lineOf({ operation, rules: { ...defaultRules, purchases: true } }).move).toBe(move)
  })
  test('an unknown one waits for a person', () => {
    expect(decisionOf({ operation: 9 })).toBe('review: unknown operation')
  })
})

test.each([31, 41])('every line of a correction (%s) waits for a person, services too', (type) => {
  expect(decisionOf({ type, subject: 4 })).toBe('review: a correction waits for a person')
})

test('the form of payment never matters: an offset advance is still handed over', () => {
  expect(lineOf({ more: number(1215, 10_900, 2) }).move).toBe('out')
})

describe('what cannot be told for sure waits for a person', () => {
  const share = group(1291, text(1292, '1/3'), number(1293, 1), number(1294, 3))
  test.each<[string, Written, string]>([
    ['a share of a marked package', { more: share }, 'a share of a marked package'],
    ['a quantity with an impossible scale', { quantity: bytes(1023, 'ff01') }, 'the quantity cannot be read'],
    ['no quantity', { quantity: new Uint8Array() }, 'no quantity in the line'],
    ['a quantity of zero', { quantity: decimal(1023, '0.000') }, 'the quantity is zero'],
    ['a quantity that stands twice and differs', { more: decimal(1023, '2') }, 'the quantity cannot be read'],
    [
      'a method that stands twice and differs',
      { more: number(1214, 1) },
      'the settlement method cannot be read',
    ],
    [
      'a subject that stands twice and differs',
      { more: number(1212, 4) },
      'the kind of subject cannot be read',
    ],
    ['an unknown measure', { more: number(2108, 99) }, 'unknown measure of quantity'],
  ])('%s', (_what, written, why) => {
    expect(decisionOf(written)).toBe(`review: ${why}`)
  })

  test('a method too big for any number is not taken for absent', () => {
    const huge = element(1214, new Uint8Array(9).fill(255))
    expect(decisionOf({ method: null, more: huge })).toBe('review: the settlement method cannot be read')
  })

  test('the same value twice is no doubt', () => {
    expect(lineOf({ more: number(1214, 4, 2) }).move).toBe('out')
  })
})

describe('storno lines of FFD 1.0', () => {
  const line = (tag: number, name: string, quantity: string, price = 500) =>
    group(tag, text(1030, name), decimal(1023, quantity), number(1079, price, 2))

  function moves(...lines: readonly Uint8Array[]): string[] {
    const receipt = decodeBytes(joined(receiptHead(), ...lines), { type: 3 }) as Receipt
    return receipt.lines.map(({ name, quantity, move }) => `${name} ${quantity} ${move}`)
  }

  test('a line taken back whole moves nothing, and both stay in the receipt', () => {
    expect(moves(line(1059, 'A', '2'), line(1059, 'B', '1'), line(1071, 'A', '2.000'))).toEqual([
      'A 2 none',
      'B 1 out',
      'A 2.000 none',
    ])
  })

  test('a line taken back in part moves the difference', () => {
    expect(moves(line(1059, 'A', '3'), line(1071, 'A', '1'), line(1071, 'A', '2'))).toEqual([
      'A 3 out',
      'A 1 in',
      'A 2 in',
    ])
  })

  test('of equal lines only as many are taken back as there are storno lines', () => {
    expect(moves(line(1059, 'A', '1'), line(1059, 'A', '1'), line(1071, 'A', '1'))).toEqual([
      'A 1 out',
      'A 1 none',
      'A 1 none',
    ])
  })

  test('a line is taken back once only', () => {
    expect(moves(line(1059, 'A', '1'), line(1071, 'A', '1'), line(1071, 'A', '1'))).toEqual([
      'A 1 none',
      'A 1 none',
      'A 1 review',
    ])
  })

  test.each([
    ['another name', line(1071, 'B', '1')],
    ['another price', line(1071, 'A', '1', 499)],
    ['more than was sold', line(1071, 'A', '2')],
  ])('a storno line of %s waits for a person', (_what, storno) => {
    expect(moves(line(1059, 'A', '1'), storno)[1]).toMatch(/ review$/)
  })
})

test('a receipt without lines, or without its essential tags, says so', () => {
  expect((decodeBytes(receiptHead(), { type: 3 }) as Receipt).problems).toEqual(['the receipt has no lines'])
  const bare = decodeBytes(text(1041, '9999078900001234'), { type: 3 })
  expect(bare.problems).toEqual([
    'tag 1040 is missing',
    'tag 1077 is missing',
    'tag 1012 is missing',
    'tag 1054 is missing',
    'tag 1020 is missing',
    'the receipt has no lines',
  ])
})

test('a receipt whose drive has an empty number says so', () => {
  const nameless = joined(text(1041, '  '), receiptHead().subarray(20))
  expect(decodeBytes(nameless, { type: 3 }).problems).toEqual([
    'tag 1041 is empty',
    'the receipt has no lines',
  ])
})

test('a sum that cannot be exact is no sum, and the problem names its line', () => {
  const line = group(1059, decimal(1023, '1'), element(1043, new Uint8Array(8).fill(255)))
  const receipt = decodeBytes(joined(receiptHead(), line), { type: 3 }) as Receipt
  expect(receipt.lines[0]?.sum).toBeNull()
  expect(receipt.problems).toContain('line 1: tag 1043 cannot be read')
})

test('the unit is text up to FFD 1.1 and the measure code in FFD 1.2', () => {
  const line = group(1059, decimal(1023, '1'), text(1197, 'шт  '), number(2108, 11))
  const unitIn = (version: number) =>
    (decodeBytes(joined(receiptHead(), number(1209, version), line), { type: 3 }) as Receipt).lines[0]?.unit
  expect([unitIn(2), unitIn(4)]).toEqual(['шт', 11])
})

test.each([
  [1, '1.0'],
  [2, '1.05'],
  [3, '1.1'],
  [4, '1.2'],
  [5, '5'],
])('format version %i is called %s', (version, name) => {
  expect(decodeBytes(joined(receiptHead(), number(1209, version)), { type: 3 }).ffd).toBe(name)
})

test('a correction carries type, date, order and description', () => {
  const base = group(
    1174,
    number(1178, 1_436_400_000, 4),
    text(1179, '12-34/5  '),
    text(1177, 'не тот товар'),
  )
  const receipt = decodeBytes(joined(receiptHead(), number(1173, 1), base), { type: 41 }) as Receipt
  expect(receipt.correction).toEqual({
    type: 1,
    date: '2015-07-09',
    orderNumber: '12-34/5',
    description: 'не тот товар',
  })
  expect(receipt.problems).toEqual([])
})
