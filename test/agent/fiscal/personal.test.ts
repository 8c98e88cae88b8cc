import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBody, decodeBytes } from '../../../agent/fiscal/decode.ts'
import { toDocument } from '../../../agent/fiscal/document.ts'
import { maskPersonal, personalTags } from '../../../agent/fiscal/personal.ts'
import { siteOrderSigns } from '../../../agent/fiscal/siteorder.ts'
import { describeTree } from '../../../agent/fiscal/tree.ts'
import { decimal, group, joined, number, receiptHead, text } from './encoding.ts'
import { bytesOf, documents } from './vectors.ts'

const buyer = group(
  1256,
  text(1227, 'Иванов Иван'),
  text(1228, '771234567890'),
  text(1243, '01.02.1990'),
  text(1244, '643'),
  text(1245, '21'),
  text(1246, '4509 123456'),
  text(1254, 'Москва, ул. Мира, 1'),
)
const line = group(1059, text(1030, 'Сахар'), decimal(1023, '1'), text(1228, '7712345678'))
const people = joined(
  receiptHead(),
  text(1021, 'Петрова П.П.'),
  text(1203, '771234567890'),
  text(1008, 'buyer@example.com'),
  buyer,
  line,
)

test('every personal value, at any depth, becomes asterisks of equal length and nothing else changes', () => {
  const masked = maskPersonal(people)
  const differing = [...masked.keys()].filter((i) => masked[i] !== people[i])
  expect(differing.every((i) => masked[i] === '*'.charCodeAt(0))).toBe(true)
  const values = JSON.stringify(describeTree(masked))
  expect(values).toContain('"buyerPhoneOrAddress","value":"*****************"')
  expect(values).toContain('Сахар')
  expect(values).not.toMatch(/Иванов|Петрова|771234567|buyer@|1990|643"|"21"|4509|Мира/)
  expect(decodeBody(3, masked).document).toEqual(decodeBody(3, people).document)
})

test('masking twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(people)), (body) => {
      const once = maskPersonal(body)
      expect(maskPersonal(once)).toEqual(once)
    }),
  )
})

test('the given bytes are left alone', () => {
  const copy = Uint8Array.from(people)
  maskPersonal(people)
  expect(people).toEqual(copy)
})

test('a damaged body is masked as far as it reaches', () => {
  for (let length = 0; length <= people.length; length++) {
    const cut = people.subarray(0, length)
    expect(maskPersonal(cut)).toEqual(maskPersonal(people).subarray(0, length))
  }
})

test('a body with its own head before it is masked as well', () => {
  const head = Uint8Array.of(3, 0, people.length % 256, people.length >> 8)
  expect(maskPersonal(joined(head, people))).toEqual(joined(head, maskPersonal(people)))
})

test('real documents decode the same with their personal data masked', () => {
  for (const { bodyHex, expected } of documents) {
    if (expected.type !== 3) continue
    const body = bytesOf(bodyHex)
    const masked = maskPersonal(body)
    expect(decodeBytes(masked, { type: 3 })).toEqual(decodeBytes(body, { type: 3 }))
  }
})

test('an unknown element of a small number hides nobody behind it and spoils nothing', () => {
  const small = joined(receiptHead(), number(57, 1_246, 2), text(1008, 'buyer@example.com'), line)
  const masked = maskPersonal(small)
  expect(Buffer.from(masked).includes('buyer@example.com')).toBe(false)
  expect(describeTree(masked)).toHaveLength(describeTree(small).length)
})

test('the masked tags are those of the decision', () => {
  expect(personalTags).toEqual([1008, 1021, 1203, 1227, 1228, 1243, 1244, 1245, 1246, 1254])
})

test('an Internet payment is a sign of an order of the site, its old namesake is not', () => {
  const signs = (more: Uint8Array) => siteOrderSigns(toDocument(3, joined(people, more)))
  expect(signs(number(1125, 1))).toEqual(['settled in the Internet (tag 1125)'])
  expect(signs(number(1125, 0))).toEqual([])
  expect(signs(text(1125, 'OOO TAXCOM'))).toEqual([])
})

test('cashiers and texts of the site are signs, and the cashier is not named', () => {
  const rules = { cashiers: [' петрова п.п. '], patterns: [/заказ \d+/i] }
  expect(siteOrderSigns(toDocument(3, people), rules)).toEqual(['a cashier of the site'])
  const order = joined(people, text(1192, 'ЗАКАЗ 77'))
  expect(siteOrderSigns(toDocument(3, order), { ...rules, cashiers: [] })).toEqual(['a text of the site'])
})
