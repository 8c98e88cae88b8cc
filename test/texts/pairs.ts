/** Every text for a person in a source: the pairs, what stands outside of one, and pairs that lack a half. */
import { elementsOf, type Node, parse } from './tokens.ts'

/** As a proof-reader sees it: `{…}` for what is filled in. */
export interface Pair {
  readonly ru: string
  readonly en: string
}

export interface Found {
  readonly pairs: readonly Pair[]
  /** Russian words that no English stands beside. */
  readonly strays: readonly string[]
  /** Pairs of which one half is missing or in the other language. */
  readonly lame: readonly Pair[]
}

/** Take a pair as their last two arguments. */
const makers = ['text', 'both', 'words']
const cyrillic = /[а-яё]/i
const letters = /[a-zа-яё№]/i
const word = /[a-zа-яё]{2}/i
/** The same in both languages: a command, an abbreviation. */
const nobodyTranslates = /^(?:[A-Z\d-]+|(?:systemctl|journalctl|chekpost) [a-z -]+)$/
const locale = /^(?:ru|en)(?:-[A-Z]{2})?$/

export function textsOf(source: string): Found {
  const finder = new Finder(source)
  finder.look(parse(source))
  return finder.found
}

class Finder {
  readonly found = { pairs: [] as Pair[], strays: [] as string[], lame: [] as Pair[] }
  /** Functions of this source that hand a pair on. */
  readonly #own: ReadonlySet<string>

  constructor(source: string) {
    const declared = source.matchAll(/(\w+)(?: = )?\((?:[^()]*, )?\s*ru: string,\s*en: string/g)
    this.#own = new Set([...declared].map(([, name = '']) => name))
  }

  look(nodes: readonly Node[]): void {
    for (const [at, node] of nodes.entries()) {
      if (node.kind === 'group') this.#lookInto(node, nodes[at - 1])
      else if (node.kind === 'template' && !this.#isChoice(nodes, at)) this.#lookAt(node)
      else if (node.kind === 'string' && cyrillic.test(node.text) && !this.#isChoice(nodes, at))
        this.found.strays.push(node.text)
    }
  }

  #lookAt(node: Node & { kind: 'template' }): void {
    if (cyrillic.test(node.pieces.join(''))) this.found.strays.push(said([node]))
    for (const value of node.values) this.look(value)
  }

  #lookInto({ open, nodes }: Node & { kind: 'group' }, before: Node | undefined): void {
    const elements = elementsOf(nodes)
    const callee = open === '(' && before?.kind === 'word' ? before.text : ''
    if (makers.includes(callee) && elements.length >= 2) {
      this.#keep(elements.at(-2) ?? [], elements.at(-1) ?? [])
      return
    }
    const halves = ['ru', 'en'].map((name) => elements.find((element) => isNamed(element, name)))
    const [ru, en] = halves
    if (open === '{' && ru !== undefined && en !== undefined) {
      this.#keep(ru.slice(2), en.slice(2))
      for (const element of elements) if (!halves.includes(element)) this.look(element)
      return
    }
    const isRow = open === '[' || this.#own.has(callee)
    for (let at = 0; at < elements.length; at++) {
      const [one = [], next = []] = [elements[at], elements[at + 1]]
      if (isRow && isText(one) && isText(next) && cyrillic.test(said(one)) && !cyrillic.test(said(next))) {
        this.#keep(one, next)
        at++
      } else this.look(one)
    }
  }

  /** `language === 'ru' ? … : …` */
  #isChoice(nodes: readonly Node[], at: number): boolean {
    const isSign = (index: number, text: string) =>
      nodes[index]?.kind === 'sign' && said1(nodes[index]) === text
    const isFirst = isSign(at - 1, '?') && isSign(at + 1, ':')
    const isSecond = isSign(at - 1, ':') && isSign(at - 3, '?')
    const question = isFirst ? at - 2 : isSecond ? at - 4 : -1
    const asked = nodes[question]
    if (asked === undefined || asked.kind !== 'string' || !['ru', 'en'].includes(asked.text)) return false
    const [one, other] = isFirst ? [nodes[at], nodes[at + 2]] : [nodes[at - 2], nodes[at]]
    if (one === undefined || other === undefined) return false
    const [ru, en] = asked.text === 'ru' ? [one, other] : [other, one]
    if (isFirst) this.#keep([ru], [en])
    return true
  }

