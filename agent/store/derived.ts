/**
 * What is held in memory and could be counted from the rows at any time: the gaps of each drive and the numbers
 * of documents in each state. When another process has written, or a write of ours has failed, it is forgotten.
 */
import { Coverage, type Gap } from './coverage.ts'
import type { Database } from './database.ts'
import { Statements } from './statements.ts'
import { Tallies } from './tally.ts'

/** How many numbers from `first` on are kept, and the highest. By the unique index alone. */
export const coverageQuery =
  'SELECT count(*) AS n, max(number) AS top FROM document WHERE storage = ? AND number >= ?'

/** The gaps between the numbers from `first` on. */
export const gapsQuery = `SELECT before + 1 AS "from", number - 1 AS "to" FROM (
    SELECT number, lag(number, 1, :first - 1) OVER (ORDER BY number) AS before
    FROM document WHERE storage = :storage AND number >= :first)
  WHERE number > before + 1`

export class Derived {
  readonly #database: Database
  readonly #statements: Statements
  #coverages = new Map<string, Coverage>()
  #tallies: Tallies | null = null
  #dataVersion: number | null = null

  constructor(database: Database) {
    this.#database = database
    this.#statements = new Statements(database)
  }

  /** Throws for a drive that has not begun: nobody knows what of it is ours. */
  coverage(storage: string): Coverage {
    if (!this.#database.inTransaction) this.#noticeOthers()
    const found = this.#coverages.get(storage)
    if (found !== undefined) return found
    const made = this.#deriveCoverage(storage)
    this.#coverages.set(storage, made)
    return made
  }

  tallies(): Tallies {
    if (!this.#database.inTransaction) this.#noticeOthers()
    this.#tallies ??= new Tallies(this.#database)
    return this.#tallies
  }

  /** The first thing in every transaction that writes: from here to its end nobody else can. */
  begin(): void {
    this.#noticeOthers()
    this.tallies()
  }

  added(storage: string, number: number): void {
    this.#coverages.get(storage)?.add(number)
  }

  forget(): void {
    this.#coverages = new Map()
    this.#tallies = null
  }

  #deriveCoverage(storage: string): Coverage {
    const first = this.#statements.number('SELECT first FROM storage WHERE storage = ?', storage)
    if (first === null) throw new Error(`the drive ${storage} has not begun`)
    const kept = this.#statements.one<{ n: number; top: number | null }>(coverageQuery, storage, first)
    const top = kept?.top ?? first - 1
    const whole = kept?.n === top - first + 1
    return new Coverage(first, top, whole ? [] : this.#statements.all<Gap>(gapsQuery, { storage, first }))
  }

  /** `PRAGMA data_version` changes when another connection has committed. */
  #noticeOthers(): void {
    const version = this.#statements.number('PRAGMA data_version')
    if (version !== this.#dataVersion) this.forget()
    this.#dataVersion = version
  }
}
