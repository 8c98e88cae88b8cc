/**
 * What a fiscal document looks like from outside (`ffd-tlv` 1.3), and the way in: any wrapping that registers,
 * operators and transports put around the body is taken off, and nothing else. Bytes that fit no wrapping are
 * refused, because a wrong cut would lose lines without a trace.
 */
import { type Element, headerAt, parseTlv, TlvError } from './tlv.ts'

/** A document's form code and its elements without any wrapping. */
export interface TakenDocument {
  readonly type: number
  readonly body: Uint8Array
}

/** A parsed document. */
export interface FiscalDocument {
  readonly type: number
  readonly elements: readonly Element[]
}

/** Form codes are far below the first tag (1000), so a document's head cannot be mistaken for an element. */
const firstTag = 1000

/** The longest body that a document's own length field can announce. */
const longest = 0xffff

/** Start of the outermost header of a message to the operator, and its length. */
const session = { magic: [0x2a, 0x08, 0x41, 0x0a], length: 30 }

/** The container of operators' dumps: message type A5, form code, version 01 …; 28 bytes behind its own start. */
const container = { messageType: 0xa5, version: 0x01, length: 28 }

/** The fiscal sign of the message behind a document: 8 bytes that begin with 81 06. */
const tailLength = 8

/**
 * Takes one document out of its wrapping. Accepted: operator's session and container headers, the document's own
 * type and length (also standing twice), the message sign and transport zeros behind it; a bare body when `type`
 * says what it is. Throws `TlvError`.
 */
export function takeDocument(bytes: Uint8Array, { type }: { readonly type?: number } = {}): TakenDocument {
  if (bytes.length === 0) throw new TlvError('empty', 'no document')
  const start = wrappingOf(bytes)
  const inner = bytes.subarray(start)
  const head = headerAt(inner, 0)
  if (head === null) throw new TlvError('truncated', 'the head of the document is cut off', start)
  const isHeaded = head.tag < firstTag
  if (isHeaded && type !== undefined && head.tag !== type)
    throw new TlvError('otherType', `a document of type ${head.tag}, not ${type}`, start)
  if (!isHeaded && type === undefined) throw new TlvError('noType', 'a bare body without its type', start)
  const body = isHeaded ? headed(inner, head.tag) : bare(inner)
  if (body.length === 0) throw new TlvError('empty', 'a document without elements', start)
  return { type: type ?? head.tag, body }
}

/** Parses a body; whatever `takeDocument` can take off is taken off first. Throws `TlvError`. */
export function toDocument(type: number, body: Uint8Array): FiscalDocument {
  const taken = takeDocument(body, { type })
  return { type, elements: parseTlv(taken.body) }
}

/** Where the document's own head begins, behind the operator's headers. */
function wrappingOf(bytes: Uint8Array): number {
  const afterSession = session.magic.every((byte, i) => bytes[i] === byte) ? session.length : 0
  // In dumps: FF FF and the header's length, big-endian; on the wire: length and CRC of the message.
  for (const before of [0, 4]) {
    const at = afterSession + before
    const end = at + container.length
    const looksSo = bytes[at] === container.messageType && bytes[at + 2] === container.version
    if (looksSo && headerAt(bytes, end)?.tag === bytes[at + 1]) return end
  }
  return afterSession
}

/** The body behind the head of `bytes`, which is of type `type`. */
function headed(bytes: Uint8Array, type: number): Uint8Array {
  // Some firmware may send the head within the stream as well: then the inner one counts.
  const at = headerAt(bytes, 4)?.tag === type ? 4 : 0
  const head = headerAt(bytes, at)
  if (head === null || head.end > bytes.length)
    throw new TlvError('truncated', 'the document is shorter than its head says', bytes.length)
  if (!isTail(bytes.subarray(head.end)))
    throw new TlvError('trailing', 'bytes that belong to no document', head.end)
  return bytes.subarray(head.start, head.end)
}

function isTail(rest: Uint8Array): boolean {
  if (isZero(rest)) return true
  const sign =
    rest.length >= tailLength && ((rest[0] === 0x81 && rest[1] === 0x06) || rest.length === tailLength)
  return sign && isZero(rest.subarray(tailLength))
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** A body without head; zeros that a transport put behind the last element are taken off. */
function bare(bytes: Uint8Array): Uint8Array {
  if (bytes.length > longest) throw new TlvError('long', 'more bytes than a document can have')
  let at = 0
  while (at < bytes.length && !isZero(bytes.subarray(at))) {
    const end = headerAt(bytes, at)?.end ?? Number.POSITIVE_INFINITY
    if (end > bytes.length) return bytes
    at = end
  }
  return bytes.subarray(0, at)
}
