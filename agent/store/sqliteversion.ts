/** The version of SQLite that is linked in, asked of a database that lives for this one question. */
import BetterSqlite3 from 'better-sqlite3'

export function sqliteVersion(): string {
  const database = new BetterSqlite3(':memory:')
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get())
  } finally {
    database.close()
  }
}
