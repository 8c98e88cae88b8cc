/**
 * Receipts read and delivered in each of the last 24 hours.
 *
 * What was read is counted when it is indexed. What was delivered is counted in the outbox's own index: a finished
 * hour once, and then one of them anew with every question, for a replay or an import may change the past; of the
 * hour that runs only its last seconds. So a question costs the same after a quiet day and after a million today.
 */
import type { HourCount } from '../journal.ts'
import type { Database } from './database.ts'
import { hourOf } from './journalindex.ts'
import { Statements } from './statements.ts'

const hourMs = 3_600_000
const hoursShown = 24
/** What was settled in the last seconds is counted anew: a commit may be dated a moment before it is seen. */
const unsettledMs = 5_000

/** By `delivery_settled` alone. */
export const deliveredQuery = `SELECT count(*) FROM outbox.delivery
  WHERE register = ? AND aged = ? AND settled_at >= ? AND settled_at < ?`

/** The states of age that a delivery may be in. */
const ages = [0, 1, 2] as const

export class Hours {
  readonly #statements: Statements
  readonly #registers: () => readonly string[]
  readonly #finished = new Map<number, number>()
  /** Of the hour that runs: what was settled before `until`. */
  #running = { hour: -1, until: 0, delivered: 0 }
  #turn = 0

  constructor(database: Database, registers: () => readonly string[]) {
    this.#statements = new Statements(database)
    this.#registers = registers
  }

  last(now: number): HourCount[] {
    const current = hourOf(now)
    const first = current - hoursShown + 1
    for (const hour of this.#finished.keys()) if (hour < first || hour >= current) this.#finished.delete(hour)
    this.#turn = (this.#turn + 1) % (hoursShown - 1)
    this.#finished.delete(first + this.#turn)
    const read = this.#read(first)
    return Array.from({ length: hoursShown }, (_, i) => {
      const hour = first + i
      const delivered = hour === current ? this.#deliveredNow(hour, now) : this.#deliveredIn(hour)
      return { from: hour * hourMs, read: read.get(hour) ?? 0, delivered }
    })
  }

  /** Nothing of before is believed: the outbox was exchanged. */
  reset(): void {
    this.#finished.clear()
    this.#running = { hour: -1, until: 0, delivered: 0 }
  }

  #read(first: number): Map<number, number> {
    const sql = 'SELECT hour, read FROM hour WHERE hour >= ? AND hour < ?'
    const rows = this.#statements.all<{ hour: number; read: number }>(sql, first, first + hoursShown)
    return new Map(rows.map(({ hour, read }) => [hour, read]))
  }

  #deliveredIn(hour: number): number {
    const known = this.#finished.get(hour)
    if (known !== undefined) return known
    const counted = this.#count(hour * hourMs, (hour + 1) * hourMs)
    this.#finished.set(hour, counted)
    return counted
  }

  #deliveredNow(hour: number, now: number): number {
    const begin = hour * hourMs
    // Another hour, or a clock that was put back.
    if (this.#running.hour !== hour || this.#running.until > now)
      this.#running = { hour, until: begin, delivered: 0 }
    const until = Math.max(this.#running.until, now - unsettledMs)
    const delivered = this.#running.delivered + this.#count(this.#running.until, until)
    this.#running = { hour, until, delivered }
    return delivered + this.#count(until, begin + hourMs)
  }

  #count(from: number, before: number): number {
    if (before <= from) return 0
    let sum = 0
    for (const register of this.#registers())
      for (const aged of ages)
        sum += this.#statements.number(deliveredQuery, register, aged, from, before) ?? 0
    return sum
  }
}
