import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  readBigint,
  readDecimal,
  readNumber,
  readSign,
  readText,
  readTime,
} from '../../../agent/fiscal/scalars.ts'
import { parseTlv } from '../../../agent/fiscal/tlv.ts'
import { decimal } from './encoding.ts'
import { bytesOf, scalarVectors } from './vectors.ts'

const cases = scalarVectors.flatMap((vector) => vector.cases)

function casesOf(type: string): { hex: string; value: string; local: string }[] {
  return cases
    .filter((one) => one.type === type)
    .map(({ hex, value = '', local = '' }) => ({ hex, value, local }))
}

describe('quoted encodings', () => {
  test.each([...casesOf('VLN'), ...casesOf('U32')])('$hex is the number $value', ({ hex, value }) => {
    expect(String(readNumber(bytesOf(hex)))).toBe(value)
  })
  test.each(casesOf('FVLN'))('$hex is the quantity $value', ({ hex, value }) => {
    expect(readDecimal(bytesOf(hex))).toBe(value)
  })
  test.each(casesOf('STRING'))('$hex is the text $value', ({ hex, value }) => {
    expect(readText(bytesOf(hex))).toBe(value)
  })
  test.each(casesOf('UNIXTIME'))('$hex is the time $local', ({ hex, local }) => {
    expect(readTime(bytesOf(hex))).toBe(local)
  })
  test.each(cases.filter(({ type, tag }) => type === 'TLV' && tag !== undefined))(
    '$hex is tag $tag',
    (one) => {
      expect(parseTlv(bytesOf(one.hex)).map(({ tag, value }) => [tag, readDecimal(value)])).toEqual([
        [one.tag, one.value],
      ])
    },
  )
  test.each(cases.filter(({ values }) => values !== undefined))('$hex keeps its repeats in order', (one) => {
    expect(parseTlv(bytesOf(one.hex)).map(({ value }) => readText(value))).toEqual(one.values)
  })
})

test('a number that a JavaScript number cannot hold is not told at all', () => {
  expect(readNumber(bytesOf('ffffffffffff1f'))).toBe(Number.MAX_SAFE_INTEGER)
  expect(readNumber(bytesOf('00000000000020'))).toBeNull()
  expect(readNumber(bytesOf('840000000000000000000000'))).toBe(132)
})

test('a quantity with an impossible scale or too many digits is not told at all', () => {
  expect(readDecimal(bytesOf('10' + '01'))).toBeNull()
  expect(readDecimal(bytesOf('00' + '0102030405060708'))).toBeNull()
  expect(readDecimal(bytesOf('03'))).toBe('0.000')
  expect(readDecimal(bytesOf(''))).toBe('0')
})

test('quantities come back with the decimals they were written with', () => {
  const quantity = fc.tuple(fc.bigInt(0n, 2n ** 56n - 1n), fc.nat(15)).map(([digits, decimals]) => {
    const all = digits.toString().padStart(decimals + 1, '0')
    const point = all.length - decimals
    return decimals === 0 ? all : `${all.slice(0, point)}.${all.slice(point)}`
  })
  fc.assert(
    fc.property(quantity, (value) => {
      expect(readDecimal(decimal(1023, value).subarray(4))).toBe(value)
    }),
  )
})

test('any bytes are a number exactly or no number', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (value) => {
      const number = readNumber(value)
      if (number !== null) expect(BigInt(number)).toBe(readBigint(value))
    }),
  )
})

test('the printed fiscal sign is the last four bytes of six, big-endian and without padding', () => {
  expect(readSign(bytesOf('31047acf9f6d'))).toBe('2060427117')
  expect(readSign(bytesOf('310400000100'))).toBe('256')
  expect(readSign(bytesOf('31047acf9f6d00'))).toBeNull()
})

test('the numero sign and the letter yo are read as code page 866 has them', () => {
  expect(readText(bytesOf('fcf0f1'))).toBe('№Ёё')
})
