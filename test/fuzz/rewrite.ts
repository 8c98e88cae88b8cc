/** Rewrites a compiled module so that each of its branches sets a counter. Line numbers stay as they were. */
import { type AnyNode, type Expression, parse, type Statement, type SwitchCase } from 'acorn'
import MagicString from 'magic-string'
import { edgesKey } from './edges.ts'

/** The name of the counters inside a rewritten module. */
const counters = '__edges'

/** Literals of other lengths are words for people, or say nothing. */
const literalLength = { least: 2, most: 24 }

/** The module with a counter in every branch; `name` is what its piece of the map is called. */
export function rewrite(source: string, name: string): string {
  const writer = new Writer(source)
  writer.visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }))
  return writer.finish(name)
}

class Writer {
  readonly #text: MagicString
  readonly #hashBang: number
  readonly #literals = new Set<string | number>()
  #count = 0

  constructor(source: string) {
    this.#text = new MagicString(source)
    this.#hashBang = source.startsWith('#!') ? source.indexOf('\n') + 1 : 0
  }

  finish(name: string): string {
    const told = [JSON.stringify(name), this.#count, JSON.stringify([...this.#literals])].join(', ')
    this.#text.appendLeft(this.#hashBang, `const ${counters} = globalThis.${edgesKey}(${told}); `)
    return this.#text.toString()
  }

  visit(node: AnyNode): void {
    this.#mark(node)
    for (const child of childrenOf(node)) this.visit(child)
  }

  #mark(node: AnyNode): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'CatchClause':
        this.#statement(node.body)
        break
      case 'ArrowFunctionExpression':
        if (node.body.type === 'BlockStatement') this.#statement(node.body)
        else this.#expression(node.body)
        break
      case 'IfStatement':
        this.#statement(node.consequent)
        if (node.alternate) this.#statement(node.alternate)
        break
      case 'ConditionalExpression':
        this.#expression(node.consequent)
        this.#expression(node.alternate)
        break
      case 'LogicalExpression':
        this.#expression(node.right)
        break
      case 'SwitchCase':
        this.#case(node)
        break
      case 'Literal':
        this.#literal(node.value)
    }
  }

  #next(): string {
    return `${counters}[${this.#count++}]++`
  }

  #statement(node: Statement): void {
    if (node.type === 'BlockStatement') {
      this.#text.appendLeft(node.start + 1, `${this.#next()};`)
      return
    }
    this.#text.prependRight(node.start, `{${this.#next()};`)
    this.#text.appendLeft(node.end, '}')
  }

  #expression(node: Expression): void {
    this.#text.prependRight(node.start, `(${this.#next()},`)
    this.#text.appendLeft(node.end, ')')
  }

  #case({ consequent }: SwitchCase): void {
    const [first] = consequent
    if (first !== undefined) this.#text.appendLeft(first.start, `${this.#next()};`)
  }

  #literal(value: unknown): void {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0xff) this.#literals.add(value)
    if (typeof value !== 'string') return
    if (value.length >= literalLength.least && value.length <= literalLength.most) this.#literals.add(value)
  }
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter(isNode),
  )
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
