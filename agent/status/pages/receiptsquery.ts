/** What a person types into the search of receipts → what the desk is asked; every fault by its field. */
import type { InputOf } from '../../desk/desk.ts'
import { documentStates, type StateSought } from '../../outbox.ts'
import { parseQr } from '../../qr.ts'
import { type Text, text } from '../../text.ts'

/** The fields of the form by their names in the address. */
export const fieldNames = ['number', 'from', 'to', 'sum', 'sumTo', 'state', 'register', 'receipts'] as const
export type FieldName = (typeof fieldNames)[number]

/** As typed; what is absent is empty. */
export type Typed = Readonly<Record<FieldName, string>>

/** What is looked for: by the index, or one receipt by its key or by the QR on it. */
export type Looking =
  | { readonly kind: 'search'; readonly search: Omit<InputOf<'search'>, 'limit' | 'after'> }
  | { readonly kind: 'key'; readonly storage: string; readonly number: number }
  | { readonly kind: 'qr'; readonly qr: string }
  | { readonly kind: 'faults'; readonly faults: Readonly<Partial<Record<FieldName, Text>>> }

/** Longer than the longest QR of a receipt. */
export const longestField = 512

export function typedOf(query: Readonly<Record<string, string>>): Typed {
  const entries = fieldNames.map((name) => [name, (query[name] ?? '').trim()])
  return Object.fromEntries(entries) as Typed
}

export function lookingFor(typed: Typed): Looking {
  const long = fieldNames.filter((name) => typed[name].length > longestField)
  if (long.length > 0)
    return { kind: 'faults', faults: Object.fromEntries(long.map((name) => [name, tooLong])) }
  const one = singleReceipt(typed.number)
  if (one !== null) return one
  const faults: Partial<Record<FieldName, Text>> = {}
  const search = searchOf(typed, (name, said) => {
    faults[name] ??= said
  })
  return Object.keys(faults).length === 0 ? { kind: 'search', search } : { kind: 'faults', faults }
}

const tooLong = text('Слишком длинно', 'That is too long')

/** A key `FN…-FD…` or the text of a QR stands for one receipt, whatever else was typed. */
function singleReceipt(number: string): Looking | null {
  const [, storage = '', digits] = /^FN\s?(\d{16})[-\s]+FD\s?(\d{1,10})$/i.exec(number) ?? []
  const found = wholeNumber(digits ?? '')
  if (found !== null) return { kind: 'key', storage, number: found }
  // What is only a part of one is asked for all the same: the answer names what it lacks.
  const isQr = 'qr' in parseQr(number) || /(^|[?&])\s*(t|s|fn|i|fp|n)=/i.test(number)
  return isQr ? { kind: 'qr', qr: number } : null
}

type Fault = (name: FieldName, said: Text) => void

function searchOf(typed: Typed, fault: Fault): Omit<InputOf<'search'>, 'limit' | 'after'> {
  return {
    ...numbersOf(typed, fault),
    ...timesOf(typed, fault),
    ...sumsOf(typed, fault),
    ...stateOf(typed, fault),
    ...(typed.register !== '' && registerOf(typed, fault)),
    ...(typed.receipts !== '' && { receiptsOnly: true }),
  }
}

function numbersOf({ number }: Typed, fault: Fault): { fromNumber?: number; toNumber?: number } {
  if (number === '') return {}
  const [, first = '', dash, last = ''] =
    /^(\d*)\s*(?:([-–—]|\.\.)\s*(\d*))?$/.exec(number.replace(/^№\s*/, '')) ?? []
  const [from, to] = [wholeNumber(first), dash === undefined ? wholeNumber(first) : wholeNumber(last)]
  const isWrong = (part: string, value: number | null) => part !== '' && value === null
  if ((from === null && to === null) || isWrong(first, from) || isWrong(last, to)) {
    fault('number', wrongNumber)
    return {}
  }
  if (from !== null && to !== null && from > to) {
    fault('number', turnedRound)
    return {}
  }
  return { ...(from !== null && { fromNumber: from }), ...(to !== null && { toNumber: to }) }
}

