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
  /**
   * Where its value stands in a short card: on the `left` or `right` of a line; as the `first` of a product, before
   * what it `times`; `bare`, for a name that needs no heading; `soft`, for what is rarely read.
   */
  readonly place?: 'left' | 'right' | 'first' | 'times' | 'bare' | 'soft'
}

/** A cell for each column, in their order. */
export type Row = readonly Content[]

/** `label` is what the table is, for whoever cannot see it. It has short cards when its columns have places in them. */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly Row[],
  say: (said: Text) => string,
): Html {
  const heads = columns.map((column) => ({ ...column, words: say(column.head) }))
  const isShort = columns.some(({ place }) => place !== undefined)
  return html`<div class="wide${isShort && ' short'}" tabindex="0" role="region" aria-label="${label}"><table role="table">
    <thead role="rowgroup"><tr role="row">${heads.map(
      ({ words, kind }) => html`<th role="columnheader" scope="col"${classOf({ kind })}>${words}</th>`,
    )}</tr></thead>
    <tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map((cell, at) => drawn(cell, heads[at]))}</tr>`)}</tbody>
  </table></div>`
}

type Styled = { readonly kind?: Column['kind'] | undefined; readonly place?: Column['place'] | undefined }

/** On a card the heading of its column stands before it. */
function drawn(cell: Content, { words, ...styled }: Styled & { words: string } = { words: '' }): Html {
  return styled.kind === 'name'
    ? html`<th role="rowheader" scope="row"${classOf(styled)} data-head="${words}">${cell}</th>`
    : html`<td role="cell"${classOf(styled)} data-head="${words}">${cell}</td>`
}

function classOf({ kind, place }: Styled): Html | false {
  const names = [kind === 'name' ? undefined : kind, place].filter((one) => one !== undefined)
  return names.length > 0 && html` class="${names.join(' ')}"`
}
