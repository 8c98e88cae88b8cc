/** How a person names documents on the command line, and who that person is. */
import { userInfo } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import type { InputOf } from '../desk/desk.ts'
import type { Context } from './context.ts'
import { words } from './words.ts'

export interface SelectionOptions {
  fd?: NumberRange
  since?: number
  register?: string
  fn?: string
}

/** Document numbers, both ends inclusive. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** Adds `--fd`, `--fn`, `--since`, `--register`. */
export function selecting(context: Context, command: Command): Command {
  return command
    .option(
      '--fd <range>',
      words(context, 'номера ФД: 120 или 120-150', 'document numbers: 120 or 120-150'),
      numberRange,
    )
    .option('--fn <number>', words(context, 'номер ФН', "the fiscal drive's number"))
    .option(
      '--since <time>',
      words(context, 'прочитанные с: 2026-08-01', 'read since: 2026-08-01'),
      sinceTime,
    )
    .option('--register <name>', words(context, 'касса из настроек', 'a register of the config'))
}

export function selectionOf(options: SelectionOptions): InputOf<'list'> {
  return {
    ...(options.fd && { fromNumber: options.fd.from, toNumber: options.fd.to }),
    ...(options.fn !== undefined && { storage: options.fn }),
    ...(options.since !== undefined && { since: options.since }),
    ...(options.register !== undefined && { register: options.register }),
  }
}

export function numberRange(value: string): NumberRange {
  const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(value)
  const from = Number(match?.[1])
  const to = Number(match?.[2] ?? match?.[1])
  if (match === null || from < 1 || to < from || to > 0xffffffff)
    throw new InvalidArgumentError('120 or 120-150 is wanted')
  return { from, to }
}

function sinceTime(value: string): number {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00` : value)
  if (Number.isNaN(at)) throw new InvalidArgumentError('2026-08-01 or 2026-08-01T12:30 is wanted')
  return at
}

/** A day, or a day and a time, as an end of a range: a day alone is meant as a whole. */
export function receiptTime(end: 'from' | 'to'): (value: string) => string {
  return (value) => {
    const [, day = '', minutes, seconds] =
      /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/.exec(value.trim()) ?? []
    const [wholeDay, wholeMinute] = end === 'from' ? ['00:00', ':00'] : ['23:59', ':59']
    const time = `${day}T${minutes ?? wholeDay}${seconds ?? wholeMinute}`
    const ms = Date.parse(`${time}Z`)
    if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(time))
      throw new InvalidArgumentError('2026-08-01 or 2026-08-01T12:30 is wanted')
    return time
  }
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
  if (match === null) throw new InvalidArgumentError('1499.90 or 1000-1499.90 is wanted')
  const [, whole = '', part, wholeTo, partTo] = match
  const from = kopecks(whole, part)
  const to = wholeTo === undefined ? from : kopecks(wholeTo, partTo)
  if (to < from) throw new InvalidArgumentError('1499.90 or 1000-1499.90 is wanted')
  return { from, to }
}

/** The name that stands in the audit. */
export function whoAsks(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
