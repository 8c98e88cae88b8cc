/** What is fuzzed: something that takes any bytes, and the judge of what came of it. */

/** The program did what it must never do; thrown by a target's judge. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** Throws `Wrong` unless `claim` holds. */
export function must(claim: boolean, otherwise: string | (() => string)): asserts claim {
  if (!claim) throw new Wrong(typeof otherwise === 'string' ? otherwise : otherwise())
}

/** Runs `work`; an error of one of the documented kinds gives null, any other is thrown. */
export function orDocumented<Result>(
  work: () => Result,
  ...kinds: readonly (new (
    ...args: never[]
  ) => Error)[]
): Result | null {
  try {
    return work()
  } catch (error) {
    if (kinds.some((kind) => error instanceof kind)) return null
    throw error
  }
}

/** One thing to fuzz. */
export interface Target {
  readonly name: string
  /** The compiled module that must be reached, e.g. `drivers/shtrih/frame.js`: no branch of it taken, no proof. */
  readonly main: string
  /** Inputs do not grow longer. */
  readonly longest: number
  /** `text` adds what hands do to text files, `tlv` what damage does to elements that begin at a fixed place. */
  readonly shape: 'bytes' | 'text' | { readonly tlvFrom: number }
  seeds(): Iterable<Uint8Array>
  /** What to write into inputs, besides the literals of the code itself. */
  readonly words?: readonly Uint8Array[]
  /** Makes checksums right again, so that damage gets past them; gives null when there is nothing to mend. */
  repair?(input: Uint8Array): Uint8Array | null
  /** Throws, or rejects, when the promise is broken. */
  run(input: Uint8Array): void | Promise<void>
}
