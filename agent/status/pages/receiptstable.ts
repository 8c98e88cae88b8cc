/** A table of documents: the receipts that were found, those that would be sent again, the newest of a group. */
import type { ListedRow } from '../../desk/desk.ts'
import { text } from '../../text.ts'
import { receiptTime } from '../figures.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'
import { whyInWords } from './receiptreasons.ts'
import { plainly } from './receipttext.ts'
import { kindOf, stateOf } from './receiptwords.ts'

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
  const { say } = look
  // What a phone of 360 pixels shows without scrolling stands first.
  const heads = [
    text('ФД', 'Number'),
    text('Время на чеке', 'Time on it'),
    text('Сумма', 'Sum'),
    text('Состояние', 'State'),
    text('Документ', 'Document'),
    text('Касса', 'Register'),
  ].map(say)
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><table>
    <thead><tr>${heads.map((head, at) => html`<th scope="col"${at === 2 && html` class="sum"`}>${head}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => tableRow(row, look, withoutReason ?? false))}</tbody>
  </table></div>`
}

function tableRow(row: ListedRow, look: Look, withoutReason: boolean): Html {
  const { say } = look
  const { words, colour } = stateOf(row)
  const why = withoutReason ? null : reason(row, look)
  return html`<tr>
    <th scope="row"><a href="${receiptLink(row)}">${row.number}</a></th>
    <td>${row.time === null ? '–' : receiptTime(row.time)}</td>
    <td class="sum">${look.money(row.total)}</td>
    <td class="words"><span class="${colour}">${say(words)}</span>${why}</td>
    <td>${say(kindOf(row))}</td>
    <td>${plainly(row.register, 64)}</td>
  </tr>`
}

function reason({ why }: ListedRow, { say }: Look): Content {
  return why === null
    ? null
    : html`<br><small><bdi>${plainly(say(whyInWords(why)), reasonLength)}</bdi></small>`
}
