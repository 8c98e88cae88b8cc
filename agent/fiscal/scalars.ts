/**
 * The scalar types of fiscal documents (`ffd-tlv` 1.2). A reader gives null for a value that cannot be told exactly:
 * never a rounded or guessed one. Numbers may be written longer than needed, and no bytes at all is the number 0.
 */
import iconv from 'iconv-lite'

/** The most decimals a quantity may claim; real ones have up to 6, and a damaged scale byte has up to 255. */
const mostDecimals = 15

/** Bytes that a decimal's mantissa may use: the whole value has at most 8, one of them the scale. */
const mantissaBytes = 7

/** Unsigned little-endian of any length; padding zeros do not count. */
export function readBigint(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
}

/** The same as a number, or null when a number cannot hold it exactly. */
export function readNumber(bytes: Uint8Array): number | null {
  if (significant(bytes) > 8) return null
  const value = Number(readBigint(bytes.subarray(0, 8)))
  return Number.isSafeInteger(value) ? value : null
}

/** How many bytes are left without the zeros at the high end. */
export function significant(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1
}

/** FVLN as decimal text with the document's own decimals (`03 E8 03` = `1.000`), or null when it is malformed. */
export function readDecimal(bytes: Uint8Array): string | null {
  const [decimals = 0] = bytes
  const mantissa = bytes.subarray(1)
  if (decimals > mostDecimals || significant(mantissa) > mantissaBytes) return null
  return decimalText(readBigint(mantissa.subarray(0, mantissaBytes)), decimals)
}

/** `1000n` with 3 decimals is `1.000`. */
export function decimalText(mantissa: bigint, decimals: number): string {
  const digits = mantissa.toString().padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** CP866 as it stands, blanks included. */
export function readText(bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'cp866')
}

/** Local wall-clock time without zone, `YYYY-MM-DDTHH:MM:SS`, or null when it is empty or no U32. */
export function readTime(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || significant(bytes) > 4) return null
  const seconds = Number(readBigint(bytes.subarray(0, 4)))
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}

/** The printed fiscal sign out of tag 1077 (6 bytes, the first two are service) as unpadded decimal text, or null. */
export function readSign(bytes: Uint8Array): string | null {
  if (bytes.length !== 6 && bytes.length !== 4) return null
  return readBigint(Uint8Array.from(bytes.subarray(-4)).reverse()).toString()
}

/** Lower-case hex without blanks. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
