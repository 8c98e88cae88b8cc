/** How the Shtrih-M family writes opcodes, dates and texts (Протокол работы ККТ с ФН 1.17, sections 1 and 4). */
import { decodeCp1251, type Reader, toHex } from '../bytes.ts'

/** The opcode's bytes: FF commands take two, `FF` first. */
export function opcodeBytes(code: number): number[] {
  return code > 0xff ? [0xff, code & 0xff] : [code]
}

/** The opcode at the front of a payload; null when there is none or FF stands alone. */
export function readOpcode(payload: Uint8Array): number | null {
  const [first, second] = payload
  if (first !== 0xff) return first ?? null
  return second === undefined ? null : 0xff00 + second
}

/** `FF0A`, `10`: upper-case hex as the vendor's tables print it. */
export function opcodeName(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0')
}

/** `YY MM DD` as `YYYY-MM-DD`; not checked against the calendar. */
export function readDate(from: Reader): string {
  const [year, month, day] = from.take(3)
  return `20${two(year)}-${two(month)}-${two(day)}`
}

/** `DD MM YY`, the order of the full status alone, as `YYYY-MM-DD`. */
export function readReversedDate(from: Reader): string {
  const [day, month, year] = from.take(3)
  return `20${two(year)}-${two(month)}-${two(day)}`
}

/** DATE_TIME, `YY MM DD hh mm`, as local `YYYY-MM-DDTHH:MM`. */
export function readDateTime(from: Reader): string {
  const date = readDate(from)
  const [hour, minute] = from.take(2)
  return `${date}T${two(hour)}:${two(minute)}`
}

/** ASCII text of `length` bytes, cut at a zero byte and trimmed. */
export function readAscii(from: Reader, length: number): string {
  return from.cp1251(length).trim()
}

/** Text of a whole answer: CP1251, cut at the first zero byte. */
export function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return decodeCp1251(end < 0 ? bytes : bytes.subarray(0, end))
}

/** Hex in the form of the vendor's documents: upper case, no spaces. */
export function upperHex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase()
}

function two(value = 0): string {
  return String(value).padStart(2, '0')
}
