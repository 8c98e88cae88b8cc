/** How many documents of each register are in which state: counted once, then kept in step with every write. */
import type { Database } from './database.ts'

/** The state of a delivery; `none` when nothing is owed for the document. */
export type DeliveryState = 'waiting' | 'parked' | 'accepted' | 'none'

export interface Tally {
  documents: number
  withoutBytes: number
  waiting: number
  parked: number
  accepted: number
}

const emptyTally: Readonly<Tally> = { documents: 0, withoutBytes: 0, waiting: 0, parked: 0, accepted: 0 }

/** Each walks through an index only (see the test of the query plans), one time after opening. */
export const tallyQueries: Readonly<Record<keyof Tally, string>> = {
  documents: 'SELECT register, count(*) AS n FROM document GROUP BY register',
  withoutBytes:
    "SELECT register, count(*) AS n FROM document WHERE format IN ('summary', 'absent') GROUP BY register",
  waiting: 'SELECT register, count(*) AS n FROM delivery WHERE due_at IS NOT NULL GROUP BY register',
  parked:
    'SELECT register, count(*) AS n FROM delivery WHERE due_at IS NULL AND settled_at IS NULL GROUP BY register',
  accepted: 'SELECT register, count(*) AS n FROM delivery WHERE settled_at IS NOT NULL GROUP BY register',
}

export class Tallies {
  readonly #byRegister = new Map<string, Tally>()

  constructor(database: Database) {
    for (const key of Object.keys(tallyQueries) as (keyof Tally)[])
      for (const { register, n } of database
        .prepare<[], { register: string; n: number }>(tallyQueries[key])
        .all())
        this.of(register)[key] = n
  }

  get registers(): string[] {
    return [...this.#byRegister.keys()]
  }

  /** The live counts of one register. */
  of(register: string): Tally {
    const found = this.#byRegister.get(register)
    if (found !== undefined) return found
    const made = { ...emptyTally }
    this.#byRegister.set(register, made)
    return made
  }

  /** Copies: of one register, or summed over all. */
  sum(register?: string): Tally {
    const sum = { ...emptyTally }
    for (const [name, tally] of this.#byRegister) {
      if (register !== undefined && name !== register) continue
      for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key]
    }
    return sum
  }

  moved(register: string, from: DeliveryState, to: DeliveryState): void {
    const tally = this.of(register)
    if (from !== 'none') tally[from]--
    if (to !== 'none') tally[to]++
  }
}
