/**
 * HTML as a value: what is put into a template is escaped unless it is HTML already. Goods' names, answers of sites and
 * reasons come from outside; there is no way to write them unescaped (docs/decisions/012).
 */

/** What may stand in a template; null, undefined and false leave nothing. */
export type Content = Html | string | number | null | undefined | false | readonly Content[]

/** A finished piece of HTML. Only `html` makes one. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  static of(strings: TemplateStringsArray, values: readonly Content[]): Html {
    let text = strings[0] ?? ''
    for (const [at, value] of values.entries()) text += render(value) + (strings[at + 1] ?? '')
    return new Html(text)
  }

  toString(): string {
    return this.#text
  }
}

/** A template. Values belong between tags or inside double-quoted attributes, nowhere else. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return Html.of(strings, values)
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(render).join('')
  return escaped(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}
