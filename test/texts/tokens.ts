/** TypeScript as brackets, words and literals: enough to find what is said to people, and no more. */

export type Node =
  | { readonly kind: 'word' | 'sign' | 'string'; readonly text: string }
  | {
      readonly kind: 'template'
      readonly tag: string | null
      readonly pieces: readonly string[]
      readonly values: readonly (readonly Node[])[]
    }
  | { readonly kind: 'group'; readonly open: string; readonly nodes: readonly Node[] }

/** After these words a slash begins a regular expression. */
const beforeExpression = new Set(['return', 'typeof', 'case', 'in', 'of', 'await', 'void', 'yield', 'else'])
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

export function parse(source: string): readonly Node[] {
  return new Reader(source).until('')
}

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Up to the closing bracket, which is taken too. */
  until(close: string): readonly Node[] {
    const nodes: Node[] = []
    while (this.#at < this.#source.length) {
      const rest = this.#source.slice(this.#at, this.#at + 2)
      const [sign = ''] = rest
      if (/\s/.test(sign)) this.#at++
      else if (rest === '//') this.#skipTo('\n')
      else if (rest === '/*') this.#skipTo('*/')
      else if (sign === close) {
        this.#at++
        return nodes
      } else nodes.push(this.#node(sign, nodes.at(-1)))
    }
    return nodes
  }

  #skipTo(mark: string): void {
    const found = this.#source.indexOf(mark, this.#at)
    this.#at = found < 0 ? this.#source.length : found + mark.length
  }

  #node(sign: string, before: Node | undefined): Node {
    if (sign === "'" || sign === '"') return { kind: 'string', text: this.#string(sign) }
    if (sign === '`') return this.#template(before?.kind === 'word' ? before.text : null)
    if (sign === '/' && beginsExpression(before)) return this.#regularExpression()
    const close = closing[sign]
    if (close !== undefined) {
      this.#at++
      return { kind: 'group', open: sign, nodes: this.until(close) }
    }
    const [word] = /^[\w$#]+/u.exec(this.#source.slice(this.#at, this.#at + 100)) ?? []
    this.#at += word?.length ?? 1
    return word === undefined ? { kind: 'sign', text: sign } : { kind: 'word', text: word }
  }

  #string(quote: string): string {
    let text = ''
    for (this.#at++; this.#source[this.#at] !== quote; this.#at++) text += this.#character()
    this.#at++
    return text
  }

  #character(): string {
    const sign = this.#source[this.#at] ?? ''
    if (sign !== '\\') return sign
    const escaped = this.#source[++this.#at] ?? ''
    return escapes[escaped] ?? escaped
  }

  #template(tag: string | null): Node {
    const pieces: string[] = []
    const values: (readonly Node[])[] = []
    let piece = ''
    for (this.#at++; this.#at < this.#source.length && this.#source[this.#at] !== '`'; ) {
      if (this.#source.startsWith('${', this.#at)) {
        pieces.push(piece)
        piece = ''
        this.#at += 2
        values.push(this.until('}'))
      } else {
        piece += this.#character()
        this.#at++
      }
    }
    this.#at++
    return { kind: 'template', tag, pieces: [...pieces, piece], values }
  }

  #regularExpression(): Node {
    let inClass = false
    for (this.#at++; inClass || this.#source[this.#at] !== '/'; this.#at++) {
      if (this.#source[this.#at] === '\\') this.#at++
      else if (this.#source[this.#at] === '[') inClass = true
      else if (this.#source[this.#at] === ']') inClass = false
    }
    this.#at++
    return { kind: 'sign', text: '/…/' }
  }
}

function beginsExpression(before: Node | undefined): boolean {
  if (before === undefined || before.kind === 'sign') return true
  return before.kind === 'word' && beforeExpression.has(before.text)
}

/** What stands between the commas. */
export function elementsOf(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const elements: Node[][] = [[]]
  for (const node of nodes)
    if (node.kind === 'sign' && node.text === ',') elements.push([])
    else elements.at(-1)?.push(node)
  return elements.filter((element) => element.length > 0)
}
