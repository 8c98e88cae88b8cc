/**
 * How many documents of each register are in which state, and when the last of them was read: counted once, then
 * kept in step with every write.
 */
import type { Database } from './database.ts'

/** The state of a delivery; `none` when nothing is owed for the document. */
export type DeliveryState = 'waiting' | 'parked' | 'accepted' | 'none'

type Counted = DeliveryState | 'withoutBytes'

/** What is kept of one register. */
interface Tally extends Record<Counted, number> {
  lastReadAt: number | null
}

/** What is told of one register, or of all. */
export interface TallySum extends Readonly<Record<Exclude<Counted, 'none'>, number>> {
  readonly documents: number
  readonly lastReadAt: number | null
}

/** Each walks through an index only (see the test of the query plans), one time after opening. */
export const tallyQueries: Readonly<Record<Counted, string>> = {
  none: 'SELECT register, count(*) AS n FROM document WHERE owed = 0 GROUP BY register',
  withoutBytes:
    "SELECT register, count(*) AS n FROM document WHERE format IN ('summary', 'absent') GROUP BY register",
  waiting: 'SELECT register, count(*) AS n FROM delivery WHERE due_at IS NOT NULL GROUP BY register',
  parked:
    'SELECT register, count(*) AS n FROM delivery WHERE due_at IS NULL AND settled_at IS NULL GROUP BY register',
  accepted: 'SELECT register, count(*) AS n FROM delivery WHERE settled_at IS NOT NULL GROUP BY register',
}

/** The newest document of every drive. */
export const lastReadQuery = `SELECT d.register, d.read_at FROM storage s CROSS JOIN document d
  ON d.storage = s.storage AND d.number = (SELECT max(number) FROM document WHERE storage = s.storage)`

export class Tallies {
  readonly #byRegister = new Map<string, Tally>()

  constructor(database: Database) {
    for (const key of Object.keys(tallyQueries) as Counted[])
      for (const { register, n } of database
        .prepare<[], { register: string; n: number }>(tallyQueries[key])
        .all())
        this.#of(register)[key] = n
    for (const { register, read_at } of database
      .prepare<[], { register: string; read_at: number }>(lastReadQuery)
      .all())
      this.read(register, read_at)
  }

  get registers(): string[] {
    return [...this.#byRegister.keys()]
  }

  /** Of one register, or summed over all. */
  sum(register?: string): TallySum {
    const one = register === undefined ? undefined : this.#byRegister.get(register)
    const tallies = register === undefined ? [...this.#byRegister.values()] : one === undefined ? [] : [one]
    const sum = (key: Counted) => tallies.reduce((so, tally) => so + tally[key], 0)
    const [waiting, parked, accepted] = [sum('waiting'), sum('parked'), sum('accepted')]
    return {
      ...{ waiting, parked, accepted, withoutBytes: sum('withoutBytes') },
      documents: sum('none') + waiting + parked + accepted,
      lastReadAt: tallies.reduce<number | null>((so, { lastReadAt }) => later(so, lastReadAt), null),
    }
  }

  /** A document of this register was read then. */
  read(register: string, at: number): void {
    const tally = this.#of(register)
    tally.lastReadAt = later(tally.lastReadAt, at)
  }

  add(register: string, what: Counted, by: 1 | -1): void {
    this.#of(register)[what] += by
  }

  moved(register: string, from: DeliveryState, to: DeliveryState): void {
    const tally = this.#of(register)
    tally[from]--
    tally[to]++
  }

  #of(register: string): Tally {
    const found = this.#byRegister.get(register)
    if (found !== undefined) return found
    const made = { none: 0, waiting: 0, parked: 0, accepted: 0, withoutBytes: 0, lastReadAt: null }
    this.#byRegister.set(register, made)
    return made
  }
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
