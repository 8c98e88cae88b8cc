/**
 * A notation for the bytes of a message, so that a line of the catalogue can be laid beside the vendor's table:
 * `password:u4 fd:u4 when:time?`. Kinds: `uN` number, `bool`, `date` and `rdate` (YY MM DD, DD MM YY), `time`
 * (YY MM DD hh mm), `aN` trimmed text, `sN` bytes as hex, `money` (5 bytes, all FF = null), `qty` (6 bytes, six
 * decimals), `text` and `hex` (the rest), `tlv` (the rest, at a glance). `_` as a name skips; `?` marks what older
 * firmware leaves out: null when nothing is left.
 */
import type { Reader } from '../bytes.ts'
import { glance } from './tlvglance.ts'
import { readAscii, readDate, readDateTime, readReversedDate, readText, upperHex } from './wire.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Reads what `notation` describes; throws `ShortRead` when the bytes end before. */
export function readLayout(notation: string, from: Reader): Fields {
  const fields: Record<string, unknown> = {}
  for (const part of notation.split(' ').filter((part) => part !== '')) {
    const [name = '', kind = ''] = part.replace('?', '').split(':')
    const value = part.endsWith('?') && from.left === 0 ? null : readKind(kind, from)
    if (kind === 'tlv') Object.assign(fields, value)
    else if (name !== '_') fields[name] = value
  }
  return fields
}

const kinds: Readonly<Record<string, (from: Reader) => unknown>> = {
  bool: (from) => from.uint(1) === 1,
  date: readDate,
  rdate: readReversedDate,
  time: readDateTime,
  clock: (from) => [...from.take(3)].map((part) => String(part).padStart(2, '0')).join(':'),
  money: (from) => {
    const bytes = from.take(5)
    return bytes.every((byte) => byte === 0xff) ? null : bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
  },
  qty: (from) => {
    const digits = String(from.uint(6)).padStart(7, '0')
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`
  },
  text: (from) => readText(from.rest()),
  hex: (from) => upperHex(from.rest()),
  tlv: (from) => glance(from.rest()),
}

function readKind(kind: string, from: Reader): unknown {
  const size = Number(kind.slice(1))
  if (/^u\d$/.test(kind)) return from.uint(size)
  if (/^a\d+$/.test(kind)) return readAscii(from, size)
  if (/^s\d+$/.test(kind)) return upperHex(from.take(size))
  return kinds[kind]?.(from) ?? null
}
