/** The coverage-guided loop: change an input, run it, keep it when it took a new way. The same seed gives the same run. */
import { performance } from 'node:perf_hooks'
import { Dice } from './dice.ts'
import type { Edges } from './edges.ts'
import { mutate, type Pantry, wordsOf } from './mutate.ts'
import type { Target } from './target.ts'

/** An input that broke a promise. */
export interface Finding {
  readonly target: string
  readonly input: Uint8Array
  /** The error with its first lines of stack, or `hang`. */
  readonly what: string
  /** Equal for findings that are likely to be the same. */
  readonly key: string
}

export interface LoopOptions {
  readonly seed: number
  readonly runs: number
  /** Milliseconds; the runs end earlier when they are over. */
  readonly forMs: number
  /** Without guidance: every input counts the same and none is kept. To see what the guidance is worth. */
  readonly blind: boolean
}

export interface LoopState {
  readonly runs: number
  readonly edges: number
  readonly corpus: number
}

/** Told of what happens; `begin` before every single run, so that a hang leaves its input behind. */
export interface Witness {
  begin(input: Uint8Array): void
  found(finding: Finding): void
  progress(state: LoopState): void
}

/** More different findings than anybody reads. */
const mostFindings = 25
const progressMs = 1_000

// Taken before any target installs a clock of its own.
const realNow = performance.now.bind(performance)

export class Loop {
  readonly #target: Target
  readonly #edges: Edges
  readonly #witness: Witness
  readonly #corpus: Uint8Array[] = []
  readonly #keys = new Set<string>()
  #runs = 0

  constructor(target: Target, edges: Edges, witness: Witness) {
    this.#target = target
    this.#edges = edges
    this.#witness = witness
  }

  get state(): LoopState {
    return { runs: this.#runs, edges: this.#edges.found, corpus: this.#corpus.length }
  }

  /** The inputs that were worth keeping, in the order in which they were found. */
  get corpus(): readonly Uint8Array[] {
    return this.#corpus
  }

  /** Runs seeds and corpus once, then changed inputs until the runs or the time are over. */
  async run(begin: Iterable<Uint8Array>, { seed, runs, forMs, blind }: LoopOptions): Promise<LoopState> {
    const until = realNow() + forMs
    let tell = realNow() + progressMs
    for (const input of begin) {
      await this.#try(input)
      this.#keep(input)
    }
    const started = this.#corpus.length
    const dice = new Dice(seed)
    const pantry: Pantry = {
      dice,
      words: [...(this.#target.words ?? []), ...wordsOf(this.#edges.literals)],
      other: () => dice.oneOf(this.#corpus) ?? new Uint8Array(),
    }
    while (this.#runs < runs && this.#keys.size < mostFindings) {
      if (this.#runs % 64 === 0 && realNow() > until) break
      const input = mutate(this.#choose(dice, started), this.#target, pantry)
      if ((await this.#try(input)) && !blind) this.#keep(input)
      if (this.#runs % 64 !== 0 || realNow() < tell) continue
      tell = realNow() + progressMs
      this.#witness.progress(this.state)
    }
    return this.state
  }

  /** One run of one input; the error it ends with, or null. */
  async attempt(input: Uint8Array): Promise<unknown> {
    this.#witness.begin(input)
    // Mutators use the program's own parts, too.
    this.#edges.clear()
    try {
      const running = this.#target.run(input)
      // Targets that do not wait are not made to wait for a microtask either.
      if (running !== undefined) await running
      return null
    } catch (error) {
      return error ?? new Error('threw nothing')
    }
  }

  /** True when it took a way that none took before. */
  async #try(input: Uint8Array): Promise<boolean> {
    this.#runs++
    const error = await this.attempt(input)
    if (error !== null) this.#report(input, error)
    return this.#edges.takeIn()
  }

  #report(input: Uint8Array, error: unknown): void {
    const { what, key } = describe(error)
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    this.#witness.found({ target: this.#target.name, input: input.slice(), what, key })
  }

  #keep(input: Uint8Array): void {
    this.#corpus.push(input.slice())
  }

  /** Half of the time one that was found lately: there the way is still open. */
  #choose(dice: Dice, started: number): Uint8Array {
    const { length } = this.#corpus
    const recent = Math.max(1, Math.min(64, length - started))
    const at = dice.once(2) ? length - 1 - dice.whole(recent) : dice.whole(length)
    return this.#corpus[at] ?? new Uint8Array()
  }
}

function describe(error: unknown): { what: string; key: string } {
  if (!(error instanceof Error)) return { what: `threw ${String(error)}`, key: 'no error' }
  const place = /\bdist\/((?:agent|drivers|test\/fuzz)\/[\w./-]+:\d+)/.exec(error.stack ?? '')?.[1] ?? ''
  const what = (error.stack ?? error.message).split('\n').slice(0, 6).join('\n').slice(0, 2_000)
  return { what, key: `${error.name}: ${error.message.replace(/[\d"'].*/s, '').slice(0, 80)} ${place}` }
}
