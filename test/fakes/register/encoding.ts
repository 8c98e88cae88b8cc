/**
 * The simulator's own bytes: little-endian numbers, the two code pages, TLV. Written from the reference and
 * shared with nothing above the wire, so that a mistake of the driver cannot be repeated here.
 */
import iconv from 'iconv-lite'

/** Anything that can be laid end to end. */
export type Piece = Uint8Array | readonly number[]

export function join(...pieces: readonly Piece[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Unsigned little-endian, exactly `size` bytes (at most 6); too big a value wraps as it would in a register. */
export function le(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256)
}

export function fromLe(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}

export function be(value: number, size: number): number[] {
  return le(value, size).reverse()
}

/** CP1251: names in commands, tables and error texts. */
export function cp1251(text: string): Uint8Array {
  return iconv.encode(text, 'win1251')
}

/** CP866: text inside fiscal documents. */
export function cp866(text: string): Uint8Array {
  return iconv.encode(text, 'cp866')
}

export function fromCp866(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), 'cp866')
}

/** Cut or filled up to `size` bytes with `filler`. */
export function fixed(bytes: Uint8Array, size: number, filler = 0): Uint8Array {
  return join(bytes.subarray(0, size), new Uint8Array(Math.max(0, size - bytes.length)).fill(filler))
}

/** Lower-case hex without spaces. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Bytes of hex text with any blanks between. */
export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'hex'))
}

/** One element: tag and length, two bytes each, then the value. */
export function tlv(tag: number, value: Piece): Uint8Array {
  return join(le(tag, 2), le(value.length, 2), value)
}

export interface Element {
  readonly tag: number
  readonly value: Uint8Array
  /** The whole element, header included. */
  readonly bytes: Uint8Array
}

/** The elements of a well-formed body, in order. Throws `RangeError` when one runs past the end. */
export function elements(body: Uint8Array): Element[] {
  const found: Element[] = []
  for (let at = 0; at < body.length; ) {
    const end = at + 4 + fromLe(body.subarray(at + 2, at + 4))
    if (at + 4 > body.length || end > body.length) throw new RangeError(`element at ${at} runs past the end`)
    found.push({
      tag: fromLe(body.subarray(at, at + 2)),
      value: body.subarray(at + 4, end),
      bytes: body.subarray(at, end),
    })
    at = end
  }
  return found
}

/** VLN: as few little-endian bytes as the number needs, at least one, as registers write it. */
export function vln(value: number): number[] {
  const bytes = le(value, 6)
  while (bytes.length > 1 && bytes.at(-1) === 0) bytes.pop()
  return bytes
}

/** FVLN of a decimal text: its number of decimals, then the digits as VLN. `0.876` is 03 6C 03. */
export function fvln(decimal: string): number[] {
  const [whole = '0', decimals = ''] = decimal.split('.')
  return [decimals.length, ...vln(Number(whole + decimals))]
}

/** Seconds since 1970 of a wall clock without zone, `YYYY-MM-DDTHH:MM:SS`, as tag 1012 holds them. */
export function wallSeconds(time: string): number {
  return Math.floor(Date.parse(`${time}Z`) / 1000)
}

/** YY MM DD hh mm, the date and time of every command about the fiscal drive. */
export function shortTime(time: string): number[] {
  const [year = 0, ...rest] = time.split(/[-T:]/).map(Number)
  return [year - 2000, ...rest.slice(0, 4)]
}
