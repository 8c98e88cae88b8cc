/** Prepared statements by their text, each made once. Row types are those of the query that stands beside the call. */
import type BetterSqlite3 from 'better-sqlite3'
import type { Database } from './database.ts'

export type Value = string | number | Uint8Array | null

/** `:name` in the text takes the value of that name; positional `?` take values one by one. */
export type Bound = Value | Readonly<Record<string, Value>>

export class Statements {
  readonly #database: Database
  readonly #prepared = new Map<string, BetterSqlite3.Statement<unknown[], unknown>>()

  constructor(database: Database) {
    this.#database = database
  }

  all<Row>(sql: string, ...values: readonly Bound[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[]
  }

  one<Row>(sql: string, ...values: readonly Bound[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined
  }

  /** The first column of the only row as a number; null when there is no row or it holds NULL. */
  number(sql: string, ...values: readonly Bound[]): number | null {
    const row = this.one<Record<string, unknown>>(sql, ...values) ?? {}
    const [value] = Object.values(row)
    return value === null || value === undefined ? null : Number(value)
  }

  run(sql: string, ...values: readonly Bound[]): BetterSqlite3.RunResult {
    return this.#prepare(sql).run(...values)
  }

  #prepare(sql: string): BetterSqlite3.Statement<unknown[], unknown> {
    const found = this.#prepared.get(sql)
    if (found !== undefined) return found
    const made = this.#database.prepare<unknown[], unknown>(sql)
    this.#prepared.set(sql, made)
    return made
  }
}
