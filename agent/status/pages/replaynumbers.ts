/** Document numbers as a person writes them: `120`, `120-150`, `120, 125-130`. */
import type { InputOf } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { UsageError } from '../../usage.ts'

/** Both ends inclusive. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** So many numbers are compared with the outbox one by one, and read from a register in one go. */
export const mostNumbers = 2_000
/** Of several ranges together: each number of them is named. */
const mostNamed = 1_000
const longestText = 2_000

/** In ascending order, joined where they touch. Throws `UsageError` that names what is no number. */
export function numbersOf(written: string): NumberRange[] {
  if (written.length > longestText) throw new UsageError(tooMany)
  const parts = written
    .replace(/\s*[-–—−]\s*/g, '-')
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
  if (parts.length === 0) throw new UsageError(wanted(''))
  const ranges = joined(parts.map(rangeOf))
  if (ranges.length > 1 && countOf(ranges) > mostNamed) throw new UsageError(tooMany)
  return ranges
}

function rangeOf(part: string): NumberRange {
  const [, from = '', to = from] = /^(?:№|#)?(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? []
  const range = { from: Number(from), to: Number(to) }
  if (from === '' || range.from < 1 || range.to > 0xffffffff || range.to < range.from)
    throw new UsageError(wanted(part.slice(0, 40)))
  return range
}

function joined(ranges: readonly NumberRange[]): NumberRange[] {
  const result: NumberRange[] = []
  for (const range of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to + 1) result.push(range)
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return result
}

function wanted(part: string): Text {
  return text(
    `${part === '' ? 'Напишите номера ФД' : `«${part}» не номер ФД`}. Например: 120, или 120-150, или 120, 125`,
    `${part === '' ? 'Write document numbers' : `"${part}" is no document number`}. For example: 120, or 120-150, or 120, 125`,
  )
}

const tooMany = text(
  `Слишком много номеров за раз: вразбивку не больше ${mostNamed}. Один диапазон может быть длиннее`,
  `Too many numbers at a time: at most ${mostNamed} of several ranges. A single range may be longer`,
)

export function countOf(ranges: readonly NumberRange[]): number {
  return ranges.reduce((all, { from, to }) => all + to - from + 1, 0)
}

export function* eachOf(ranges: readonly NumberRange[]): Generator<number> {
  for (const { from, to } of ranges) for (let number = from; number <= to; number++) yield number
}

/** Single numbers, ascending, as ranges again. */
export function rangesOf(numbers: Iterable<number>): NumberRange[] {
  return joined([...numbers].map((number) => ({ from: number, to: number })))
}

/** `120–150, 160`, cut after so many ranges. */
export function written(ranges: readonly NumberRange[], most = 30): string {
  const words = ranges.slice(0, most).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`))
  return ranges.length > most ? `${words.join(', ')} …` : words.join(', ')
}

/** What the outbox is asked for. */
export function selecting(ranges: readonly NumberRange[]): InputOf<'list'> {
  const [only, more] = ranges
  if (only !== undefined && more === undefined) return { fromNumber: only.from, toNumber: only.to }
  return { numbers: [...eachOf(ranges)] }
}
