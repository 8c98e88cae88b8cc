/** From bytes to a receipt or a report in one step: what `chekpost decode` prints and what deliveries are made of. */
import { type FiscalDocument, takeDocument, toDocument } from './document.ts'
import { type Receipt, type Report, receiptTypes } from './model.ts'
import { toReceipt } from './receipt.ts'
import { toReport } from './report.ts'
import { type SiteOrderRules, siteOrderSigns } from './siteorder.ts'
import { defaultRules, type StockRules } from './stock.ts'
import { TlvError } from './tlv.ts'

/** What decoding may be told: the type of a bare body, and the shop's rules. */
export interface Decoding {
  readonly type?: number
  readonly rules?: StockRules
}

/** A document and the signs that it belongs to an order of the site. */
export interface DecodedBody {
  readonly document: Receipt | Report
  readonly siteOrderSigns: readonly string[]
}

/** Decodes one kept document. Throws `TlvError` and nothing else, whatever the bytes. */
export function decodeBody(
  type: number,
  body: Uint8Array,
  rules: StockRules = defaultRules,
  siteOrders?: SiteOrderRules,
): DecodedBody {
  const document = toDocument(type, body)
  return {
    document: decoded(document, rules),
    siteOrderSigns: receiptTypes.includes(type) ? siteOrderSigns(document, siteOrders) : [],
  }
}

/** Decodes a whole document, wrapped or not, or a bare body of a given type. Throws `TlvError` and nothing else. */
export function decodeBytes(input: Uint8Array, { type, rules }: Decoding = {}): Receipt | Report {
  const taken = takeDocument(input, type === undefined ? {} : { type })
  return decoded(toDocument(taken.type, taken.body), rules ?? defaultRules)
}

/** The local time (tag 1012) of a bare body of a given type; null when it cannot be read. */
export function timeInside(type: number | null, bytes: Uint8Array | null): string | null {
  if (bytes === null || type === null) return null
  try {
    return decodeBytes(bytes, { type }).time
  } catch {
    return null // A damaged document tells no time; whoever asks for it asks a person then.
  }
}

/** As `decodeBytes`, for input that may be hex: blanks, line ends, separators and `0x` are allowed. Throws `TlvError`. */
export function decodeText(input: Uint8Array, decoding: Decoding = {}): Receipt | Report {
  return decodeBytes(bytesOf(input), decoding)
}

function decoded(document: FiscalDocument, rules: StockRules): Receipt | Report {
  return receiptTypes.includes(document.type) ? toReceipt(document, rules) : toReport(document)
}

function bytesOf(input: Uint8Array): Uint8Array {
  const text = Buffer.from(input.buffer, input.byteOffset, input.length).toString('latin1')
  const withoutMark = text.replace(/^\xef\xbb\xbf/, '')
  // A document always begins with bytes that no text has: a form code, a header, or a tag (11 04).
  if (!/^[\t\n\r\x20-\x7e]+$/.test(withoutMark)) return input
  const digits = withoutMark.replace(/0x|\\x|[\s,;:-]/gi, '')
  if (digits === '') throw new TlvError('empty', 'no document')
  if (!/^([0-9a-f]{2})+$/i.test(digits)) throw new TlvError('notHex', 'text that is not hex')
  return new Uint8Array(Buffer.from(digits, 'hex'))
}
