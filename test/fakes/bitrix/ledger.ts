/**
 * What the sample receiver remembers: each key once, with its fiscal facts, and the stock that follows from them.
 * With a file, a line is on the disk before it counts, so killing the receiver loses nothing that it acknowledged.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

/** The fiscal facts that a repeat is judged by: sign, operation, raw time, total. */
export type Facts = string

/** One movement of stock: a positive quantity comes in. Millionths of a unit, exact. */
export interface Movement {
  readonly product: string
  readonly millionths: bigint
}

export interface Entry {
  readonly key: string
  readonly register: string
  readonly facts: Facts
  readonly state: 'booked' | 'parked' | 'ignored'
  readonly reasons: readonly string[]
  readonly movements: readonly Movement[]
}

interface Line extends Omit<Entry, 'movements'> {
  readonly movements: readonly (readonly [product: string, millionths: string])[]
}

/** Everything that was ever booked, parked or ignored, by key. */
export class Ledger implements Disposable {
  readonly id: string
  readonly entries = new Map<string, Entry>()
  /** Keys whose stock was moved more than once; always empty unless the receiver itself is wrong. */
  readonly twice = new Set<string>()
  readonly #stock = new Map<string, bigint>()
  readonly #file: number | null

  constructor(path: string | null) {
    const lines = path !== null && existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
    const [head] = lines
    const known: unknown = head === undefined || head === '' ? null : JSON.parse(head)
    this.id = isHead(known) ? known.ledgerId : randomUUID()
    for (const line of lines.slice(1)) {
      const entry = entryIn(line)
      if (entry !== null) this.#apply(entry)
    }
    this.#file = path === null ? null : openSync(path, 'a')
    if (known === null) this.#append(JSON.stringify({ ledgerId: this.id }))
    // A line torn by a kill was never acknowledged; what follows it must not stick to it.
    else if (lines.at(-1) !== '') this.#append('')
  }

  /** Keeps an entry; a parked one may be replaced, a booked one never. */
  keep(entry: Entry): void {
    const movements = entry.movements.map(({ product, millionths }) => [product, String(millionths)] as const)
    this.#append(JSON.stringify({ ...entry, movements } satisfies Line))
    this.#apply(entry)
  }

  /** Millionths of a unit; negative once more was sold than came in. */
  stockOf(product: string): bigint {
    return this.#stock.get(product) ?? 0n
  }

  stock(): ReadonlyMap<string, bigint> {
    return this.#stock
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file)
  }

  #apply(entry: Entry): void {
    if (this.entries.get(entry.key)?.state === 'booked') this.twice.add(entry.key)
    this.entries.set(entry.key, entry)
    for (const { product, millionths } of entry.movements)
      this.#stock.set(product, this.stockOf(product) + millionths)
  }

  #append(line: string): void {
    if (this.#file === null) return
    writeSync(this.#file, `${line}\n`)
    fsyncSync(this.#file)
  }
}

function isHead(value: unknown): value is { ledgerId: string } {
  return (
    typeof value === 'object' && value !== null && 'ledgerId' in value && typeof value.ledgerId === 'string'
  )
}

/** Null for a line that a kill has torn. */
function entryIn(text: string): Entry | null {
  let line: Line
  try {
    line = JSON.parse(text)
  } catch {
    return null
  }
  return {
    ...line,
    movements: line.movements.map(([product, millionths]) => ({ product, millionths: BigInt(millionths) })),
  }
}

/** Millionths of a decimal text such as `0.876`; throws for anything else, for a guess would move stock. */
export function millionthsOf(quantity: string): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(quantity) ?? []
  if (whole === undefined) throw new Error(`not a quantity: ${quantity}`)
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
}