const wrongNumber = text(
  'Номер ФД: только цифры, например 120 или 120-150. Можно вставить ключ FN…-FD… или текст QR',
  'A document number: digits only, as 120 or 120-150. A key FN…-FD… or the text of a QR may be pasted',
)
const turnedRound = text(
  'Начало больше конца: поменяйте местами',
  'The first is greater than the last: exchange them',
)

function wholeNumber(digits: string): number | null {
  const value = /^\d{1,10}$/.test(digits) ? Number(digits) : 0
  return value >= 1 && value <= 0xffffffff ? value : null
}

function timesOf({ from, to }: Typed, fault: Fault): { fromTime?: string; toTime?: string } {
  const [fromTime, toTime] = [
    from === '' ? null : localTime(from, false),
    to === '' ? null : localTime(to, true),
  ]
  if (from !== '' && fromTime === null) fault('from', wrongTime)
  if (to !== '' && toTime === null) fault('to', wrongTime)
  if (fromTime !== null && toTime !== null && fromTime > toTime) fault('to', turnedRound)
  return { ...(fromTime !== null && { fromTime }), ...(toTime !== null && { toTime }) }
}

export const wrongTime = text(
  'Укажите время: 01.08.2026 или 01.08.2026 12:30',
  'Name a time: 2026-08-01 or 2026-08-01 12:30',
)

/** As browsers send it or as people write it; what is left out is the beginning or, of an end, the last second. */
export function localTime(typed: string, isEnd: boolean): string | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/.exec(typed)
  const [, day = '', month = '', year = '', ...clock] =
    /^(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d:\d\d)(:\d\d)?)?$/.exec(typed) ?? []
  const date = iso === null ? `${year}-${month}-${day}` : `${iso[1]}-${iso[2]}-${iso[3]}`
  const [minutes, seconds] = iso === null ? clock : [iso[4], iso[5]]
  const time = `${date}T${minutes ?? (isEnd ? '23:59' : '00:00')}${seconds ?? (isEnd ? ':59' : ':00')}`
  const at = Date.parse(`${time}Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === time ? time : null
}

/** One sum is that very sum; two are a range. */
function sumsOf({ sum, sumTo }: Typed, fault: Fault): { minTotal?: number; maxTotal?: number } {
  const [least, most] = [sum === '' ? null : kopecks(sum), sumTo === '' ? null : kopecks(sumTo)]
  if (sum !== '' && least === null) fault('sum', wrongSum)
  if (sumTo !== '' && most === null) fault('sumTo', wrongSum)
  if (least !== null && most !== null && least > most) fault('sumTo', turnedRound)
  const greatest = sumTo === '' ? least : most
  return { ...(least !== null && { minTotal: least }), ...(greatest !== null && { maxTotal: greatest }) }
}

const wrongSum = text('Сумма в рублях, например 684,28', 'A sum in roubles, as 684.28')

/** `1 234,50`, with any kind of blank between, and a sign of the rouble behind. */
function kopecks(typed: string): number | null {
  const [, roubles, part = ''] =
    /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/\s|₽|руб\.?$/giu, '')) ?? []
  return roubles === undefined ? null : Number(roubles) * 100 + Number(part.padEnd(2, '0'))
}

export const states: readonly StateSought[] = [...documentStates, 'settled']

function stateOf({ state }: Typed, fault: Fault): { state?: StateSought } {
  if (state === '') return {}
  const known = states.find((one) => one === state)
  if (known !== undefined) return { state: known }
  fault('state', text('Такого состояния нет', 'There is no such state'))
  return {}
}

function registerOf({ register }: Typed, fault: Fault): { register?: string } {
  if (register.length <= 64) return { register }
  fault('register', text('Такой кассы нет', 'There is no such register'))
  return {}
}

/** The address of the same search, without what is empty. */
export function searchAddress(typed: Typed, after: string | null): string {
  const query = new URLSearchParams()
  for (const name of fieldNames) if (typed[name] !== '') query.set(name, typed[name])
  if (after !== null) query.set('after', after)
  return `/receipts${query.size === 0 ? '' : '?'}${query.toString()}`
}
