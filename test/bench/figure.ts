/** What `npm run bench` measures, and the words in which every figure answers. */

/** What a figure is measured with. */
export interface Bench {
  /** Small sizes: everything is run once, the numbers mean nothing. */
  readonly quick: boolean
  /** A folder of its own on the disk that is measured: empty, and removed afterwards. */
  readonly folder: string
  /** Tells whoever waits how far it is; one short line. */
  say(line: string): void
}

/** One number of a figure. */
export interface Row {
  readonly what: string
  readonly value: number
  /** `×`, `ms`, `MB`, `%`; empty for a bare ratio. */
  readonly unit: string
  /** Left out: the number is reported and promises nothing. */
  readonly reach?: Reach
  /** What a reader has to know beside it: the absolute numbers behind a ratio, the sizes. */
  readonly note?: string
}

/** Bounds that belong to the promise. */
export interface Reach {
  readonly least?: number
  readonly most?: number
}

/** One line of the plan: measured in a process of its own, so that no other has warmed or filled it. */
export interface Figure {
  readonly name: string
  /** How it is measured, one sentence. */
  readonly how: string
  /** What is to be reached, in words. */
  readonly reach: string
  measure(bench: Bench): Promise<readonly Row[]>
}

/** Null when nothing is promised; a number that is none reaches nothing. */
export function isReached({ value, reach }: Row): boolean | null {
  if (reach === undefined) return null
  return (
    value >= (reach.least ?? Number.NEGATIVE_INFINITY) && value <= (reach.most ?? Number.POSITIVE_INFINITY)
  )
}

/** The value below which `share` of them lie (nearest rank); throws without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('no values')
  return found
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