  #keep(ru: readonly Node[], en: readonly Node[]): void {
    const pair = { ru: said(ru), en: said(en) }
    const [bareRu, bareEn] = [pair.ru, pair.en].map((half) => half.replace(/\{[^}]*\}/g, ''))
    if (!letters.test(bareRu ?? '') && !letters.test(bareEn ?? '')) return
    if (locale.test(pair.ru) && locale.test(pair.en)) return
    this.found.pairs.push(pair)
    if (pair.ru === pair.en && nobodyTranslates.test(pair.ru)) return
    const isLame =
      !/[а-яё№]/i.test(pair.ru) || cyrillic.test(pair.en.replace(/«[^»]*»|"[^"]*"/g, '')) || pair.en === ''
    if (isLame) this.found.lame.push(pair)
  }
}

function isNamed([name, colon]: readonly Node[], wanted: string): boolean {
  return name?.kind === 'word' && name.text === wanted && colon?.kind === 'sign' && colon.text === ':'
}

function isText(element: readonly Node[]): boolean {
  return element.length > 0 && element.every((node) => node.kind === 'string' || node.kind === 'template')
}

function said1(node: Node | undefined): string {
  return node === undefined || node.kind === 'group' || node.kind === 'template' ? '' : node.text
}

/** The literals of an expression; several are the ways it may read. */
export function said(nodes: readonly Node[]): string {
  return nodes
    .flatMap((node): string[] => {
      if (node.kind === 'string') return letters.test(node.text) ? [node.text] : []
      if (node.kind === 'group') return [said(node.nodes)]
      if (node.kind !== 'template') return []
      const filled = node.values.map((value) => {
        const [name] = value.flatMap(({ kind, ...rest }) =>
          kind === 'word' && 'text' in rest ? [rest.text] : [],
        )
        const inside = said(value)
        return cyrillic.test(inside) || / /.test(inside) ? `{${inside}}` : `{${name ?? '…'}}`
      })
      return [node.pieces.map((piece, at) => piece + (filled[at] ?? '')).join('')]
    })
    .filter((text) => text !== '')
    .join(' / ')
}

/** Words that stand in `html` templates themselves and so in one language only. */
export function bareWordsOf(source: string): readonly string[] {
  return templatesOf(parse(source), 'html').flatMap(({ pieces }) => {
    const drawn = pieces.join('\0')
    if (/^(?: [\w-]+(?:="[^"]*")?)+$/.test(drawn)) return []
    const attributes = [...drawn.matchAll(/\b(?:aria-label|title|alt|placeholder)="([^"]*)"/g)].map(
      ([, value = '']) => value,
    )
    const between = drawn.replace(/<(code|kbd)[^>]*>[^<]*<\/\1>/g, '').split(/<[^>]*>/)
    return [...between, ...attributes]
      .map((words) =>
        words.replace(/&#?\w+;|\bchekpost\b|\bSHA-256\b|\blogLevel: trace\b/g, '').replaceAll('\0', '{…}'),
      )
      .filter((words) => word.test(words))
  })
}

type Template = Node & { readonly kind: 'template' }

/** Those with a tag, however deep. */
export function templatesOf(nodes: readonly Node[], tag: string): readonly Template[] {
  return nodes.flatMap((node): readonly Template[] => {
    if (node.kind === 'group') return templatesOf(node.nodes, tag)
    if (node.kind !== 'template') return []
    const inside = node.values.flatMap((value) => templatesOf(value, tag))
    return node.tag === tag ? [node, ...inside] : inside
  })
}

/** Where a value stands in a template: between tags, in a double-quoted attribute, or where it must not be. */
export function misplacedOf(source: string): readonly string[] {
  return templatesOf(parse(source), 'html').flatMap(({ pieces, values }) => {
    let before = ''
    return values.flatMap((value, at) => {
      before += pieces[at] ?? ''
      const tag = /<[^<>]*$/.exec(before.replace(/"[^"]*"/g, '""'))?.[0] ?? ''
      const isInside = tag !== ''
      const isQuoted = /="[^"]*$/.test(tag)
      const isPiece = templatesOf(value, 'html').length > 0 || drawsHtml(source, value)
      const isSafe = !isInside || isQuoted || isPiece
      before += isQuoted ? 'x' : ''
      return isSafe && !/^<\w*$|<script|<style|\bstyle="|\bon\w+="/.test(tag) ? [] : [before.slice(-60)]
    })
  })
}

/** A function of the same source that gives back HTML, or hands on what such a one gives. */
function drawsHtml(source: string, [name, ...rest]: readonly Node[]): boolean {
  if (name?.kind !== 'word' || rest.length !== 1) return false
  if (new RegExp(`function ${name.text}\\([^)]*\\): Html`).test(source)) return true
  const [, handed] = new RegExp(`const ${name.text} = \\([^)]*\\) => (\\w+)\\(`).exec(source) ?? []
  return handed !== undefined && new RegExp(`function ${handed}\\([^)]*\\): Html`).test(source)
}
