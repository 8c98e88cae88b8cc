/**
 * Opens the SQLite file: rights, pragmas, migrations.
 *
 * better-sqlite3 compiles WAL's default to `synchronous=NORMAL`, which loses committed rows in a power cut; a
 * second opening of the same file falls back to it unless told otherwise. So FULL is set, and read back, on
 * every opening.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { text } from '../text.ts'
import { asStoreError, StoreError } from './faults.ts'

export type Database = BetterSqlite3.Database

/** `CHKP`: tells our file from another program's (sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x43_48_4b_50

/** Before it WAL could be corrupted by a checkpoint racing a reset (sqlite.org/wal.html, "the WAL-reset bug"). */
const oldestSqlite = [3, 51, 3] as const

/** How long a call waits for another process to end its write. */
const busyMs = 5_000

export interface DatabaseOptions {
  /** Refuse, with fault `absent`, to make a new file. */
  readonly mustExist?: boolean
}

/** Opens and brings the file to the newest schema. Throws `StoreError`. */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  if (options.mustExist && !existsSync(path))
    throw new StoreError(
      'absent',
      text(
        `Базы ${path} ещё нет. Запустите службу: systemctl start chekpost`,
        `There is no database ${path} yet. Start the daemon: systemctl start chekpost`,
      ),
    )
  let database: Database | undefined
  try {
    prepareFile(path)
    database = new BetterSqlite3(path, { timeout: busyMs })
    demandSqlite(String(database.prepare('SELECT sqlite_version()').pluck().get()))
    demandOurs(database, path)
    applyPragmas(database)
    migrate(database, path)
    return database
  } catch (error) {
    database?.close()
    throw asStoreError(error)
  }
}

/** SQLite gives `-wal` and `-shm` the rights of the file itself, so the file is made before SQLite sees it. */
function prepareFile(path: string): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const network = networkFileSystem(statfsSync(folder).type)
  if (network !== null)
    throw new StoreError(
      'unsafe',
      text(
        `Каталог ${folder} лежит на сетевом диске (${network}): база там не надёжна. Укажите в stateDir каталог на диске этого компьютера.`,
        `The directory ${folder} is on a network disk (${network}), where the database is not safe. Set stateDir to a disk of this PC.`,
      ),
    )
  keepPrivate(folder)
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

/** Receipts name buyers: the folder is nobody else's. A shared (sticky) folder such as /tmp is left as it is. */
function keepPrivate(folder: string): void {
  const { mode, uid } = statSync(folder)
  const open = (mode & 0o077) !== 0 && (mode & 0o1000) === 0
  if (open && uid === process.getuid?.()) chmodSync(folder, 0o700)
}

/** The name of a network file system by its magic number (statfs(2), linux/magic.h), or null. */
export function networkFileSystem(type: number): string | null {
  const names: Readonly<Record<number, string>> = {
    26985: 'NFS',
    4283649346: 'CIFS',
    4266872130: 'SMB',
    20859: 'SMB',
    16914839: '9P',
    12805120: 'Ceph',
    1397113167: 'AFS',
  }
  return names[type >>> 0] ?? null
}

/** Throws `unsafe` for a library older than 3.51.3. */
export function demandSqlite(version: string): void {
  const parts = version.split('.').map(Number)
  const difference = oldestSqlite.map((wanted, i) => (parts[i] ?? 0) - wanted).find((by) => by !== 0) ?? 0
  if (difference < 0)
    throw new StoreError(
      'unsafe',
      text(
        `SQLite ${version} слишком старая: нужна 3.51.3 или новее. Переустановите chekpost.`,
        `SQLite ${version} is too old: 3.51.3 or newer is needed. Install chekpost again.`,
      ),
    )
}

function demandOurs(database: Database, path: string): void {
  const id = database.pragma('application_id', { simple: true })
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (id === applicationId || (isEmpty && id === 0)) return
  throw new StoreError(
    'foreign',
    text(
      `${path} – база другой программы. Уберите этот файл или укажите другой stateDir.`,
      `${path} is another program's database. Move it away or set another stateDir.`,
    ),
  )
}

function applyPragmas(database: Database): void {
  demandPragma(database, 'journal_mode', 'WAL', 'wal')
  demandPragma(database, 'synchronous', 'FULL', 2)
  demandPragma(database, 'foreign_keys', 'ON', 1)
  // What is masked or emptied must not stay readable in freed parts of the file.
  demandPragma(database, 'secure_delete', 'ON', 1)
  // Kibibytes: the upper levels of every index of a full drive fit, and a backlog that is walked through once does
  // not stay in memory (better-sqlite3's own default is 16 MB).
  database.pragma('cache_size = -2048')
  // A large import must not leave its write-ahead log on the disk for ever.
  database.pragma('journal_size_limit = 67108864')
  database.pragma('trusted_schema = OFF')
  database.pragma('cell_size_check = ON')
}

/** Sets it and reads it back: a pragma that does not take is silent. */
function demandPragma(database: Database, name: string, value: string, expected: unknown): void {
  database.pragma(`${name} = ${value}`)
  const actual = database.pragma(name, { simple: true })
  if (actual === expected) return
  throw new StoreError(
    'unsafe',
    text(
      `База не принимает ${name} = ${value} (получено ${actual}). Укажите в stateDir каталог на обычном диске (ext4, xfs, btrfs).`,
      `The database does not take ${name} = ${value} (got ${actual}). Set stateDir to an ordinary disk (ext4, xfs, btrfs).`,
    ),
  )
}

interface Migration {
  readonly number: number
  readonly sql: string
}

/** The numbered SQL files beside this one, in the sources as in `dist`. */
function readMigrations(): Migration[] {
  const folder = new URL('.', import.meta.url)
  return readdirSync(folder)
    .filter((name) => /^\d{3}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => ({ number: Number(name.slice(0, 3)), sql: readFileSync(new URL(name, folder), 'utf8') }))
}

/** Applies what is missing, each with its record in one transaction. Throws `newer` when the file knows more than we. */
function migrate(database: Database, path: string): void {
  const migrations = readMigrations()
  const apply = database.transaction(({ number, sql }: Migration) => {
    if (schemaOf(database) >= number) return // Another process was faster.
    database.exec(sql)
    database.pragma(`application_id = ${applicationId}`)
    database.pragma(`user_version = ${number}`)
  })
  for (const migration of migrations) if (schemaOf(database) < migration.number) apply.immediate(migration)
  const newest = migrations.at(-1)?.number ?? 0
  const found = schemaOf(database)
  if (found > newest)
    throw new StoreError(
      'newer',
      text(
        `База ${path} создана более новой версией chekpost (схема ${found}, здесь ${newest}). Установите новую версию; базу не удаляйте.`,
        `The database ${path} was made by a newer chekpost (schema ${found}, this one knows ${newest}). Install the newer version; do not delete the file.`,
      ),
    )
}

/** The number of the last migration; SQLite keeps it in the file's header, under the same transaction. */
function schemaOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
