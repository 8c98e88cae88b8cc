/**
 * Puts kill points into one module of compiled JavaScript: before and after every `await`, at the start of callbacks
 * and `catch` blocks, and around every call that makes something durable. Pure: source in, source and points out.
 */
import { type AnyNode, parse } from 'acorn'
import MagicString from 'magic-string'

/** A place at which the agent can be made to die. */
export interface Place {
  readonly when: 'before' | 'after' | 'callback' | 'catch'
  /** A call after which the disk knows more than before. */
  readonly durable: boolean
  /** The beginning of the expression. */
  readonly words: string
  /** In the compiled text: from 1, and from 0. */
  readonly line: number
  readonly column: number
}

export interface Rewritten {
  readonly code: string
  readonly places: readonly Place[]
}

/** Calls whose function arguments run later, on a turn of their own. */
const handsOver = new Set(
  'on once then catch finally addEventListener setTimeout setImmediate write end connect open close flush set add'.split(
    ' ',
  ),
)

/** The outbox's verbs that write. */
const verbs =
  /\boutbox\.(?:keepDocuments?|settle|beginStorage|replay|audit|recordCheck|maskOlder|emptyOlder|tidy)$/
/** The steps inside them, and those of the small files. */
const steps =
  /(?:statements\.run|\.immediate|#immediately|database\.(?:exec|pragma|close)|^(?:openSync|writeFileSync|fsyncSync|closeSync|renameSync|linkSync|rmSync|mkdirSync|replaceFile|syncFolder|writeStarts|beginDrive))$/

/** `first`: the number of this module's first point. `from`: where `met` and `passed` are imported from. */
export function rewrite(source: string, first: number, from: string): Rewritten {
  const rewriting = new Rewriting(source, first)
  rewriting.visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true }), null)
  return { code: rewriting.code(from), places: rewriting.places }
}

class Rewriting {
  readonly places: Place[] = []
  readonly #source: string
  readonly #first: number
  readonly #text: MagicString

  constructor(source: string, first: number) {
    this.#source = source
    this.#first = first
    this.#text = new MagicString(source)
  }

  /** On the first line, so that no line of the source moves; a `#!` stays in front. */
  code(from: string): string {
    const start = this.#source.startsWith('#!') ? this.#source.indexOf('\n') + 1 : 0
    this.#text.prependLeft(
      start,
      `import { met as __met, passed as __passed } from ${JSON.stringify(from)}; `,
    )
    return this.#text.toString()
  }

  /** What stands around a node is put in before, and ends after, what stands around its parts. */
  visit(node: AnyNode, parent: AnyNode | null): void {
    const ends = this.#begin(node, parent)
    for (const part of partsOf(node)) this.visit(part, node)
    for (const end of ends) end()
  }

  #begin(node: AnyNode, parent: AnyNode | null): (() => void)[] {
    switch (node.type) {
      case 'AwaitExpression':
        return this.#awaiting(node, node.argument)
      case 'ForOfStatement':
        return node.await ? this.#looping(node.right, node.body, node) : []
      case 'CatchClause':
        this.#entering(node.body, 'catch', node)
        return []
      case 'CallExpression':
        return this.#calling(node, node.callee)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        return parent?.type === 'CallExpression' && this.#isHandedOver(node, parent)
          ? this.#entering(node.body, 'callback', parent)
          : []
      default:
        return []
    }
  }

  #awaiting(node: AnyNode, argument: AnyNode): (() => void)[] {
    const [before, after] = [this.#place(node, 'before'), this.#place(node, 'after')]
    this.#put(node.start, `__passed(${after}, `)
    this.#put(argument.start, `(__met(${before}), `)
    return [() => this.#put(argument.end, ')'), () => this.#put(node.end, ')')]
  }

  #looping(right: AnyNode, body: AnyNode, node: AnyNode): (() => void)[] {
    this.#put(right.start, `(__met(${this.#place(node, 'before')}), `)
    this.#put(body.start, `{ __met(${this.#place(node, 'after')}); `)
    return [() => this.#put(right.end, ')'), () => this.#put(body.end, ' }')]
  }

  /** A block, or the expression of an arrow. */
  #entering(body: AnyNode, when: Place['when'], about: AnyNode): (() => void)[] {
    const point = this.#place(about, when)
    if (body.type === 'BlockStatement') {
      this.#put(body.start + 1, ` __met(${point});`)
      return []
    }
    this.#put(body.start, `(__met(${point}), `)
    return [() => this.#put(body.end, ')')]
  }

  #calling(node: AnyNode, callee: AnyNode): (() => void)[] {
    const name = this.#source.slice(callee.start, callee.end)
    if (!verbs.test(name) && !steps.test(name)) return []
    const [before, after] = [this.#place(node, 'before', true), this.#place(node, 'after', true)]
    this.#put(node.start, `(__met(${before}), __passed(${after}, `)
    return [() => this.#put(node.end, '))')]
  }

  #isHandedOver(node: AnyNode, call: AnyNode): boolean {
    if (call.type !== 'CallExpression' || call.callee === node) return false
    const { callee } = call
    const named = callee.type === 'MemberExpression' ? callee.property : callee
    return named.type === 'Identifier' && handsOver.has(named.name)
  }

  #place(node: AnyNode, when: Place['when'], durable = false): number {
    const text = this.#source.slice(node.start, node.end).replace(/\s+/g, ' ')
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 }
    this.places.push({ when, durable, words: text.slice(0, 48), line, column })
    return this.#first + this.places.length - 1
  }

  #put(at: number, text: string): void {
    this.#text.appendLeft(at, text)
  }
}

function partsOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => a.start - b.start)
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
