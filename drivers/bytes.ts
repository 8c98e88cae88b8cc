/** Little-endian reading and writing, hex, and the two code pages of this field. Pure. */
import iconv from 'iconv-lite'

/** Thrown by `Reader` when fewer bytes are left than asked for. */
export class ShortRead extends Error {
  override readonly name = 'ShortRead'
}

/** Takes numbers and texts off the front of a byte array, little-endian. Throws `ShortRead` past the end. */
export class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new ShortRead(`${length} bytes wanted, ${this.left} left`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }

  /** An unsigned little-endian number of 1 to 6 bytes. */
  uint(length: number): number {
    return unsignedLE(this.take(length))
  }

  /** CP1251 text of `length` bytes, cut at the first zero byte. */
  cp1251(length: number): string {
    const bytes = this.take(length)
    const end = bytes.indexOf(0)
    return decodeCp1251(end < 0 ? bytes : bytes.subarray(0, end))
  }
}

/** Collects numbers, little-endian. */
export class Writer {
  readonly #bytes: number[] = []

  uint(value: number, length: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** length)
      throw new RangeError(`${value} does not fit into ${length} bytes`)
    for (let i = 0, left = value; i < length; i++, left = Math.floor(left / 256)) this.#bytes.push(left % 256)
    return this
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

/** Unsigned little-endian number of at most 6 bytes; longer throws `RangeError`, for it would not be exact. */
export function unsignedLE(bytes: Uint8Array): number {
  if (bytes.length > 6) throw new RangeError(`a number of ${bytes.length} bytes is not exact`)
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}

/** Unsigned big-endian number of at most 6 bytes. */
export function unsignedBE(bytes: Uint8Array): number {
  return unsignedLE(Uint8Array.from(bytes).reverse())
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Lower-case hex without spaces. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** Bytes of hex text; blanks between bytes are allowed; null when it is not hex. */
export function fromHex(text: string): Uint8Array | null {
  const digits = text.replace(/\s+/g, '')
  return /^([0-9a-f]{2})*$/i.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : null
}

export function decodeCp1251(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), 'win1251')
}

export function decodeCp866(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes), 'cp866')
}
