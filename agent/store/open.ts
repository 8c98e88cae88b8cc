/**
 * Opens the outbox, and begins a new one when the file is damaged.
 *
 * The damaged file is set aside under another name and never overwritten: a person may want to look at it. Damage
 * that shows itself while the daemon works (in a statement, or in the nightly check) condemns the file by a mark
 * beside it, so that the next opening sets it aside; the fiscal drives still hold what was in it.
 */
import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import { dirname, parse } from 'node:path'
import type { Origin, Outbox, TimeInside } from '../outbox.ts'
import { text } from '../text.ts'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { replaceFile, syncFolder } from './durable.ts'
import { asStoreError, StoreError } from './faults.ts'
import { SqliteOutbox } from './sqlite.ts'

/** The outbox of a daemon, and what its opening found. */
export interface OpenedOutbox {
  readonly outbox: Outbox
  readonly origin: Origin
  /** Where a damaged file lies now, or null. */
  readonly setAside: string | null
  /** The last process did not close the file: check it beside the work. */
  readonly unclean: boolean
}

/** What an outbox is opened with. */
export interface OutboxOptions extends DatabaseOptions {
  /** Without it a selection by time fails where a document's body would have to be read. */
  readonly timeInside?: TimeInside
}

/** Opens the file as it is. Throws `StoreError`; a damaged file stays where it is. */
export function openOutbox(path: string, options: OutboxOptions = {}): Outbox {
  return outboxOf(openDatabase(path, options), path, options.timeInside)
}

/**
 * Opens the file, or sets it aside and begins a new one. `history` says what else is left of an installation
 * here; it becomes the origin of a file that is made now. `now` in milliseconds names the file set aside.
 */
export function openOutboxOrRebuild(
  path: string,
  history: Origin,
  now: number,
  timeInside?: TimeInside,
): OpenedOutbox {
  const unclean = hasLog(path)
  const setAside = existsSync(markOf(path)) ? setFileAside(path, now) : null
  if (setAside !== null)
    return { ...begin(path, rebuilt(history), now, timeInside), setAside, unclean: false }
  try {
    return { ...begin(path, history, now, timeInside), setAside: null, unclean }
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== 'damaged') throw error
    const damaged = setFileAside(path, now)
    return { ...begin(path, rebuilt(history), now, timeInside), setAside: damaged, unclean: false }
  }
}

/** Marks the file as not to be trusted: the next `openOutboxOrRebuild` sets it aside. Never throws. */
export function condemnOutbox(path: string, why: string): void {
  try {
    replaceFile(markOf(path), `${why}\n`)
  } catch {
    // A disk that cannot take the mark either; the damage will be met again.
  }
}

function markOf(path: string): string {
  return `${path}.condemned`
}

/** Where a damaged file was there was an installation, whatever else is left of it. */
function rebuilt(history: Origin): Origin {
  return history === 'first' ? 'lost' : history
}

function begin(
  path: string,
  history: Origin,
  now: number,
  timeInside?: TimeInside,
): { outbox: Outbox; origin: Origin } {
  const database = openDatabase(path)
  try {
    const outbox = outboxOf(database, path, timeInside)
    outbox.counts() // Walks through every index once: damage there shows itself now.
    return { outbox, origin: originOf(database, history, now) }
  } catch (error) {
    database.close()
    throw asStoreError(error)
  }
}

function outboxOf(database: Database, path: string, timeInside?: TimeInside): Outbox {
  const missing = tables.filter((name) => !hasTable(database, name))
  if (missing.length > 0) {
    database.close()
    const names = missing.join(', ')
    throw new StoreError(
      'damaged',
      text(`В базе нет таблиц: ${names}.`, `The database lacks the tables: ${names}.`),
    )
  }
  return new SqliteOutbox(database, (why) => condemnOutbox(path, why), timeInside)
}

const tables = ['storage', 'document', 'delivery', 'audit', 'origin'] as const

function hasTable(database: Database, name: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined
  )
}

/** The origin the file remembers; a file that remembers none is new. */
function originOf(database: Database, history: Origin, now: number): Origin {
  const read = database.prepare<[], Origin>('SELECT kind FROM origin').pluck()
  const known = read.get()
  if (known !== undefined) return known
  database
    .prepare('INSERT INTO origin (only, kind, at, checked_at) VALUES (1, ?, ?, ?)')
    .run(history, now, now)
  return history
}

/** SQLite removes the write-ahead log when the last connection closes; one that is left tells of a kill. */
function hasLog(path: string): boolean {
  const log = `${path}-wal`
  return existsSync(log) && statSync(log).size > 0
}

/**
 * Links every part under its new name before the first old name goes: cut in between, the damaged file is met
 * again and nothing of it is lost.
 */
function setFileAside(path: string, now: number): string {
  const target = freeName(path, now)
  const parts = ['', '-wal', '-shm'].filter((part) => existsSync(path + part))
  try {
    for (const part of parts) linkSync(path + part, target + part)
    syncFolder(dirname(path))
    for (const part of parts) rmSync(path + part)
    rmSync(markOf(path), { force: true })
    syncFolder(dirname(path))
  } catch (error) {
    throw asStoreError(error)
  }
  return target
}

/** `outbox.damaged-20260821T101500Z.db`, with a number when there is one of that second already. */
function freeName(path: string, now: number): string {
  const { dir, name, ext } = parse(path)
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const names = (count: number) => `${dir}/${name}.damaged-${stamp}${count === 1 ? '' : `-${count}`}${ext}`
  let count = 1
  while (existsSync(names(count))) count++
  return names(count)
}
