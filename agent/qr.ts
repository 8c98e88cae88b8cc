/**
 * The QR code of a fiscal receipt: `t=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1`.
 *
 * Most scanners are keyboards: they press the keys of a Latin layout, and where a Russian one is switched on, `t=` and
 * `&` arrive as `е=` and `?`. Others put an address before it, encode it as one, or end it with a line end. What is
 * meant is still plain, so it is read; what is missing or impossible is named.
 */
import { type Text, text } from './text.ts'

/** What is printed on the receipt. */
export interface ReceiptQr {
  readonly storage: string
  readonly number: number
  /** The fiscal sign, unpadded decimal. */
  readonly sign: string
  /** Local time, `YYYY-MM-DDTHH:MM`. */
  readonly time: string
  /** Kopecks. */
  readonly total: number
  /** 1 sale, 2 return of sale, 3 purchase, 4 return of purchase. */
  readonly operation: number
}

/** A code that was read, or what is wrong with it, in words. */
export type ParsedQr = { readonly qr: ReceiptQr } | { readonly fault: Text }

/** The longest that a receipt's code can be, an address before it and every sign of it encoded included. */
const longest = 512

/** Never throws; of a longer text no more is looked at than its length. */
export function parseQr(scanned: string): ParsedQr {
  if (scanned.length > longest) return { fault: notOurs }
  const given = scanned.trim()
  if (given === '') return { fault: empty }
  const readings = [given, decoded(given)].flatMap((one) => [one, inLatin(one)])
  const fields = readings.map(fieldsOf).reduce((best, one) => (one.size > best.size ? one : best))
  // One or two may be anybody's: a page's address has `t=` or `s=` too.
  if (fields.size < 3) return { fault: notOurs }
  return receiptOf(fields)
}

const notOurs = text(
  'Это не QR фискального чека. В нём должно быть: t=…&s=…&fn=…&i=…&fp=…&n=…',
  'This is not the QR of a fiscal receipt. It has to hold: t=…&s=…&fn=…&i=…&fp=…&n=…',
)
const empty = text('Отсканируйте QR с чека', 'Scan the QR of a receipt')

function decoded(given: string): string {
  try {
    return decodeURIComponent(given)
  } catch {
    return given
  }
}

/** What the keys of the code give while the Russian layout of Windows or of Linux is switched on. */
const latinKeys: ReadonlyMap<string, string> = new Map([
  ...Array.from('йцукенгшщзфывапролдячсмить', (sign, at): [string, string] => [
    sign,
    'qwertyuiopasdfghjklzxcvbnm'[at] ?? sign,
  ]),
  // Shift-7, and the point on its Russian place.
  ['?', '&'],
  ['ю', '.'],
  ['б', ','],
])

function inLatin(given: string): string {
  return Array.from(given.toLowerCase(), (sign) => latinKeys.get(sign) ?? sign).join('')
}

const names = ['t', 's', 'fn', 'i', 'fp', 'n'] as const
type Name = (typeof names)[number]

/** The fields wherever they stand; of one given twice with two values the name alone, so that it is found wrong. */
function fieldsOf(given: string): Map<Name, string> {
  const fields = new Map<Name, string>()
  const found = given
    .replace(/\s+/g, '')
    .toLowerCase()
    .matchAll(/(?:^|[?&;/#])(fn|fp|t|s|i|n)=([^?&;#]*)/g)
  for (const [, name, value = ''] of found) {
    const known = names.find((one) => one === name)
    if (known === undefined) continue
    const before = fields.get(known)
    fields.set(known, before === undefined || before === value ? value : '')
  }
  return fields
}

const words: Readonly<Record<Name, Text>> = {
  t: text('время (t)', 'the time (t)'),
  s: text('сумма (s)', 'the sum (s)'),
  fn: text('номер ФН (fn)', 'the fiscal drive (fn)'),
  i: text('номер документа (i)', 'the document number (i)'),
  fp: text('фискальный признак (fp)', 'the fiscal sign (fp)'),
  n: text('вид расчёта (n)', 'the operation (n)'),
}

function receiptOf(fields: ReadonlyMap<Name, string>): ParsedQr {
  const lacking = names.filter((name) => !fields.has(name)).map((name) => words[name])
  if (lacking.length > 0) return { fault: lacks(lacking) }
  const read = {
    storage: storageOf(fields.get('fn') ?? ''),
    number: wholeOf(fields.get('i') ?? '', 0xffffffff),
    sign: wholeOf(fields.get('fp') ?? '', 0xffffffff),
    time: timeOf(fields.get('t') ?? ''),
    total: kopecksOf(fields.get('s') ?? ''),
    operation: wholeOf(fields.get('n') ?? '', 4),
  }
  const { storage, number, sign, time, total, operation } = read
  if (storage === null) return { fault: wrong('fn', fields) }
  if (number === null || number === 0) return { fault: wrong('i', fields) }
  if (sign === null) return { fault: wrong('fp', fields) }
  if (time === null) return { fault: wrong('t', fields) }
  if (total === null) return { fault: wrong('s', fields) }
  if (operation === null || operation === 0) return { fault: wrong('n', fields) }
  return { qr: { storage, number, sign: String(sign), time, total, operation } }
}

function lacks(missing: readonly Text[]): Text {
  const [ru, en] = [missing.map(({ ru }) => ru).join(', '), missing.map(({ en }) => en).join(', ')]
  return text(
    `QR прочитан не весь, нет: ${ru}. Отсканируйте ещё раз`,
    `The QR was not read whole; missing: ${en}. Scan it again`,
  )
}

function wrong(name: Name, fields: ReadonlyMap<Name, string>): Text {
  const value = (fields.get(name) ?? '').slice(0, 40)
  return text(
    `В QR неверно: ${words[name].ru} = «${value}». Отсканируйте ещё раз`,
    `The QR is wrong in ${words[name].en} = "${value}". Scan it again`,
  )
}

/** A drive's number has 16 digits; nobody knows how to mend another. */
function storageOf(value: string): string | null {
  return /^\d{16}$/.test(value) ? value : null
}

function wholeOf(value: string, most: number): number | null {
  const digits = /^0*(\d{1,10})$/.exec(value)?.[1]
  if (digits === undefined || Number(digits) > most) return null
  return Number(digits)
}

/** `684.28`, `684,28`, `684.2`, `684`. */
function kopecksOf(value: string): number | null {
  const [, roubles, part = ''] = /^0*(\d{1,12})(?:[.,](\d{0,2}))?$/.exec(value) ?? []
  return roubles === undefined ? null : Number(roubles) * 100 + Number(part.padEnd(2, '0'))
}

/** `20260801T1230`, with seconds or without. */
function timeOf(value: string): string | null {
  const [, year, month, day, hour, minute] = /^(20\d\d)(\d\d)(\d\d)t(\d\d)(\d\d)([0-5]\d)?$/.exec(value) ?? []
  const time = `${year}-${month}-${day}T${hour}:${minute}`
  const at = Date.parse(`${time}:00Z`)
  // A 31st of February is moved to March by whoever reads it kindly.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 16) !== time ? null : time
}
