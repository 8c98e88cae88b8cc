/** A table of documents: the receipts that were found, those that would be sent again, the newest of a group. */
import type { ListedRow } from '../../desk/desk.ts'
import { text } from '../../text.ts'
import { kindOf, stateWords } from '../../wording/documents.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'
import { type Column, table } from './table.ts'

/** Where one document is shown. */
export function receiptLink({ storage, number }: Pick<ListedRow, 'storage' | 'number'>): string {
  return `/receipt?fn=${encodeURIComponent(storage)}&fd=${number}`
}

export interface TableOptions {
  /** What the table is, for whoever cannot see it. */
  readonly label: string
  /** State and reason stand above the table already. */
  readonly withoutReason?: boolean
  /** What can be done about each. */
  readonly action?: (row: ListedRow) => Content
}

/** Reasons come from sites and are as long as they like: a row shows their beginning. */
const reasonLength = 160

export function documentTable(
  rows: readonly ListedRow[],
  look: Look,
  { label, withoutReason, action }: TableOptions,
): Html {
  const columns = [
    ...facts,
    ...(withoutReason ? [] : [state]),
    register,
    ...(action === undefined ? [] : [{ ...act, draw: action }]),
  ]
  return table(
    label,
    columns,
    rows.map((row) => columns.map(({ draw }) => draw(row, look))),
    look.say,
  )
}

type Drawn = Column & { readonly draw: (row: ListedRow, look: Look) => Content }

const facts: readonly Drawn[] = [
  {
    ...{ head: text('ФД', 'Number'), kind: 'name', place: 'left' },
    draw: (row) => html`<a href="${receiptLink(row)}">${row.number}</a>`,
  },
  {
    ...{ head: text('Сумма', 'Sum'), kind: 'sum', place: 'right' },
    draw: ({ total }, { money }) => money(total),
  },
  { ...{ head: text('Документ', 'Document'), place: 'left' }, draw: (row, { say }) => say(kindOf(row)) },
  {
    ...{ head: text('Время на чеке', 'Time on it'), place: 'right' },
    draw: ({ time }, { onReceipt }) => onReceipt(time),
  },
]

const state: Drawn = {
  ...{ head: text('Состояние', 'State'), kind: 'words' },
  draw: (row, look) => {
    const { words, colour } = stateWords(row.state)
    return html`<span class="${colour}">${look.say(words)}</span>${reason(row, look)}`
  },
}

const register: Drawn = {
  ...{ head: text('Касса', 'Register'), place: 'soft' },
  draw: (row) => plainly(row.register, 64),
}

const act = { head: text('Что сделать', 'To do') } as const

function reason({ why }: ListedRow, { say }: Look): Content {
  return why === null
    ? null
    : html`<br><small><bdi>${plainly(say(whyInWords(why)), reasonLength)}</bdi></small>`
}
