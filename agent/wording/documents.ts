/** What a document is and what became of it, in words for the shop. */
import type { ListedRow, ShownDocument } from '../desk/desk.ts'
import type { StateSought } from '../outbox.ts'
import { type Text, text } from '../text.ts'

/** Form codes (order ЕД-7-20/662@, table 1) that are no receipts. */
const reports: Readonly<Record<number, Text>> = {
  1: text('Отчёт о регистрации', 'Registration report'),
  11: text('Отчёт о перерегистрации', 'Re-registration report'),
  2: text('Открытие смены', 'Shift opened'),
  5: text('Закрытие смены', 'Shift closed'),
  6: text('Закрытие ФН', 'Fiscal drive closed'),
  7: text('Подтверждение ОФД', "Operator's confirmation"),
  21: text('Отчёт о расчётах', 'Report on settlements'),
}

const receipts: Readonly<Record<number, Text>> = {
  3: text('Чек', 'Receipt'),
  4: text('БСО', 'Form (BSO)'),
  31: text('Чек коррекции', 'Correction receipt'),
  41: text('БСО коррекции', 'Correction form (BSO)'),
}

/** Tag 1054. */
export const operations: Readonly<Record<number, Text>> = {
  1: text('продажа', 'sale'),
  2: text('возврат продажи', 'return of a sale'),
  3: text('покупка', 'purchase'),
  4: text('возврат покупки', 'return of a purchase'),
}

/** `Чек: продажа` */
export function kindOf({ type, operation }: Pick<ListedRow, 'type' | 'operation'>): Text {
  if (type === null) return text('Документа нет в ФН', 'Not in the fiscal drive')
  const receipt = receipts[type]
  if (receipt === undefined) return reports[type] ?? text(`Документ вида ${type}`, `Document of type ${type}`)
  const done = operation === null ? undefined : operations[operation]
  return done === undefined ? receipt : text(`${receipt.ru}: ${done.ru}`, `${receipt.en}: ${done.en}`)
}

/** What was settled or set aside here counts as an attempt as well, though the site was never asked. */
export function wasAsked({ state, why, answer, attempts, history }: ShownDocument): boolean {
  if (state === 'none' || attempts === 0) return history.length > 0
  const isOurs = state === 'ignored' || (why?.startsWith('rejected: ') ?? false)
  return !isOurs || answer !== null || history.length > 0
}

/** Documents that say what was sold. */
export function isReceiptType(type: number | null): boolean {
  return type !== null && receipts[type] !== undefined
}

/** What became of a document. */
export interface StateWords {
  readonly words: Text
  readonly colour: 'green' | 'amber' | 'red' | ''
  /** What to do next; null when there is nothing to do. */
  readonly next: Text | null
}

const states = {
  waiting: {
    words: text('ждёт отправки', 'waits to be sent'),
    colour: 'amber',
    next: text('Ничего: уйдёт сам, как только сайт ответит', 'Nothing: it goes as soon as the site answers'),
  },
  parked: {
    words: text('отложен здесь', 'set aside here'),
    colour: 'red',
    next: null,
  },
  none: {
    words: text('не отправляется', 'is not sent'),
    colour: '',
    next: null,
  },
  accepted: { words: text('принят сайтом', 'booked by the site'), colour: 'green', next: null },
  ignored: { words: text('сайту не нужен', 'not needed by the site'), colour: 'green', next: null },
  acceptedParked: {
    words: text('на сайте, отложен там', 'on the site, set aside there'),
    colour: 'amber',
    next: text(
      'Решите на сайте: страница приёмника «Чеки», раздел «Отложенные»',
      "Decide on the site: the receiver's page, the list of those set aside",
    ),
  },
  settled: {
    words: text('готово: на сайте или ему не нужен', 'done: on the site or not needed there'),
    colour: 'green',
    next: null,
  },
} as const satisfies Readonly<Record<StateSought, StateWords>>

/** Of a document, or of what a search looks for. */
export function stateWords(state: StateSought): StateWords {
  return states[state]
}
