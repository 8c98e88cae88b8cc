import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBytes } from '../../../agent/fiscal/decode.ts'
import { decimal, group, joined, number, receiptHead, text } from './encoding.ts'

const line = fc.record({
  name: fc.stringMatching(/^[А-Яа-яA-Za-z0-9№%., -]{1,40}$/),
  price: fc.nat(0xffff_ffff),
  sum: fc.nat(0xffff_ffff),
  quantity: fc
    .tuple(fc.nat(99_999), fc.stringMatching(/^\d{1,6}$/))
    .map(([whole, part]) => `${whole}.${part}`),
  vat: fc.integer({ min: 1, max: 6 }),
  method: fc.integer({ min: 1, max: 7 }),
})

type Line = typeof line extends fc.Arbitrary<infer Value> ? Value : never

function encoded({ name, price, sum, quantity, vat, method }: Line): Uint8Array {
  return group(
    1059,
    text(1030, name),
    number(1079, price, 6),
    decimal(1023, quantity, 7),
    number(1043, sum, 6),
    number(1199, vat),
    number(1214, method),
  )
}

function linesOf(bytes: Uint8Array) {
  const document = decodeBytes(bytes, { type: 3 })
  return 'lines' in document ? document.lines : []
}

test('every line of a receipt comes back with its own name, price, quantity and sum, in order', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const read = linesOf(joined(receiptHead(), ...lines.map(encoded)))
      const same = read.map(({ name, price, sum, quantity, vat, method }) => ({
        ...{ name, price, sum, quantity, vat, method },
      }))
      expect(same).toEqual(lines)
    }),
  )
})
