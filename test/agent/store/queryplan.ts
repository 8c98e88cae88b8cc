import type { Database } from '../../../agent/store/database.ts'

/** The steps of SQLite's own plan; parameters are bound to null, which changes no plan. */
export function planOf(database: Database, sql: string): string[] {
  const named = [...new Set(sql.match(/:\w+/g) ?? [])].map((name) => [name.slice(1), null])
  const places = sql.match(/\?/g) ?? []
  const values = named.length > 0 ? [Object.fromEntries(named)] : places.map(() => null)
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
  return rows.map((row) => String((row as { detail: unknown }).detail))
}
