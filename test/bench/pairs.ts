/** Two pieces of work compared within one run: by turns, so that whatever disturbs the machine disturbs both. */
import { median } from './figure.ts'

export interface Compared {
  /** The time of the first over that of the second: the median of the pairs' own ratios. */
  readonly ratio: number
  /** Medians of a whole piece, milliseconds. */
  readonly firstMs: number
  readonly secondMs: number
}

/** Does both pieces `pairs` times, each time beginning with the other one. */
export function compare(pairs: number, first: () => void, second: () => void): Compared {
  const times = Array.from({ length: pairs }, (_, i) => {
    if (i % 2 === 0) return { first: timeOf(first), second: timeOf(second) }
    const secondMs = timeOf(second)
    return { first: timeOf(first), second: secondMs }
  })
  return {
    ratio: median(times.map((pair) => pair.first / pair.second)),
    firstMs: median(times.map((pair) => pair.first)),
    secondMs: median(times.map((pair) => pair.second)),
  }
}

function timeOf(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}
