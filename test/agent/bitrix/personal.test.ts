import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { encodeSale, isReceipt, toReportBody, toSale } from '../../../agent/bitrix/sale.ts'
import { decodeBody } from '../../../agent/fiscal/decode.ts'
import { context, keyOf } from './receipts.ts'

const documents = new URL('../../fixtures/documents/', import.meta.url)

interface Field {
  readonly tag: number
  readonly value?: unknown
  readonly children?: readonly Field[]
}

interface Vector {
  readonly kind: string
  readonly bodyHex?: string
  readonly expected?: { readonly type: number; readonly fields: readonly Field[] }
}

/** Buyers, cashiers, and every other person or contact that a document may name. */
const people = new Set([
  1008, 1021, 1117, 1203, 1227, 1228, 1243, 1244, 1245, 1246, 1254, 1171, 1073, 1074, 1075,
])

function namesIn(fields: readonly Field[]): string[] {
  return fields.flatMap(({ tag, value, children }) => [
    ...(people.has(tag) && typeof value === 'string' && value.trim().length > 3 ? [value.trim()] : []),
    ...namesIn(children ?? []),
  ])
}

const vectors = readdirSync(documents)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, vector: JSON.parse(readFileSync(new URL(name, documents), 'utf8')) as Vector }))
  .filter(({ vector }) => vector.bodyHex !== undefined && vector.expected !== undefined)

test('sends nothing of the people that real documents name', () => {
  let named = 0
  for (const { vector } of vectors) {
    const { type, fields } = vector.expected ?? { type: 0, fields: [] }
    const { document } = decodeBody(type, Buffer.from(vector.bodyHex ?? '', 'hex'))
    const make = { ...context, sign: '1' }
    const body = encodeSale(
      isReceipt(document)
        ? toSale(document, keyOf(document), make)
        : toReportBody(document, keyOf(document), make),
    )
    for (const name of namesIn(fields)) {
      named++
      expect(body).not.toContain(JSON.stringify(name).slice(1, -1))
    }
  }
  expect(named).toBeGreaterThan(5)
})
