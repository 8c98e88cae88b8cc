/**
 * One daemon to a directory. The control socket alone cannot tell: two that start at the same moment both find
 * nobody behind it. SQLite's lock on an empty file of its own is the kernel's, so it goes with a killed process.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { asStoreError } from './faults.ts'

/** Holds `path` until disposed of. Throws `StoreError`, with fault `busy` when another process holds it. */
export function holdAlone(path: string): Disposable {
  let database: BetterSqlite3.Database | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    const held = new BetterSqlite3(path, { timeout: 0 })
    database = held
    // In memory, for SQLite would write a journal for the first page, and a full disk must not stop the start.
    held.pragma('journal_mode = MEMORY')
    held.exec('BEGIN EXCLUSIVE')
    return { [Symbol.dispose]: () => void held.close() }
  } catch (error) {
    database?.close()
    throw asStoreError(error)
  }
}
