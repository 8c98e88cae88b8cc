import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { StoreError } from '../../../agent/store/faults.ts'
import {
  condemnOutbox,
  type OpenedOutbox,
  openOutbox,
  openOutboxOrRebuild,
  tellSetAside,
} from '../../../agent/store/open.ts'
import { folder, opened, receipt, t0 } from './workshop.ts'

const aside = 'outbox.damaged-20260821T100000Z.db'

function visit(path: string): OpenedOutbox {
  const found = openOutboxOrRebuild(path, 'restored', t0)
  found.outbox[Symbol.dispose]()
  return found
}

/** A closed outbox with so many receipts. */
function withReceipts(count: number): string {
  const path = join(folder(), 'outbox.db')
  const outbox = openOutbox(path)
  outbox.keepDocuments(
    Array.from({ length: count }, (_, i) => receipt(i + 1)),
    t0,
  )
  outbox[Symbol.dispose]()
  return path
}

/** Opens the table's pages in the middle of the file and writes over them. */
function spoil(path: string, from = 4096, to = 40_960): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, from, to)
  writeFileSync(path, bytes)
}

test('a sound file is opened as it is', () => {
  const path = withReceipts(3)
  expect(visit(path)).toMatchObject({ setAside: null, unclean: false, origin: 'restored' })
  expect(readdirSync(join(path, '..'))).toEqual(['outbox.db'])
})

test.each([
  ['overwritten in its pages', (path: string) => spoil(path)],
  ['without its head', (path: string) => spoil(path, 0, 100)],
  ['cut short', (path: string) => truncateSync(path, 20_000)],
  ['replaced by a text', (path: string) => writeFileSync(path, 'hello '.repeat(100))],
])('a file %s is set aside and a new one begun', (_, harm) => {
  const path = withReceipts(100)
  harm(path)
  const harmed = readFileSync(path)
  expect(visit(path)).toMatchObject({ setAside: join(path, '..', aside) })
  expect(readFileSync(join(path, '..', aside)).equals(harmed)).toBe(true)
  const next = opened(path)
  expect(next.counts().documents).toBe(0)
  expect(next.keepDocument(receipt(1), t0)).toBe('kept')
})

test('a file whose tables are gone is damaged, not empty', () => {
  const path = withReceipts(1)
  const raw = new BetterSqlite3(path)
  raw.exec('DROP TABLE delivery')
  raw.close()
  expect(visit(path).setAside).not.toBeNull()
})

test('the write-ahead log of a condemned file goes aside with it', () => {
  const path = withReceipts(1)
  writeFileSync(`${path}-wal`, 'half a log')
  condemnOutbox(path, 'damaged')
  visit(path)
  tellSetAside(path)
  expect(readdirSync(join(path, '..')).sort()).toEqual([aside, `${aside}-wal`, 'outbox.db'])
  expect(readFileSync(join(path, '..', `${aside}-wal`), 'utf8')).toBe('half a log')
})

test('a second damaged file of the same second does not overwrite the first', () => {
  const path = withReceipts(1)
  for (const content of ['first ', 'second ']) {
    writeFileSync(path, content.repeat(100))
    visit(path)
    tellSetAside(path)
  }
  const kept = readdirSync(join(path, '..'))
    .filter((name) => name.includes('damaged'))
    .sort()
  expect(kept).toEqual(['outbox.damaged-20260821T100000Z-2.db', aside])
  expect(readFileSync(join(path, '..', aside), 'utf8')).toContain('first')
})

test('cut off in the middle of setting aside, nothing is lost and the next opening ends it', () => {
  const path = withReceipts(1)
  writeFileSync(path, 'hello '.repeat(100))
  linkSync(path, join(path, '..', aside)) // As far as the cut came: the new name is there, the old one still.
  expect(visit(path).setAside).toBe(join(path, '..', 'outbox.damaged-20260821T100000Z-2.db'))
  expect(readFileSync(join(path, '..', aside), 'utf8')).toContain('hello')
})

