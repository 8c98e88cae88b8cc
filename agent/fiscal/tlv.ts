/**
 * Bytes → tree of elements (`ffd-tlv` 1.1): tag u16, length u16, both little-endian, then the value; groups nest.
 * Order and repeats are kept, unknown tags stay raw. An element that runs past the end of its parent means that
 * the document is damaged: then there is no tree, because a line might be missing from it.
 */
import { type Meaning, meaningOf } from './tags.ts'

/** One element as it stands in the document. */
export interface Element {
  readonly tag: number
  readonly value: Uint8Array
  /** Null for a tag that is in no table. */
  readonly meaning: Meaning | null
  /** The elements inside, for groups; null for all others. */
  readonly children: readonly Element[] | null
}

/**
 * Why bytes are no document.
 * - `empty`: nothing there. `truncated`: an element or the whole is cut off. `deep`: groups nested without end.
 * - `trailing`: more bytes than the document's own length. `long`: more than any document can have.
 * - `noType`: a bare body and nobody said of which type. `otherType`: another type than the one asked for.
 * - `notHex`: text that is not hex.
 */
export type TlvFault =
  | 'empty'
  | 'truncated'
  | 'deep'
  | 'trailing'
  | 'long'
  | 'noType'
  | 'otherType'
  | 'notHex'

/** The only error that decoding a document throws, whatever the bytes. */
export class TlvError extends Error {
  override readonly name = 'TlvError'
  readonly fault: TlvFault
  /** Where in the bytes that were given to the failing function. */
  readonly offset: number
  /** The tags from the document down to the damaged place. */
  readonly path: readonly number[]

  constructor(fault: TlvFault, what: string, offset = 0, path: readonly number[] = []) {
    const where = path.length === 0 ? '' : ` in ${path.join(' > ')}`
    super(`${what} at byte ${offset}${where}`)
    this.fault = fault
    this.offset = offset
    this.path = path
  }
}

/** Documents nest three deep (closing report → counters → corrections → leaf); the rest is malice or noise. */
const deepest = 6

/** Reads all elements of a document's body. Throws `TlvError` with `truncated` or `deep`. */
export function parseTlv(body: Uint8Array): Element[] {
  return parse(body, 0, [])
}

function parse(bytes: Uint8Array, base: number, path: readonly number[]): Element[] {
  if (path.length > deepest) throw new TlvError('deep', 'groups are nested too deep', base, path)
  const elements: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const header = headerAt(bytes, at)
    if (header === null) throw new TlvError('truncated', 'the head of an element is cut off', base + at, path)
    const { tag, start, end } = header
    const inner = [...path, tag]
    if (end > bytes.length) throw new TlvError('truncated', 'an element is cut off', base + at, inner)
    const value = bytes.subarray(start, end)
    const meaning = meaningOf(tag, path.at(-1) ?? null, value)
    const children = meaning?.kind === 'group' ? parse(value, base + start, inner) : null
    elements.push({ tag, value, meaning, children })
    at = end
  }
  return elements
}

/** The element that begins at `at`; its `end` may lie behind the bytes. Null when not even its head is there. */
export function headerAt(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } | null {
  const [tagLow, tagHigh, lengthLow, lengthHigh] = bytes.subarray(at, at + 4)
  if (tagLow === undefined || tagHigh === undefined || lengthLow === undefined || lengthHigh === undefined)
    return null
  return { tag: tagLow + tagHigh * 256, start: at + 4, end: at + 4 + lengthLow + lengthHigh * 256 }
}
