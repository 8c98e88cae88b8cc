/**
 * Which branches a run took. Every rewritten module asks for a piece of one map of counters when it is loaded; a run
 * that takes a new branch, or a known one a new number of times, is worth keeping (the idea of AFL's edge map).
 */

/** Where rewritten code finds the map. */
export const edgesKey = 'chekpostEdges'

/** More branches than the whole program has. */
const most = 1 << 16

/** One module's piece of the map. */
export interface Piece {
  readonly name: string
  readonly from: number
  readonly count: number
}

export class Edges {
  readonly counts = new Uint32Array(most)
  readonly pieces: Piece[] = []
  /** Texts and numbers of the rewritten code: what it compares its input with. */
  readonly literals = new Set<string | number>()
  readonly #seen = new Uint8Array(most)
  #used = 0
  #found = 0

  /** Branches that were taken at least once. */
  get found(): number {
    return this.#found
  }

  /** All branches there are. */
  get all(): number {
    return this.#used
  }

  /** Lets modules that are loaded from now on count into this map. */
  install(): this {
    Object.assign(globalThis, {
      [edgesKey]: (name: string, count: number, literals: readonly (string | number)[]) =>
        this.#add(name, count, literals),
    })
    return this
  }

  #add(name: string, count: number, literals: readonly (string | number)[]): Uint32Array {
    const from = this.#used
    this.#used += count
    if (this.#used > most) throw new RangeError('more branches than the map holds')
    this.pieces.push({ name, from, count })
    for (const literal of literals) this.literals.add(literal)
    return this.counts.subarray(from, this.#used)
  }

  clear(): void {
    this.counts.fill(0, 0, this.#used)
  }

  /** Takes in what the last run did and clears it; true when something about it was new. */
  takeIn(): boolean {
    const { counts } = this
    const seen = this.#seen
    let isNew = false
    for (let i = 0; i < this.#used; i++) {
      const count = counts[i] ?? 0
      if (count === 0) continue
      counts[i] = 0
      const known = seen[i] ?? 0
      const kind = classOf(count)
      if ((known & kind) !== 0) continue
      if (known === 0) this.#found++
      seen[i] = known | kind
      isNew = true
    }
    return isNew
  }

  /** The branches of the last run with their classes, as numbers that can be compared; clears the run. */
  trace(): number[] {
    const found: number[] = []
    for (let i = 0; i < this.#used; i++) {
      const count = this.counts[i] ?? 0
      if (count > 0) found.push(i * 256 + classOf(count))
    }
    this.clear()
    return found
  }

  /** How many branches of the modules whose name ends so were taken. */
  foundIn(ending: string): number {
    let found = 0
    for (const { name, from, count } of this.pieces)
      if (name.endsWith(ending))
        for (let i = from; i < from + count; i++) if ((this.#seen[i] ?? 0) > 0) found++
    return found
  }
}

/** 1, 2, 3, 4–7, 8–15, 16–31, 32–127 and more: one bit each. */
function classOf(count: number): number {
  if (count < 4) return count === 3 ? 4 : count
  if (count < 8) return 8
  if (count < 16) return 16
  if (count < 32) return 32
  return count < 128 ? 64 : 128
}
