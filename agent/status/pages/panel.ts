/** A part of a page with a heading of its own. */
import { type Content, type Html, html } from '../html.ts'

/** Ids are unique on a page. */
export function panel(id: string, name: string, body: Content): Html {
  return html`<section class="panel" aria-labelledby="${id}"><h2 id="${id}">${name}</h2>${body}</section>`
}
