import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBytes, decodeText } from '../../../agent/fiscal/decode.ts'
import { takeDocument } from '../../../agent/fiscal/document.ts'
import type { Receipt, Report } from '../../../agent/fiscal/model.ts'
import { maskPersonal } from '../../../agent/fiscal/personal.ts'
import { parseTlv, TlvError } from '../../../agent/fiscal/tlv.ts'
import { describeTree } from '../../../agent/fiscal/tree.ts'
import { bytes, decimal, group, joined, number, receiptHead, text, whole } from './encoding.ts'
import { bytesOf, documents, documentVector } from './vectors.ts'

/** What decoding makes of bytes: a document or the fault; any other error fails the test. */
function outcome(run: () => Receipt | Report): Receipt | Report | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof TlvError) return error.fault
    throw error
  }
}

function faultOf(run: () => unknown): TlvError {
  try {
    run()
  } catch (error) {
    if (error instanceof TlvError) return error
    throw error
  }
  throw new Error('no error')
}

const tobacco = documentVector('tlv-tobacco-1162-2020')

test('an element that runs past its parent makes the document damaged, with the place', () => {
  const body = group(1059, bytes(1030, '41'), Uint8Array.of(0xff, 0x03, 9, 0, 3))
  const error = faultOf(() => parseTlv(body))
  expect(error).toMatchObject({ fault: 'truncated', offset: 9, path: [1059, 1023] })
  expect(error.message).toBe('an element is cut off at byte 9 in 1059 > 1023')
})

test('every real document cut anywhere is a typed error, never a shorter receipt', () => {
  for (const { documentHex } of documents) {
    const document = bytesOf(documentHex)
    for (let length = 0; length < document.length; length++)
      expect(faultOf(() => decodeBytes(document.subarray(0, length))).fault).toMatch(/^(truncated|empty)$/)
  }
})

test('a length that is too small is refused: the rest would be lost without a trace', () => {
  const document = bytesOf(tobacco.documentHex)
  document[2] = (document[2] ?? 0) - 5
  expect(faultOf(() => decodeBytes(document)).fault).toBe('trailing')
})

test.each([
  ['nothing', '', {}, 'empty'],
  ['a head without a body', '03000000', {}, 'empty'],
  ['a bare body without its type', tobacco.bodyHex, {}, 'noType'],
  ['a document of another type', tobacco.documentHex, { type: 4 }, 'otherType'],
  ['zeros', '00000000', { type: 3 }, 'otherType'],
] as const)('%s is refused', (_what, hex, options, fault) => {
  expect(faultOf(() => takeDocument(bytesOf(hex), options)).fault).toBe(fault)
})

test('text that is not hex is refused as such', () => {
  expect(faultOf(() => decodeText(Buffer.from('{"receipt": 1}'))).fault).toBe('notHex')
  expect(faultOf(() => decodeText(Buffer.from('0300 2'))).fault).toBe('notHex')
  expect(faultOf(() => decodeText(Buffer.from(' \n'))).fault).toBe('empty')
})

test('groups nested without end are refused', () => {
  let body = text(1030, 'x')
  for (let depth = 0; depth < 40; depth++) body = group(1059, body)
  expect(faultOf(() => parseTlv(body)).fault).toBe('deep')
})

test('unknown tags, empty values and numbers longer than needed are read without a word', () => {
  const line = group(1059, text(1030, ''), decimal(1023, '1', 7), number(1079, 132, 8), bytes(9999, '00'))
  const receipt = decodeBytes(joined(receiptHead(), line, bytes(7777, 'beef')), { type: 3 }) as Receipt
  expect(receipt.lines).toMatchObject([{ name: '', quantity: '1', price: 132, move: 'out' }])
  expect(receipt.problems).toEqual([])
})

test('a value longer than the format allows is read and remarked', () => {
  const receipt = decodeBytes(joined(receiptHead(), group(1059, text(1030, 'x'.repeat(130)))), {
    type: 3,
  }) as Receipt
  expect(receipt.lines[0]?.name).toHaveLength(130)
  expect(receipt.problems).toEqual(['tag 1030 is longer than the format allows'])
})

test('any bytes are a document or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom(1, 3, 5, 31), (input, type) => {
      outcome(() => decodeBytes(input))
      outcome(() => decodeBytes(input, { type }))
      outcome(() => decodeText(input))
      expect(maskPersonal(input)).toHaveLength(input.length)
    }),
    { numRuns: 500 },
  )
})

test('a real document with some bytes wrong is a document or a typed error', () => {
  const mutation = fc.record({
    hex: fc.constantFrom(...documents.map(({ documentHex }) => documentHex)),
    wrong: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
  })
  fc.assert(
    fc.property(mutation, ({ hex, wrong }) => {
      const document = bytesOf(hex)
      for (const [at, byte] of wrong) document[at % document.length] = byte
      const made = outcome(() => decodeBytes(document))
      if (typeof made === 'object') expect(made.problems).toBeInstanceOf(Array)
    }),
    { numRuns: 1000 },
  )
})

test('whatever is encoded is told back, in order and with repeats', () => {
  const leaf = fc.oneof(
    fc.tuple(fc.constantFrom(1020, 1031, 1043), fc.nat()).map(([tag, value]) => ({
      field: { tag, value: value as string | number },
      bytes: number(tag, value, 6),
    })),
    fc
      .tuple(fc.constantFrom(1030, 1048, 1191), fc.stringMatching(/^[ -~А-яЁё№]{0,20}$/))
      .map(([tag, value]) => ({
        field: { tag, value: value as string | number },
        bytes: text(tag, value),
      })),
  )
  fc.assert(
    fc.property(fc.array(leaf), (leaves) => {
      const body = joined(...leaves.map((one) => one.bytes), group(1059, ...leaves.map((one) => one.bytes)))
      const plain = describeTree(body).map(({ tag, value }) =>
        typeof value === 'object'
          ? value.map((inner) => ({ tag: inner.tag, value: inner.value }))
          : { tag, value },
      )
      expect(plain).toEqual([...leaves.map(({ field }) => field), leaves.map(({ field }) => field)])
    }),
  )
})

test('a type that nobody knows is a report with everything it holds', () => {
  expect(decodeBytes(whole(84, text(1048, 'Shop')))).toMatchObject({
    documentType: 84,
    fields: [{ tag: 1048, name: 'user', value: 'Shop' }],
  })
})
