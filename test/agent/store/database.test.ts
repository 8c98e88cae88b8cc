import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import {
  type Database,
  demandSqlite,
  networkFileSystem,
  openDatabase,
} from '../../../agent/store/database.ts'
import { StoreError } from '../../../agent/store/faults.ts'
import { folder } from './workshop.ts'

function open(path: string): Database {
  const database = openDatabase(path)
  onTestFinished(() => void database.close())
  return database
}

function faultOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error instanceof StoreError ? error.fault : error
  }
  return 'no fault'
}

test('every opening of one file, not only the first, writes with synchronous FULL in WAL', () => {
  const path = join(folder(), 'outbox.db')
  for (let opening = 1; opening <= 3; opening++) {
    const database = openDatabase(path)
    expect(database.pragma('synchronous', { simple: true })).toBe(2)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(database.pragma('secure_delete', { simple: true })).toBe(1)
    database.close()
  }
})

test('two connections to one file at the same time are both FULL', () => {
  const path = join(folder(), 'outbox.db')
  const both = [open(path), open(path)]
  expect(both.map((database) => database.pragma('synchronous', { simple: true }))).toEqual([2, 2])
})

test('the database and its companions are readable by the owner alone', () => {
  const home = join(folder(), 'state')
  const database = open(join(home, 'outbox.db'))
  database.exec('CREATE TABLE t (a)')
  expect(statSync(home).mode & 0o777).toBe(0o700)
  const modes = readdirSync(home).map((name) => [name, (statSync(join(home, name)).mode & 0o777).toString(8)])
  expect(modes.sort()).toEqual([
    ['outbox.db', '600'],
    ['outbox.db-shm', '600'],
    ['outbox.db-wal', '600'],
  ])
})

test('a folder that others may read is closed to them', () => {
  const home = join(folder(), 'state')
  mkdirSync(home)
  chmodSync(home, 0o755)
  open(join(home, 'outbox.db'))
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

test('a database of a newer version is refused and left as it is', () => {
  const path = join(folder(), 'outbox.db')
  const database = openDatabase(path)
  database.pragma('user_version = 900')
  database.close()
  expect(faultOf(() => openDatabase(path))).toBe('newer')
  const after = new BetterSqlite3(path, { readonly: true })
  expect(after.pragma('user_version', { simple: true })).toBe(900)
  after.close()
})

test('a schema that fails half-way leaves nothing behind', () => {
  const path = join(folder(), 'outbox.db')
  const stranger = new BetterSqlite3(path)
  // The second statement of the migration will meet this name.
  stranger.exec(`PRAGMA application_id = ${0x43484b50}; CREATE TABLE document (a)`)
  stranger.close()
  expect(() => openDatabase(path)).toThrow('document')
  const after = new BetterSqlite3(path, { readonly: true })
  expect(after.pragma('user_version', { simple: true })).toBe(0)
  expect(after.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['document'])
  after.close()
})

test("another program's database is refused", () => {
  const path = join(folder(), 'outbox.db')
  const stranger = new BetterSqlite3(path)
  stranger.exec('CREATE TABLE theirs (a)')
  stranger.close()
  expect(faultOf(() => openDatabase(path))).toBe('foreign')
})

test('what is no database at all is damaged', () => {
  const path = join(folder(), 'outbox.db')
  writeFileSync(path, 'not a database, but long enough to look like one '.repeat(40))
  expect(faultOf(() => openDatabase(path))).toBe('damaged')
})

test('a file that must exist is not made', () => {
  const path = join(folder(), 'outbox.db')
  expect(faultOf(() => openDatabase(path, { mustExist: true }))).toBe('absent')
  expect(faultOf(() => statSync(path))).toMatchObject({ code: 'ENOENT' })
})

test('a folder where a file stands is denied, with a text for a person', () => {
  const home = folder()
  writeFileSync(join(home, 'file'), '')
  expect(faultOf(() => openDatabase(join(home, 'file', 'outbox.db')))).toBe('denied')
})

test('a folder in the place of the database is denied', () => {
  const home = folder()
  mkdirSync(join(home, 'outbox.db'))
  expect(faultOf(() => openDatabase(join(home, 'outbox.db')))).toBe('denied')
})

test.each([
  ['3.51.2', 'unsafe'],
  ['3.50.9', 'unsafe'],
  ['2.99.99', 'unsafe'],
  ['3.51.3', 'no fault'],
  ['3.53.0', 'no fault'],
  ['4.0.0', 'no fault'],
])('SQLite %s: %s', (version, fault) => {
  expect(faultOf(() => demandSqlite(version))).toBe(fault)
})

test('network file systems are told by their numbers, also where the number came out negative', () => {
  expect(networkFileSystem(0x6969)).toBe('NFS')
  expect(networkFileSystem(0xff534d42 | 0)).toBe('CIFS')
  expect(networkFileSystem(0xef53)).toBeNull()
})
