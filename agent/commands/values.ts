/** What a person writes behind an option: numbers, ranges, times, sums. A fault says what is allowed, in both languages. */
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { wrongValue } from './mistakes.ts'

const largest = 0xffffffff

/** A whole number, both bounds inclusive. */
export function wholeNumber(from: number, to = largest): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d{1,10}$/.test(value) && number >= from && number <= to) return number
    throw wrongValue(
      text(
        `нужно целое число ${to === largest ? `от ${from}` : `от ${from} до ${to}`}`,
        `a whole number ${to === largest ? `from ${from} on` : `from ${from} to ${to}`} is wanted`,
      ),
    )
  }
}

/** Document numbers, both ends inclusive. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

export function numberRange(value: string): NumberRange {
  const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(value)
  const from = Number(match?.[1])
  const to = Number(match?.[2] ?? match?.[1])
  if (match === null || from < 1 || to < from || to > largest)
    throw wrongValue(
      text(
        'нужен номер от 1 или номера по возрастанию: 120 или 120-150',
        'a number from 1 on, or two in their order, is wanted: 120 or 120-150',
      ),
    )
  return { from, to }
}

/** A fiscal drive's own number. */
export function driveNumber(value: string): string {
  if (/^\d{16}$/.test(value)) return value
  throw wrongValue(
    text(
      'номер ФН состоит из 16 цифр, например 9285000100150175',
      "a fiscal drive's number has 16 digits, e.g. 9285000100150175",
    ),
  )
}

/** Why something is done: it is kept for ever, so it must say something and come to an end. */
export function reason(value: string): string {
  if (value.trim() !== '' && value.length <= longestReason) return value
  throw wrongValue(
    text(
      `нужны слова, не больше ${longestReason} знаков`,
      `words are wanted, at most ${longestReason} characters`,
    ),
  )
}

export const longestReason = 1000

const wrongTime = text(
  'нужна дата, можно со временем: 2026-08-01 или 2026-08-01T12:30',
  'a day is wanted, with or without a time: 2026-08-01 or 2026-08-01T12:30',
)

interface SaidTime {
  readonly day: string
  /** `12:30` and `:15`. */
  readonly minutes: string | undefined
  readonly seconds: string | undefined
}

function timeOf(value: string): SaidTime {
  const [, day = '', minutes, seconds] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/.exec(value.trim()) ?? []
  const whole = `${day}T${minutes ?? '00:00'}${seconds ?? ':00'}`
  const ms = Date.parse(`${whole}Z`)
  // 31 February would be read as a day of March.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(whole)) throw wrongValue(wrongTime)
  return { day, minutes, seconds }
}

/** A day, or a day and a time, as an end of a range of local times: a day alone is meant as a whole. */
export function receiptTime(end: 'from' | 'to'): (value: string) => string {
  const [wholeDay, wholeMinute] = end === 'from' ? ['00:00', ':00'] : ['23:59', ':59']
  return (value) => {
    const { day, minutes, seconds } = timeOf(value)
    return `${day}T${minutes ?? wholeDay}${seconds ?? wholeMinute}`
  }
}

/** Throws `UsageError` for ends that leave nothing between them. */
export function demandOrder(from: string | undefined, to: string | undefined): void {
  if (from === undefined || to === undefined || from <= to) return
  throw new UsageError(
    text(
      `Начало ${from} позже конца ${to}: поменяйте их местами`,
      `The beginning ${from} is later than the end ${to}: exchange them`,
    ),
  )
}

/** Kopecks, both ends inclusive. */
export interface SumRange {
  readonly from: number
  readonly to: number
}

/** `1499`, `1499.90` or `1000-1499.90`, in roubles. */
export function sumRange(value: string): SumRange {
  const match = /^(\d{1,10})(?:[.,](\d{1,2}))?(?:-(\d{1,10})(?:[.,](\d{1,2}))?)?$/.exec(value.trim())
  const kopecks = (whole: string, part = '') => Number(whole) * 100 + Number(part.padEnd(2, '0'))
  const [, whole = '', part, wholeTo, partTo] = match ?? []
  const from = kopecks(whole, part)
  const to = wholeTo === undefined ? from : kopecks(wholeTo, partTo)
  if (match !== null && to >= from) return { from, to }
  throw wrongValue(
    text(
      'нужны рубли или два числа по возрастанию: 1499.90 или 1000-1499.90',
      'roubles are wanted, or two numbers in their order: 1499.90 or 1000-1499.90',
    ),
  )
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `30s`, `10m`, `2h` as milliseconds. */
export function duration(value: string): number {
  const [, number, unit] = /^([1-9]\d{0,4})([smh])$/.exec(value) ?? []
  if (unit === 's' || unit === 'm' || unit === 'h')
    // Longer than a timer can count would end at once.
    return Math.min(Number(number) * units[unit], 2 ** 31 - 1)
  throw wrongValue(text('нужна длительность: 30s, 10m или 2h', 'a time is wanted: 30s, 10m or 2h'))
}

/** Collects one `--set`; commander's form of a parser. */
export function driverSetting(value: string, before: readonly string[] = []): readonly string[] {
  if (/^\w+=./.test(value)) return [...before, value]
  throw wrongValue(
    text(
      'нужно имя и значение: frames=v2 или password=30',
      'a name and a value are wanted: frames=v2 or password=30',
    ),
  )
}
