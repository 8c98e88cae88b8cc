import { expect, test } from 'vitest'
import { knownTags, meaningOf } from '../../../agent/fiscal/tags.ts'
import { describeTree } from '../../../agent/fiscal/tree.ts'
import { bytes, element, group, joined, number, text } from './encoding.ts'
import { fixture } from './vectors.ts'

interface TagNumbers {
  readonly orders: readonly number[]
  readonly added2025: readonly number[]
  readonly reused2025: readonly number[]
}

const numbers = JSON.parse(fixture('tag-numbers.json')) as TagNumbers
const nothing = new Uint8Array()

test('the table holds every tag of the orders and of 2025, and no other', () => {
  const wanted = new Set([...numbers.orders, ...numbers.added2025, ...numbers.reused2025])
  expect(knownTags).toEqual([...wanted].sort((a, b) => a - b))
})

test('every name is a plain key and every term is there', () => {
  const meanings = knownTags.map((tag) => meaningOf(tag, null, nothing))
  for (const meaning of meanings) {
    expect(meaning?.name).toMatch(/^[a-z][a-zA-Z0-9]+$/)
    expect(meaning?.term).toMatch(/[А-Яа-я]/)
  }
})

test('the count of receipts in a shift is named receiptsPerShift', () => {
  expect(meaningOf(1118, null, nothing)?.name).toBe('receiptsPerShift')
})

test.each([
  ['1115 as an address', text(1115, 'www.nalog.ru'), 'fiscalSignCheckUrl', 'www.nalog.ru'],
  ['1119 as a phone', text(1119, '+70000000000'), 'oldPaymentOperatorPhone', '+70000000000'],
  ['1125 as a name', text(1125, 'OOO TAXCOM'), 'oldOfdName', 'OOO TAXCOM'],
  ['1125 as a flag', number(1125, 1), 'internetPayment', 1],
  ['1082 as a phone', text(1082, '+70000000000'), 'bankSubagentPhone', '+70000000000'],
  ['1120 as a code', number(1120, 7, 2), 'referenceCode', 7],
])('%s keeps its old meaning or takes its new one by its value', (_what, body, name, value) => {
  expect(describeTree(body)).toMatchObject([{ name, value }])
})

test('the VAT sums of 2025 nest: 1115 holds 1119 holds 1199 and 1120', () => {
  const body = group(1115, group(1119, number(1199, 11), number(1120, 1388, 2)))
  expect(describeTree(body)).toEqual([
    {
      tag: 1115,
      name: 'amountsReceiptNds',
      value: [
        {
          tag: 1119,
          name: 'amountsNds',
          value: [
            { tag: 1199, name: 'nds', value: 11 },
            { tag: 1120, name: 'ndsSum', value: 1388 },
          ],
        },
      ],
    },
  ])
})

test('the non-cash payments of 2025 nest, and 1082 is a sum there', () => {
  const body = group(1234, group(1235, number(1082, 500, 2), number(1236, 1), text(1237, 'A1')))
  expect(describeTree(body)).toMatchObject([
    { value: [{ value: [{ name: 'nonCashSum', value: 500 }, { value: 1 }, { value: 'A1' }] }] },
  ])
})

test('an unknown tag is kept as hex without a name', () => {
  expect(describeTree(bytes(4321, 'ff00'))).toEqual([{ tag: 4321, name: null, value: 'ff00' }])
})

test('what cannot be read as its kind says is told as it stands', () => {
  const huge = element(1020, new Uint8Array(8).fill(255))
  expect(describeTree(huge)).toEqual([{ tag: 1020, name: 'totalSum', value: '18446744073709551615' }])
  expect(describeTree(bytes(1023, 'ff01'))).toEqual([{ tag: 1023, name: 'quantity', value: 'ff01' }])
  expect(describeTree(bytes(1012, ''))).toEqual([{ tag: 1012, name: 'dateTime', value: '' }])
})

test('identifiers come without their padding, names as they stand', () => {
  const [inn, user] = describeTree(joined(text(1018, '7804067632  '), text(1048, 'Shop ')))
  expect([inn?.value, user?.value]).toEqual(['7804067632', 'Shop '])
})
