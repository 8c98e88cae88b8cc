/**
 * Opens the outbox, and begins a new one when the file is damaged.
 *
 * The damaged file is set aside under another name and never overwritten: a person may want to look at it. Damage
 * that shows itself while the daemon works (in a statement, or in the nightly check) condemns the file by a mark
 * beside it, so that the next opening sets it aside; the fiscal drives still hold what was in it. The mark goes aside
 * with the file and stays there until the new one is in use: on a full disk that may be many openings later.
 */
import { existsSync, linkSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, parse } from 'node:path'
import type { Origin, Outbox, TimeInside } from '../outbox.ts'
import { text } from '../text.ts'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { replaceFile, syncFolder } from './durable.ts'
import { asStoreError, codeOf, StoreError } from './faults.ts'
import { SqliteOutbox } from './sqlite.ts'

/** The outbox of a daemon, and what its opening found. */
export interface OpenedOutbox {
  readonly outbox: Outbox
  readonly origin: Origin
  /** There was no file, or none with anything in it. */
  readonly isNew: boolean
  /** Where a damaged file lies now that nobody was told of (`tellSetAside`), or null. */
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
  const open = (): OpenedOutbox => {
    const unclean = hasLog(path)
    const aside = untold(path)
    const begun = begin(path, aside.length > 0 ? rebuilt(history) : history, now, timeInside)
    return { ...begun, setAside: aside.findLast((name) => existsSync(name)) ?? null, unclean }
  }
  if (existsSync(markOf(path))) setFileAside(path, now)
  try {
    return open()
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== 'damaged') throw error
    condemn(path, error.message)
    setFileAside(path, now)
    return open()
  }
}

/** To be called when the new outbox is in use and a person is told: the next opening says no more of what is aside. */
export function tellSetAside(path: string): void {
  for (const aside of untold(path)) rmSync(markOf(aside), { force: true })
}

/** Marks the file as not to be trusted: the next `openOutboxOrRebuild` sets it aside. Never throws. */
export function condemnOutbox(path: string, why: string): void {
  try {
    condemn(path, why)
  } catch {
    // A disk that cannot take the mark either; the damage will be met again.
  }
}

/** Throws `StoreError`. */
function condemn(path: string, why: string): void {
  try {
    replaceFile(markOf(path), `${why}\n`)
  } catch (error) {
    throw asStoreError(error)
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
): Pick<OpenedOutbox, 'outbox' | 'origin' | 'isNew'> {
  const database = openDatabase(path)
  try {
    const outbox = outboxOf(database, path, timeInside)
    outbox.counts() // Walks through every index once: damage there shows itself now.
    return { outbox, ...originOf(database, history, now) }
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
function originOf(database: Database, history: Origin, now: number): Pick<OpenedOutbox, 'origin' | 'isNew'> {
  const read = database.prepare<[], Origin>('SELECT kind FROM origin').pluck()
  const known = read.get()
  if (known !== undefined) return { origin: known, isNew: false }
  database
    .prepare('INSERT INTO origin (only, kind, at, checked_at) VALUES (1, ?, ?, ?)')
    .run(history, now, now)
  return { origin: history, isNew: true }
}

/** SQLite removes the write-ahead log when the last connection closes; one that is left tells of a kill. */
function hasLog(path: string): boolean {
  const log = `${path}-wal`
  return existsSync(log) && statSync(log).size > 0
}

/**
 * Links every part and the mark under its new name before the first old name goes, and the old mark last: cut in
 * between, the damaged file is met again, and nothing of it is lost, nor that it was damaged.
 */
function setFileAside(path: string, now: number): void {
  const target = freeName(path, now)
  const parts = ['', '-wal', '-shm', markOf('')].filter((part) => existsSync(path + part))
  try {
    for (const part of parts) linkSync(path + part, target + part)
    syncFolder(dirname(path))
    for (const part of parts) rmSync(path + part)
    syncFolder(dirname(path))
  } catch (error) {
    throw asStoreError(error)
  }
}

/** The files set aside, the newest last, whose mark still lies beside them. */
function untold(path: string): string[] {
  const { dir, name, ext } = parse(path)
  try {
    return readdirSync(dir)
      .filter((file) => file.startsWith(`${name}.damaged-`) && file.endsWith(markOf(ext)))
      .map((file) => `${dir}/${file.slice(0, -markOf('').length)}`)
      .sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [] // The directory is made with the outbox.
    throw asStoreError(error)
  }
}

/** `outbox.damaged-20260821T101500Z.db`, with a number when there is one of that second already. */
function freeName(path: string, now: number): string {
  const { dir, name, ext } = parse(path)
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const names = (count: number) => `${dir}/${name}.damaged-${stamp}${count === 1 ? '' : `-${count}`}${ext}`
  let count = 1
  while (existsSync(names(count)) || existsSync(markOf(names(count)))) count++
  return names(count)
}
