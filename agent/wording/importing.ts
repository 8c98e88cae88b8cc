/** What an import does, and what it leaves out and why, in the same words on the page and at the terminal. */
import { type Text, text } from '../text.ts'
import { nobody } from '../transfer/place.ts'
import type { ImportedDrive } from '../transfer/tally.ts'
import { plainly } from './plain.ts'

/** A file may name a register as it likes. */
const longestName = 64

/** Whose the documents of a drive are. */
export function whose({ isKnown, register: name, told: named }: ImportedDrive): Text {
  const register = plainly(name, longestName)
  const told = named === null ? null : plainly(named, longestName)
  if (isKnown) return text(`касса ${register}`, `register ${register}`)
  const inFile = told === null ? ['', ''] : [`, в файле касса ${told}`, `, register ${told} in the file`]
  return register === nobody
    ? text(`здесь не было${inFile[0]}`, `not seen here${inFile[1]}`)
    : text(
        `здесь не было${inFile[0]}; примется как ${register}`,
        `not seen here${inFile[1]}; imported as of ${register}`,
      )
}

/** By what it says itself, a sale is delivered once; the conflict is for a person to look at. */
const differing: ReadonlyMap<string, Text> = new Map([
  ['sign', text('другой фискальный признак', 'another fiscal sign')],
  ['type', text('другой вид документа', 'another kind of document')],
  ['bytes', text('другое содержимое', 'other content')],
])

/** Of `<key>: sign | type | bytes`. */
export function conflictOf(conflict: string): { readonly key: string; readonly differs: Text } {
  const [key = '', what = ''] = conflict.split(': ')
  return { key, differs: differing.get(what) ?? text(what, what) }
}

/** Heads the list of them. */
export const conflictsStay = text(
  'Противоречат тому, что уже есть. Останется прежнее',
  'In conflict with what is here. What is here stays',
)

const lacking: Readonly<Record<string, Text>> = {
  fn: text('номера ФН', 'the fiscal drive'),
  fd: text('номера документа', 'the document number'),
  fp: text('фискального признака', 'the fiscal sign'),
  documentType: text('вида документа', 'the kind of document'),
}

/** `нет номера ФН, фискального признака` */
export function lacks(missing: readonly string[]): Text {
  const names = (language: 'ru' | 'en') => missing.map((part) => lacking[part]?.[language] ?? part).join(', ')
  return text(`нет ${names('ru')}`, `lacks ${names('en')}`)
}

/** Heads the list of receipts that are only shown. */
export const shownOnlyWhy = text(
  'Не будут приняты: без этого чек нельзя отличить от другого',
  'Not imported: without that a receipt cannot be told from another',
)

/** What becomes of a new document that is not to be sent, by its `unsent`. */
export const unsentWords = {
  before: text(
    'не уйдёт: пробит до начала учёта и считается проведённым',
    'is not sent: made before the beginning and taken as booked',
  ),
  debug: text('не уйдёт: отладочный ФН', 'is not sent: a debug drive'),
  none: text('на сайт не отправляется', 'is not sent to the site'),
} as const

export const howToSend = text(
  'Чеки до начала учёта останутся неотправленными и потом. Нужны на сайте: сначала начните раньше (chekpost begin), затем принимайте',
  'Receipts from before the beginning stay unsent later as well. If the site needs them, begin earlier first (chekpost begin), then import',
)