/** Set aside as far as each cut came: what lies there then, besides the new name of the file and of its mark. */
test.each([
  ['every old name', ['', '.condemned']],
  ['the old mark', ['.condemned']],
  ['no old name', []],
])('cut off with %s left, it is known that the file was damaged', (_, left) => {
  const path = withReceipts(1)
  condemnOutbox(path, 'row 3 missing from index')
  for (const part of ['', '.condemned']) {
    linkSync(path + part, join(path, '..', aside + part))
    if (!left.includes(part)) rmSync(path + part)
  }
  const found = openOutboxOrRebuild(path, 'first', t0)
  expect(found).toMatchObject({ origin: 'lost', isNew: true, setAside: join(path, '..', aside) })
  expect(found.outbox.counts().documents).toBe(0)
  found.outbox[Symbol.dispose]()
})

test('a condemned file is set aside once, which is said until somebody is told', () => {
  const path = withReceipts(2)
  condemnOutbox(path, 'row 3 missing from index')
  for (const isNew of [true, false])
    expect(visit(path)).toMatchObject({ setAside: join(path, '..', aside), isNew })
  tellSetAside(path)
  expect(visit(path).setAside).toBeNull()
  expect(readdirSync(join(path, '..')).sort()).toEqual([aside, 'outbox.db'])
})

test('a mark without its file tells of an installation, and of nothing set aside', () => {
  const path = join(folder(), 'outbox.db')
  condemnOutbox(path, 'row 3 missing from index')
  const found = openOutboxOrRebuild(path, 'first', t0)
  found.outbox[Symbol.dispose]()
  expect(found).toMatchObject({ origin: 'lost', setAside: null })
})

test('damage that cannot be marked, for want of room say, leaves the file where it is', () => {
  const path = withReceipts(1)
  writeFileSync(path, 'hello '.repeat(100))
  mkdirSync(`${path}.condemned.new`)
  expect(() => visit(path)).toThrow(StoreError)
  expect(readdirSync(join(path, '..')).sort()).toEqual(['outbox.db', 'outbox.db.condemned.new'])
})

test('damage met while working condemns the file', () => {
  const path = withReceipts(3000)
  const outbox = opened(path)
  outbox.tidy()
  spoil(path, 40_960, readFileSync(path).length)
  expect(() => outbox.list({})).toThrow(StoreError)
  expect(readFileSync(`${path}.condemned`, 'utf8')).toContain('damaged')
  outbox[Symbol.dispose]()
  expect(visit(path).setAside).not.toBeNull()
})

test('a file that was not closed is told apart from one that was', () => {
  const path = withReceipts(1)
  const running = openOutbox(path)
  running.keepDocument(receipt(2), t0)
  const copy = join(folder(), 'outbox.db')
  for (const part of ['', '-wal']) writeFileSync(copy + part, readFileSync(path + part)) // As a kill leaves it.
  running[Symbol.dispose]()
  const killed = openOutboxOrRebuild(copy, 'restored', t0)
  expect(killed).toMatchObject({ unclean: true, setAside: null })
  expect(killed.outbox.counts().documents).toBe(2)
  killed.outbox[Symbol.dispose]()
  expect(visit(copy).unclean).toBe(false)
  expect(visit(path).unclean).toBe(false)
})

test('a file of a newer version is neither set aside nor touched', () => {
  const path = withReceipts(1)
  const raw = new BetterSqlite3(path)
  raw.pragma('user_version = 900')
  raw.close()
  expect(() => visit(path)).toThrow('newer')
  expect(readdirSync(join(path, '..'))).toEqual(['outbox.db'])
})

test('where a damaged file was there was an installation, even with nothing else left of it', () => {
  const path = join(folder(), 'outbox.db')
  writeFileSync(path, 'hello '.repeat(100))
  const found = openOutboxOrRebuild(path, 'first', t0)
  found.outbox[Symbol.dispose]()
  expect(found.origin).toBe('lost')
})

test('an empty file, as a cut in the first moment leaves it, is simply new', () => {
  const path = join(folder(), 'outbox.db')
  writeFileSync(path, '')
  const found = openOutboxOrRebuild(path, 'first', t0)
  found.outbox[Symbol.dispose]()
  expect(found).toMatchObject({ origin: 'first', setAside: null })
  rmSync(path)
})
