import { describe, expect, test } from 'vitest'
import { decodeBody, decodeBytes, decodeText } from '../../../agent/fiscal/decode.ts'
import type { Field, Receipt, Report } from '../../../agent/fiscal/model.ts'
import { describeTree } from '../../../agent/fiscal/tree.ts'
import { joined, number, receiptHead, whole } from './encoding.ts'
import { bytesOf, documents, documentVector, type ExpectedField } from './vectors.ts'

/** The expected tree in the form of ours: names are the source's words, identifiers come without padding. */
function plain(fields: readonly ExpectedField[]): unknown[] {
  return fields.map(({ tag, value, hex, children }) => ({
    tag,
    value: children ? plain(children) : (hex ?? (typeof value === 'string' ? value.trimEnd() : value)),
  }))
}

function ours(fields: readonly Field[]): unknown[] {
  return fields.map(({ tag, value }) => ({
    tag,
    value: typeof value === 'object' ? ours(value) : typeof value === 'string' ? value.trimEnd() : value,
  }))
}

describe.each(documents)('$id', (vector) => {
  const document = bytesOf(vector.documentHex)

  test('every tag of it is told with its value, in its order', () => {
    expect(ours(describeTree(bytesOf(vector.bodyHex)))).toEqual(plain(vector.expected.fields))
  })

  test("it decodes the same with its head, bare, as hex, and inside the operator's wrapping", () => {
    const decoded = decodeBytes(document)
    const body = bytesOf(vector.bodyHex)
    const { type } = vector.expected
    expect(decoded.documentType).toBe(type)
    const wrapped = Buffer.concat([
      bytesOf(vector.containerHex ?? ''),
      document,
      bytesOf(vector.tailHex ?? '8106b87e65b993d2'),
    ])
    const ways: (Receipt | Report)[] = [
      decodeBytes(body, { type }),
      decodeBytes(document, { type }),
      decodeBytes(whole(type, document)),
      decodeBytes(joined(document.subarray(0, 4), document)),
      decodeBytes(joined(document, new Uint8Array(5))),
      decodeBytes(joined(body, new Uint8Array(3)), { type }),
      decodeBytes(wrapped),
      decodeBytes(bytesOf(vector.ofdMessageHex ?? vector.documentHex)),
      decodeText(Buffer.from(vector.documentHex.replace(/(..)/g, '0x$1, ').toUpperCase())),
      decodeText(Buffer.from(`${vector.documentHex.replace(/(.{64})/g, '$1\r\n')}\n`)),
      decodeText(document),
      decodeBody(type, body).document,
    ]
    for (const way of ways) expect(way).toEqual(decoded)
  })
})

const receipts = documents.flatMap((vector) =>
  vector.expectedNormalised === undefined ? [] : [{ ...vector, wanted: vector.expectedNormalised }],
)

test.each(receipts)('$id becomes exactly the receipt it is', ({ documentHex, ffd, wanted }) => {
  const receipt = decodeBytes(bytesOf(documentHex)) as Receipt
  expect(receipt).toMatchObject({
    documentType: wanted.docType,
    ffd,
    fn: wanted.fn,
    fd: wanted.fd,
    fp: String(wanted.fp),
    time: wanted.dateTimeLocal,
    operation: wanted.operationType,
    shift: wanted.shift,
    receiptInShift: wanted.receiptInShift,
    total: wanted.totalKop,
    cash: wanted.cashKop,
    electronic: wanted.cardKop,
    prepaid: wanted.prepaidKop,
    credit: wanted.creditKop,
    provision: wanted.provisionKop,
    problems: [],
  })
  expect(receipt.lines).toMatchObject(
    wanted.items.map((item, i) => ({
      n: i + 1,
      name: item.name,
      quantity: item.qty,
      unit: item.measure ?? null,
      price: item.priceKop,
      sum: item.sumKop,
      vat: item.vat,
      method: item.method,
      subject: item.subject,
      code: { raw: item.tag1162 ?? Object.values(item.tag1163 ?? {})[0] ?? null },
      move: item.suggestedStockMove,
    })),
  )
  expect(receipt.lines).toHaveLength(wanted.items.length)
})

test('a receipt is printed in the documented form, key by key', () => {
  const receipt = decodeBytes(bytesOf(documentVector('tlv-intertorg-2019').documentHex))
  expect(JSON.stringify(receipt)).toBe(
    '{"documentType":3,"ffd":"1.05","fn":"9251440300003811","fd":8947,"fp":"3163913062",' +
      '"time":"2019-01-24T17:44:00","operation":1,"shift":41,"receiptInShift":276,' +
      '"registrationNumber":"0000046659031929","inn":"7842005813","taxation":1,"total":41090,"cash":0,' +
      '"electronic":41090,"prepaid":0,"credit":0,"provision":0,"correction":null,"lines":[' +
      '{"n":1,"name":"Колбаса вар Докторская ГОСТ 500г ОМПК п/о","quantity":"1.000","unit":null,"price":25900,' +
      '"sum":25900,"vat":2,"method":4,"subject":null,"code":{"gtin":null,"ean":null,"article":null,"mark":null,' +
      '"raw":null},"move":"out","why":"handed over in full settlement"},' +
      '{"n":2,"name":"Модуль сменный Аквафор В100-15 (стандарт)","quantity":"1.000","unit":null,"price":15190,' +
      '"sum":15190,"vat":1,"method":4,"subject":null,"code":{"gtin":null,"ean":null,"article":null,"mark":null,' +
      '"raw":null},"move":"out","why":"handed over in full settlement"}],"problems":[]}',
  )
})

test('a report is printed in the documented form, with all its tags', () => {
  const body = joined(receiptHead().subarray(0, 20), number(1118, 288, 4), number(65_000, 7, 2))
  expect(JSON.stringify(decodeBytes(whole(5, body)))).toBe(
    '{"documentType":5,"ffd":"1.0","fn":"9999078900001234","fd":null,"fp":null,"time":null,"shift":null,"fields":[' +
      '{"tag":1041,"name":"fiscalDriveNumber","value":"9999078900001234"},' +
      '{"tag":1118,"name":"receiptsPerShift","value":288},' +
      '{"tag":65000,"name":null,"value":"0700"}],"problems":[]}',
  )
})

test('a correction tells what it corrects, and waits for a person', () => {
  const receipt = decodeBytes(
    bytesOf(documentVector('derived-ffd12-correction-sale-31').documentHex),
  ) as Receipt
  expect(receipt.correction).toEqual({ type: 0, date: '2026-08-01', orderNumber: null, description: null })
  expect(receipt.lines.map(({ move }) => move)).toEqual(['review'])
})
