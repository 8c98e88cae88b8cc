/**
 * A document on its way out by FF3Bh. Captures hold exactly one top-level element a portion; how an element
 * longer than a frame is split is known from no capture, so every plausible way is to be had.
 */
import { elements, join, le, tlv } from './encoding.ts'

/** How a body is cut and announced. */
export interface StreamManner {
  /**
   * `elements`: one top-level element a portion, a longer one cut anywhere. `children`: a longer one cut
   * between its children. `fixed`: cut every `portionBytes` with no regard to elements.
   */
  readonly portions: 'elements' | 'children' | 'fixed'
  /** At most what a frame holds after `FF 3B err`: 252 bytes with standard frames. */
  readonly portionBytes: number
  /** The end is told by error 08, or first by an answer without data. */
  readonly end: 'error' | 'empty'
  /** What the length in the answer to FF3Ah counts. */
  readonly lengthCounts: 'body' | 'bodyAndHeader'
  /** The outer type and length stand once more at the head of the stream. */
  readonly repeatsHeader: boolean
}

export const usualManner: StreamManner = {
  portions: 'elements',
  portionBytes: 252,
  end: 'error',
  lengthCounts: 'body',
  repeatsHeader: false,
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

/** Header first with the first child, then child by child; a child that is too long is cut anywhere. */
function cutBetweenChildren(element: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let gathered: Uint8Array = element.subarray(0, 4)
  for (const { bytes } of elements(element.subarray(4))) {
    if (gathered.length + bytes.length > size && gathered.length > 0) {
      pieces.push(gathered)
      gathered = new Uint8Array()
    }
    gathered = join(gathered, bytes)
  }
  return [...pieces, gathered].flatMap((piece) => cut(piece, size))
}

/** The portions in which a body is handed out; together they are the body. */
export function cutPortions(body: Uint8Array, manner: StreamManner): Uint8Array[] {
  const size = manner.portionBytes
  if (manner.portions === 'fixed') return cut(body, size)
  return elements(body).flatMap(({ bytes }) => {
    if (bytes.length <= size) return [bytes]
    // Only groups have children, and of the long elements of a receipt only 1059 is one.
    const group = manner.portions === 'children' && bytes[0] === 0x23 && bytes[1] === 0x04
    return group ? cutBetweenChildren(bytes, size) : cut(bytes, size)
  })
}

/** One stream: it can only be read on, never back. */
export class DocumentStream {
  readonly #portions: readonly Uint8Array[]
  readonly #end: StreamManner['end']
  #next = 0
  /** Milliseconds of the last portion asked for. */
  touchedAt: number

  constructor(type: number, body: Uint8Array, manner: StreamManner, now: number) {
    const whole = manner.repeatsHeader ? [join(le(type, 2), le(body.length, 2))] : []
    this.#portions = [...whole, ...cutPortions(body, manner)]
    this.#end = manner.end
    this.touchedAt = now
  }

  /** The next portion; empty once where the end is told so; null at the end. */
  next(): Uint8Array | null {
    const portion = this.#portions[this.#next++]
    if (portion !== undefined) return portion
    return this.#end === 'empty' && this.#next === this.#portions.length + 1 ? new Uint8Array() : null
  }
}

/** The body without its last elements, as firmware of 2018 gave it: 1 to 7 elements and no error. */
export function shortened(body: Uint8Array, keep: number): Uint8Array {
  return join(
    ...elements(body)
      .slice(0, keep)
      .map(({ tag, value }) => tlv(tag, value)),
  )
}
