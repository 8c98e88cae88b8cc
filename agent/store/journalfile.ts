/**
 * The file `journal.db`: made, opened, thrown away.
 *
 * Nothing in it is worth a repair: the index follows from the outbox, and the attempts are for looking at. So a file
 * that is damaged, of another schema or of another program is removed and made anew. It is written with
 * `synchronous=NORMAL`: a power cut takes the last seconds at most. The outbox is attached to be read in the same
 * statements and is never written through this connection: every transaction here is deferred, so that it takes no
 * lock there either.
 */
import { chmodSync, closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import type { Database } from './database.ts'
import type { StoreError } from './faults.ts'

/** `CHKJ`. */
const applicationId = 0x43_48_4b_4a
/** Another one than the file's: it is made anew. To be raised with every change of the tables. */
const schemaVersion = 2

/** For the opening alone. Later nobody waits for the journal: what cannot be written at once is written later. */
const busyMs = 100

const schema = `
-- Which outbox this is the index of, and the last of its documents that is in the index.
CREATE TABLE source (
  only    INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  mark    TEXT    NOT NULL,
  top     INTEGER NOT NULL,
  -- The key of the document \`top\`: another one there is another outbox.
  top_key TEXT    NOT NULL
) STRICT;

-- A fiscal drive in a register; there are few.
CREATE TABLE place (
  id       INTEGER PRIMARY KEY,
  storage  TEXT NOT NULL,
  register TEXT NOT NULL,
  UNIQUE (storage, register)
) STRICT;

-- One document of the outbox, under the same id: what it is looked up by. Times are seconds of local time.
CREATE TABLE entry (
  id        INTEGER PRIMARY KEY,
  place     INTEGER NOT NULL,
  number    INTEGER NOT NULL,
  time      INTEGER,
  total     INTEGER,
  type      INTEGER,
  operation INTEGER,
  receipt   INTEGER NOT NULL,
  owed      INTEGER NOT NULL,
  read_at   INTEGER NOT NULL,
  -- 0 whole, 1 only its short record, 2 not in the drive: the last two may be filled later.
  gap       INTEGER NOT NULL
) STRICT;

CREATE INDEX entry_number ON entry (number);
CREATE INDEX entry_time   ON entry (time) WHERE time IS NOT NULL;
CREATE INDEX entry_total  ON entry (total) WHERE total IS NOT NULL;
CREATE INDEX entry_unowed ON entry (owed) WHERE owed = 0;
CREATE INDEX entry_gap    ON entry (gap) WHERE gap > 0;
CREATE INDEX entry_untimed ON entry (gap, time) WHERE gap > 0 AND time IS NULL;

-- What lies in 4096 ids of one place, at least: most walks step over nearly all of them.
CREATE TABLE block (
  block      INTEGER NOT NULL,
  place      INTEGER NOT NULL,
  min_number INTEGER NOT NULL,
  max_number INTEGER NOT NULL,
  min_time   INTEGER,
  max_time   INTEGER,
  min_total  INTEGER,
  max_total  INTEGER,
  PRIMARY KEY (block, place)
) STRICT, WITHOUT ROWID;

-- Receipts read in each hour (milliseconds / 3 600 000).
CREATE TABLE hour (
  hour INTEGER NOT NULL PRIMARY KEY,
  read INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt (
  id       INTEGER PRIMARY KEY,
  storage  TEXT    NOT NULL,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  took_ms  INTEGER NOT NULL,
  status   INTEGER,
  outcome  TEXT    NOT NULL,
  why      TEXT,
  answer   TEXT,
  replay   INTEGER NOT NULL,
  digest   BLOB    NOT NULL,
  bytes    INTEGER NOT NULL
) STRICT;

CREATE INDEX attempt_document ON attempt (storage, number);

PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
`

/** The outbox's file as it is attached. */
export interface Beside {
  readonly database: Database
  /** Tells this outbox's file from any other that may have stood in its place. */
  readonly mark: string
}

/** Does the work in a transaction; made once, for making it costs as much as a small commit. */
export type Together = <Result>(work: () => Result) => Result

/** Deferred: the outbox beside is never locked. */
export function togetherIn(database: Database): Together {
  return database.transaction((work: () => unknown) => work()) as Together
}

/** The file itself is at fault, not the world around it. */
export function isUseless({ fault }: StoreError): boolean {
  return fault === 'damaged' || fault === 'foreign' || fault === 'newer'
}

/** Throws the error of the file system; a folder of such a name is nobody's journal and stays, with all the rest. */
export function removeJournalFile(path: string): void {
  const parts = ['', '-wal', '-shm', '-journal'].map((part) => path + part)
  for (const part of parts) refuseFolder(part)
  for (const part of parts) rmSync(part, { force: true })
}

/** Whether it is a journal of ours that SQLite finds sound by itself, without the outbox beside. */
export function isSound(path: string): boolean {
  const database = new BetterSqlite3(path, { timeout: busyMs, fileMustExist: true })
  try {
    return isOfThisSchema(database) && database.pragma('quick_check(1)', { simple: true }) === 'ok'
  } finally {
    database.close()
  }
}

function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' })
}

/** Opens the journal with the outbox beside it. Throws SQLite's and the file system's errors. */
export function openJournalFile(path: string, outbox: string): Beside {
  if (!existsSync(outbox))
    throw Object.assign(new Error('there is no outbox to look things up in'), { code: 'ENOENT' })
  refuseFolder(path)
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const database = new BetterSqlite3(path, { timeout: busyMs })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    // What a receiver answered must not stay readable in freed parts of the file.
    database.pragma('secure_delete = ON')
    database.pragma('cache_size = -2048')
    database.pragma('journal_size_limit = 16777216')
    database.pragma('trusted_schema = OFF')
    database.pragma('cell_size_check = ON')
    prepareSchema(database, path)
    attach(database, outbox)
    const mark = markOf(database, outbox)
    database.pragma('busy_timeout = 0')
    return { database, mark }
  } catch (error) {
    database.close()
    throw error
  }
}

function prepareSchema(database: Database, path: string): void {
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (isEmpty) database.transaction(() => database.exec(schema))()
  if (!isOfThisSchema(database)) throw damaged(`${path} is not of this schema`)
}

function isOfThisSchema(database: Database): boolean {
  const id = database.pragma('application_id', { simple: true })
  const version = database.pragma('user_version', { simple: true })
  return id === applicationId && version === schemaVersion
}

/** Read only by what is asked of it; should it ever be written, then as durably as the outbox itself. */
function attach(database: Database, outbox: string): void {
  database.prepare('ATTACH ? AS outbox').run(outbox)
  database.pragma('outbox.synchronous = FULL')
  database.pragma('outbox.cache_size = -2048')
}

function markOf(database: Database, outbox: string): string {
  const made = database.prepare('SELECT kind || at FROM outbox.origin').pluck().get()
  return `${made ?? 'unknown'} ${statSync(outbox).ino}`
}

function damaged(message: string): Error {
  return Object.assign(new Error(message), { code: 'SQLITE_NOTADB' })
}
