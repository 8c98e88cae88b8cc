/**
 * A table that a narrow screen shows as cards, one a row, by the style sheet alone. What is laid out as blocks is no
 * table any more to what reads a page aloud, so every part says itself what it is.
 */
import type { Text } from '../../text.ts'
import { type Content, type Html, html } from '../html.ts'

export interface Column {
  readonly head: Text
  /** `name` says what the row is of, `sum` is aligned by its digits, `words` may be long. */
  readonly kind?: 'name' | 'sum' | 'words'
}

/** A cell for each column, in their order. */
export type Row = readonly Content[]

/** `label` is what the table is, for whoever cannot see it. */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly Row[],
  say: (said: Text) => string,
): Html {
  const heads = columns.map(({ head, kind }) => ({ words: say(head), kind }))
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><table role="table">
    <thead role="rowgroup"><tr role="row">${heads.map(
      ({ words, kind }) => html`<th role="columnheader" scope="col"${classOf(kind)}>${words}</th>`,
    )}</tr></thead>
    <tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map((cell, at) => drawn(cell, heads[at]))}</tr>`)}</tbody>
  </table></div>`
}

type Head = { readonly words: string; readonly kind: Column['kind'] }

/** On a card the heading of its column stands before it. */
function drawn(cell: Content, { words, kind }: Head = { words: '', kind: undefined }): Html {
  return kind === 'name'
    ? html`<th role="rowheader" scope="row" data-head="${words}">${cell}</th>`
    : html`<td role="cell"${classOf(kind)} data-head="${words}">${cell}</td>`
}

function classOf(kind: Column['kind']): Html | false {
  return (kind === 'sum' || kind === 'words') && html` class="${kind}"`
}
