/** Fiscal documents: any bytes are a document or a `TlvError`, and every sum is the one that stands there. */

import { decodeBody, decodeBytes, decodeText } from '../../../agent/fiscal/decode.ts'
import type { Receipt, Report } from '../../../agent/fiscal/model.ts'
import { maskPersonal } from '../../../agent/fiscal/personal.ts'
import { TlvError } from '../../../agent/fiscal/tlv.ts'
import { concat } from '../../../drivers/bytes.ts'
import { realDocuments } from '../../fakes/register/archive.ts'
import { hexUnder, textsIn } from '../fixtures.ts'
import { ownSums } from '../own.ts'
import { must, orDocumented, type Target } from '../target.ts'

const types = [3, 4, 31, 41, 1, 2, 5, 6, 11, 21, 7, 81]

/** Byte 0: the form, and from 128 on that it stands before the body; the rest: the body. */
export const documents: Target = {
  name: 'documents',
  main: 'agent/fiscal/taggedreceipt.js',
  longest: 3_000,
  shape: { tlvFrom: 1 },
  *seeds() {
    for (const { type, bodyHex } of realDocuments())
      yield concat(Uint8Array.of(Math.max(0, types.indexOf(type))), bodyHex)
    for (const text of textsIn('documents', '.json'))
      for (const bytes of hexUnder('documentHex', text)) yield concat(Uint8Array.of(128), bytes)
  },
  run(input) {
    const [first = 0] = input
    const bytes = input.subarray(1)
    const type = types[first % types.length] ?? 3
    if (first >= 128) return void taken(bytes)
    const decoded = orDocumented(() => decodeBody(type, bytes), TlvError)
    if (decoded === null) return
    const { document } = decoded
    judge(document, bytes, type)
    judgeMask(document, bytes, type)
  },
}

/** A document with whatever is around it: its own body must give the same. */
function taken(bytes: Uint8Array): void {
  const document = orDocumented(() => decodeBytes(bytes), TlvError)
  const asText = orDocumented(() => decodeText(Buffer.from(Buffer.from(bytes).toString('hex'))), TlvError)
  must(JSON.stringify(asText) === JSON.stringify(document), 'hex and bytes are decoded differently')
}

function judge(document: Receipt | Report, bytes: Uint8Array, type: number): void {
  must(JSON.stringify(document).length < 60 * (bytes.length + 100), 'the output is out of all proportion')
  if (!('lines' in document)) return
  const body = bodyOf(bytes, type)
  const own = body === null ? null : ownSums(body)
  if (own === null) {
    must(isWrapped(bytes), 'a receipt was made of elements that do not fit')
    return
  }
  must(document.lines.length === own.lines.length, 'lines were lost or made up')
  same(document.total, own.total, 'total')
  same(document.cash, own.cash, 'cash')
  same(document.electronic, own.electronic, 'electronic')
  same(document.fd, own.number, 'number')
  for (const [i, line] of document.lines.entries()) {
    same(line.sum, own.lines[i]?.sum ?? null, `sum of line ${i + 1}`)
    same(line.price, own.lines[i]?.price ?? null, `price of line ${i + 1}`)
    must(
      line.quantity === null || line.quantity === own.lines[i]?.quantity,
      `quantity of line ${i + 1}: ${line.quantity} is not ${own.lines[i]?.quantity}`,
    )
  }
  if (document.problems.length === 0) agreesInFull(document, own.total)
}

function agreesInFull(document: Receipt, total: bigint | null): void {
  must(document.total !== null && total !== null, 'a receipt without total and without a problem')
  must(document.fn !== null && document.fd !== null && document.fp !== null, 'no key and no problem')
  for (const line of document.lines)
    must(['out', 'in', 'none', 'review'].includes(line.move), `a line moves ${line.move}`)
}

/** A sum is the document's or null, and null only with a problem: never another. */
function same(said: number | null, own: bigint | null, what: string): void {
  must(said === null || (own !== null && BigInt(said) === own), `${what}: ${said} is not ${own}`)
}

/** A head may stand twice; then the inner one counts, whatever length the outer one tells. */
function bodyOf(bytes: Uint8Array, type: number): Uint8Array | null {
  const word = (at: number) => (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
  if (word(0) >= 1000) return bytes
  if (word(0) !== type) return null
  const head = word(4) === type ? 4 : 0
  return bytes.subarray(head + 4, head + 4 + word(head + 2))
}

/** Operators' headers around the document: this reader does not know them. */
function isWrapped(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) + (bytes[1] ?? 0) * 256 < 1000 || bytes.subarray(0, 70).includes(0xa5)
}

function judgeMask(document: Receipt | Report, bytes: Uint8Array, type: number): void {
  const masked = maskPersonal(bytes)
  must(masked.length === bytes.length, 'masking changes the length')
  must(Buffer.compare(maskPersonal(masked), masked) === 0, 'masking twice masks more')
  const again = decodeBody(type, masked).document
  must(moneyOf(again) === moneyOf(document), 'masking changes sums')
}

function moneyOf(document: Receipt | Report): string {
  if (!('lines' in document)) return ''
  return JSON.stringify([
    document.total,
    document.lines.map(({ sum, quantity, move }) => [sum, quantity, move]),
  ])
}
