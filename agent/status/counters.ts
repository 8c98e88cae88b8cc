/**
 * What only grows while the daemon runs, as plain numbers. Nothing here outlives the process: whoever scrapes it
 * expects a counter to begin anew at a restart, and takes that for what it is.
 */

/** As in `Settlement`; every other word counts as `other`, so that no label grows without bound. */
export const attemptOutcomes = [
  'accepted',
  'acceptedParked',
  'ignored',
  'retry',
  'park',
  'stopDestination',
  'other',
] as const

export type AttemptOutcome = (typeof attemptOutcomes)[number]

/** Upper bounds in seconds: from a receiver next door to one that answers at its time limit. */
export const durationBuckets: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** The attempts of one register to deliver. */
export interface AttemptCounts {
  readonly outcomes: Readonly<Record<AttemptOutcome, number>>
  /** How many took no longer than the bucket of the same place, each counted in one place; the last is beyond all. */
  readonly durations: readonly number[]
  readonly seconds: number
}

interface Kept extends AttemptCounts {
  readonly outcomes: Record<AttemptOutcome, number>
  readonly durations: number[]
  seconds: number
}

export class Counters {
  readonly #attempts = new Map<string, Kept>()

  /** `tookMs` is of the wall clock: one that was put back meanwhile counts as no time at all. */
  attempted(register: string, outcome: string, tookMs: number): void {
    const kept = this.#of(register)
    kept.outcomes[known(outcome)]++
    const seconds = Math.max(0, tookMs) / 1000
    const place = durationBuckets.findIndex((bound) => seconds <= bound)
    const at = place < 0 ? durationBuckets.length : place
    kept.durations[at] = (kept.durations[at] ?? 0) + 1
    kept.seconds += seconds
  }

  /** All zero for a register that has sent nothing yet. */
  attempts(register: string): AttemptCounts {
    return this.#attempts.get(register) ?? none()
  }

  #of(register: string): Kept {
    const found = this.#attempts.get(register)
    if (found !== undefined) return found
    const made = none()
    this.#attempts.set(register, made)
    return made
  }
}

function known(outcome: string): AttemptOutcome {
  return attemptOutcomes.find((one) => one === outcome) ?? 'other'
}

function none(): Kept {
  return {
    outcomes: {
      accepted: 0,
      acceptedParked: 0,
      ignored: 0,
      retry: 0,
      park: 0,
      stopDestination: 0,
      other: 0,
    },
    durations: new Array<number>(durationBuckets.length + 1).fill(0),
    seconds: 0,
  }
}
