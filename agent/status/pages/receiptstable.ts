/** A table of documents: the receipts that were found, those that would be sent again, the newest of a group. */
import type { ListedRow } from '../../desk/desk.ts'
import { text } from '../../text.ts'
import { kindOf, stateWords } from '../../wording/documents.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { receiptTime } from '../figures.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'
import { type Column, type Row, table } from './table.ts'

/** Where one document is shown. */
export function receiptLink({ storage, number }: Pick<ListedRow, 'storage' | 'number'>): string {
  return `/receipt?fn=${encodeURIComponent(storage)}&fd=${number}`
}

export interface TableOptions {
  /** What the table is, for whoever cannot see it. */
  readonly label: string
  /** The reason stands above the table already. */
  readonly withoutReason?: boolean
}

/** Reasons come from sites and are as long as they like: a row shows their beginning. */
const reasonLength = 160

export function documentTable(
  rows: readonly ListedRow[],
  look: Look,
  { label, withoutReason }: TableOptions,
): Html {
  return table(
    label,
    columns,
    rows.map((row) => cellsOf(row, look, withoutReason ?? false)),
    look.say,
  )
}

const columns: readonly Column[] = [
  { head: text('ФД', 'Number'), kind: 'name' },
  { head: text('Время на чеке', 'Time on it') },
  { head: text('Документ', 'Document') },
  { head: text('Сумма', 'Sum'), kind: 'sum' },
  { head: text('Состояние', 'State'), kind: 'words' },
  { head: text('Касса', 'Register') },
]

function cellsOf(row: ListedRow, look: Look, withoutReason: boolean): Row {
  const { say } = look
  const { words, colour } = stateWords(row.state)
  return [
    html`<a href="${receiptLink(row)}">${row.number}</a>`,
    receiptTime(row.time),
    say(kindOf(row)),
    look.money(row.total),
    html`<span class="${colour}">${say(words)}</span>${!withoutReason && reason(row, look)}`,
    plainly(row.register, 64),
  ]
}

function reason({ why }: ListedRow, { say }: Look): Content {
  return why === null
    ? null
    : html`<br><small><bdi>${plainly(say(whyInWords(why)), reasonLength)}</bdi></small>`
}
