/**
 * What a document is looked up by: its local time, its total, its operation. The short record says it for nearly
 * all; a body is decoded only where that is silent.
 */
import { decodeBody } from './fiscal/decode.ts'
import { type Receipt, type Report, receiptTypes } from './fiscal/model.ts'
import { receiptOfTaxJson } from './fiscal/taxJson.ts'
import type { ReadFacts } from './journal.ts'
import type { KeptDocument, TimeInside } from './outbox.ts'

/** See `TimeInside`. Never throws, whatever the bytes. */
export const timeInBody: TimeInside = ({ bytes, ...document }) => decodedBody(document, bytes)?.time ?? null

/** See `ReadFacts`. */
export const readFacts: ReadFacts = (document, bytes) => {
  const { type, summary } = document
  const isReceipt = type !== null && receiptTypes.includes(type)
  const isTold = summary !== null && summary.time !== '' && (summary.total !== null || !isReceipt)
  const body = isTold ? null : decodedBody(document, bytes())
  return {
    time: summary?.time || (body?.time ?? null),
    total: summary?.total ?? (body !== null && 'total' in body ? body.total : null),
    operation: summary?.operation ?? (body !== null && 'operation' in body ? body.operation : null),
    isReceipt,
  }
}

function decodedBody(
  { type, format }: Pick<KeptDocument, 'type' | 'format'>,
  bytes: Uint8Array | null,
): Receipt | Report | null {
  if (bytes === null || type === null) return null
  try {
    return format === 'tax-json' ? receiptOfTaxJson(bytes) : decodeBody(type, bytes).document
  } catch {
    return null // A damaged document tells nothing; it is found by its number.
  }
}
