/** Numbers, sums and times as a person in the shop reads them. */
import { type Language, text } from '../text.ts'

/** Kopecks → `1 234,50 ₽`, in one piece; null → a dash. Every sum of the page is written so. */
export function money(kopecks: number | null, language: Language): string {
  if (kopecks === null) return '–'
  return `${numbers[language].money.format(kopecks / 100)}\u00a0₽`
}

export function count(number: number, language: Language): string {
  return numbers[language].count.format(number)
}

/** An exact number as the document writes it, `1.650` → `1,65`; what is no number stays as it is. */
export function decimal(exact: string, language: Language): string {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(exact) ?? []
  if (whole === undefined) return exact
  const part = fraction.replace(/0+$/, '')
  const point = language === 'ru' ? ',' : '.'
  return `${sign}${whole}${part === '' ? '' : point}${part}`
}

const locales = { ru: 'ru-RU', en: 'en-GB' } as const
const numbers = { ru: numbersIn('ru'), en: numbersIn('en') } as const

function numbersIn(language: Language) {
  const money = new Intl.NumberFormat(locales[language], {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  })
  return { money, count: new Intl.NumberFormat(locales[language]) } as const
}

/** An instant (ISO 8601 or milliseconds) on the shop's clock: `26.11.2026 20:15:03`, of today only the time. */
export function moment(at: string | number | null, zone: string, language: Language, now: number): string {
  if (at === null) return '–'
  const ms = typeof at === 'number' ? at : Date.parse(at)
  const [day, today] = [ms, now].map((one) => formatter(zone, language, 'day').format(one))
  const time = formatter(zone, language, 'time').format(ms)
  return day === today ? time : `${day} ${time}`
}

/** The time of day with thousandths, for pauses that tell a lot: `20:15:03.042`. */
export function preciseTime(ms: number, zone: string): string {
  return `${formatter(zone, 'ru', 'time').format(ms)}.${String(ms % 1000).padStart(3, '0')}`
}

/** The zone and how far its clock is from UTC now: `Europe/Moscow, UTC+3`. */
export function zoneName(timeZone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(now)
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return `${timeZone}, ${offset.replace('GMT', 'UTC')}`
}

/** The hour of an instant on the shop's clock: `20`. */
export function hourOf(ms: number, zone: string): string {
  return formatter(zone, 'ru', 'hour').format(ms)
}

type Part = 'day' | 'time' | 'hour'

const parts: Readonly<Record<Part, Intl.DateTimeFormatOptions>> = {
  day: { day: '2-digit', month: '2-digit', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  hour: { hour: '2-digit', hourCycle: 'h23' },
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making one costs a hundred times what using it does. */
function formatter(timeZone: string, language: Language, part: Part): Intl.DateTimeFormat {
  const key = `${timeZone} ${language} ${part}`
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locales[language], { timeZone, ...parts[part] })
  formatters.set(key, made)
  return made
}

/** The register's own local time, as the receipt says it: `2026-11-26T20:15:00` → `26.11.2026 20:15`. */
export function receiptTime(local: string | null): string {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(local ?? '') ?? []
  return year === undefined ? '–' : `${day}.${month}.${year} ${time}`
}

/** How long: `12 с`, `3 мин`, `2 ч 5 мин`, `4 дн`. */
export function duration(seconds: number, language: Language): string {
  const words = text('с мин ч дн', 's min h d')[language].split(' ')
  const [s, min, h, d] = words
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} ${s}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${min}`
  if (seconds < 86_400) {
    const minutes = Math.floor((seconds % 3600) / 60)
    return `${Math.floor(seconds / 3600)} ${h}${minutes === 0 ? '' : ` ${minutes} ${min}`}`
  }
  return `${Math.floor(seconds / 86_400)} ${d}`
}

/** How long ago an instant was; null → a dash. */
export function ago(at: string | null, language: Language, now: number): string {
  if (at === null) return '–'
  const seconds = (now - Date.parse(at)) / 1000
  if (seconds < 2) return text('только что', 'just now')[language]
  const long = duration(seconds, language)
  return text(`${long} назад`, `${long} ago`)[language]
}
