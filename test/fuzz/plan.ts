/** How the runs of a full fuzzing are shared out. */
import type { Job } from './job.ts'

/** What is asked for; null means the full run. */
export interface Wanted {
  readonly targets: readonly string[]
  readonly runs: number | null
  readonly forMs: number | null
  readonly seed: number
  readonly blind: boolean
  readonly distil: boolean
}

/** Runs of the full run, the longest targets first: ten million and more, most of them where they are cheap. */
export const fullRuns: Readonly<Record<string, number>> = {
  documents: 1_050_000,
  talks: 16_000,
  frames2: 2_000_000,
  peers: 60_000,
  completeness: 2_000_000,
  transcripts: 60_000,
  frames1: 3_000_000,
  hid: 1_000_000,
  codes: 1_000_000,
  answers: 300_000,
  qr: 300_000,
  taxjson: 60_000,
  config: 8_000,
  imports: 40_000,
}

/** One job is no longer than this share of a target's runs, so that no core waits for the other at the end. */
const shares = 2

/** The jobs, the longest first. The same wishes give the same jobs. */
export function plan({ targets, runs, forMs, seed, blind, distil }: Wanted): Job[] {
  const order = Object.keys(fullRuns)
  const longestFirst = [...targets].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return longestFirst.flatMap((target) =>
    Array.from({ length: distil || runs !== null ? 1 : shares }, (_, share) => ({
      target,
      seed: seed + share * 1_000_003,
      runs: forMs !== null ? Number.MAX_SAFE_INTEGER : (runs ?? Math.ceil((fullRuns[target] ?? 0) / shares)),
      forMs: forMs === null ? Number.POSITIVE_INFINITY : forMs / targets.length,
      blind,
      replay: null,
      distil,
    })),
  )
}
