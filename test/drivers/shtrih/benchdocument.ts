/** Real fiscal documents, cut into FF3B portions the way captures show it: one outermost element each. */
import receipt from '../../fixtures/archive/tlv-vkusvill-2018.json' with { type: 'json' }
import type { BenchDocument } from './benchregister.ts'
import { bytesOf } from './captures.ts'

/** Document 24896 of fiscal drive 9289000100087745, a receipt with two lines. */
export const body = bytesOf(receipt.bodyHex)
export const number = 24896

export function portionsOf(tlv: Uint8Array): Uint8Array[] {
  const portions: Uint8Array[] = []
  for (let at = 0; at < tlv.length; ) {
    const end = at + 4 + (tlv[at + 2] ?? 0) + (tlv[at + 3] ?? 0) * 256
    portions.push(tlv.slice(at, end))
    at = end
  }
  return portions
}

const when = [18, 10, 30, 8, 49]

/** The short record of a receipt. `when` as `YY MM DD hh mm`. */
export function recordOf(parts: {
  type?: number
  fd?: number
  sign?: number
  when?: number[]
  sum?: number
}): Uint8Array {
  const record = Buffer.alloc(21)
  record[0] = parts.type ?? 3
  record.set(parts.when ?? when, 2)
  record.writeUInt32LE(parts.fd ?? number, 7)
  record.writeUInt32LE(parts.sign ?? 0, 11)
  record[15] = 1
  record.writeUIntLE(parts.sum ?? 0, 16, 5)
  return new Uint8Array(record)
}

/** The receipt as the register holds it. */
export function benchDocument(changes: Partial<BenchDocument> = {}): BenchDocument {
  return {
    record: recordOf({ sign: 0xf7274cf8, sum: 15_900 }),
    type: 3,
    portions: portionsOf(body),
    ...changes,
  }
}
