/** The journal's index behind the outbox, its attempts, its hours, and what becomes of it when its file is of no use. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFacts } from '../../../agent/facts.ts'
import type { Attempt, Journal, Search } from '../../../agent/journal.ts'
import { openJournal } from '../../../agent/store/journal.ts'
import { openJournalFile } from '../../../agent/store/journalfile.ts'
import { openOutbox, openOutboxOrRebuild } from '../../../agent/store/open.ts'
import { keptReceipt } from '../../bench/documents.ts'
import { catchUp, opened } from './journalworkshop.ts'
import { absent, accepted, drive, folder, numbers, receipt, storage, t0 } from './workshop.ts'

const hourMs = 3_600_000

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    ...{ at: t0, tookMs: 12, status: 200, outcome: 'accepted', why: null, answer: '{"state":"booked"}' },
    ...{ replay: false, bodyDigest: 'ab'.repeat(32), bodyBytes: 700 },
    ...changes,
  }
}

function found(journal: Journal, search: Search = {}): number[] {
  return numbers(journal.search(search, null, 1_000).keys)
}

test('a document is found once the index has caught up, and how far it lags is told', () => {
  const { outbox, journal } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocuments(
    Array.from({ length: 450 }, (_, i) => receipt(i + 1)),
    t0,
  )
  expect(journal.behind()).toBe(450)
  expect(journal.catchUp()).toBe(true)
  expect(journal.behind()).toBe(350)
  catchUp(journal)
  expect(journal.behind()).toBe(0)
  expect(found(journal)).toHaveLength(450)
  outbox.keepDocument(receipt(451), t0)
  expect(journal.behind()).toBe(1)
  expect(found(journal, { fromNumber: 451 })).toEqual([])
  expect(journal.catchUp()).toBe(false)
  expect(found(journal, { fromNumber: 451 })).toEqual([451])
})

test('time and sum come from the body where the short record is silent', () => {
  const { outbox, journal } = opened()
  outbox.beginStorage(storage({ storage: keptReceipt(1).storage }))
  const whole = keptReceipt(5)
  const { time, total } = whole.summary ?? { time: '', total: null }
  const [fromTime, minTotal] = [time, total ?? -1]
  outbox.keepDocument({ ...whole, summary: null }, t0)
  const json = { receipt: { dateTime: '2026-03-04T05:06:07', totalSum: 4_200, operationType: 1, items: [] } }
  outbox.keepDocument(
    { ...keptReceipt(6), format: 'tax-json', summary: null, bytes: Buffer.from(JSON.stringify(json)) },
    t0,
  )
  outbox.keepDocument({ ...keptReceipt(7), summary: null, bytes: Uint8Array.of(1, 2, 3) }, t0)
  catchUp(journal)
  expect(found(journal, { fromTime, toTime: fromTime })).toEqual([5])
  expect(found(journal, { minTotal, maxTotal: minTotal })).toContain(5)
  expect(found(journal, { minTotal: 4_200, maxTotal: 4_200, toTime: '2026-03-04T05:06:07' })).toEqual([6])
  // What cannot be read is found by its number alone.
  expect(found(journal, { fromTime: '0001-01-01T00:00:00' })).toEqual([6, 5])
  expect(found(journal, { fromNumber: 7 })).toEqual([7])
})

test('a number that was missing and is read after all is found by what it holds then', () => {
  const { outbox, journal } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocuments([absent(1), receipt(2), absent(3)], t0)
  outbox.keepDocument(receipt(4, { bytes: null, format: 'summary', owed: false }), t0)
  catchUp(journal)
  expect(found(journal, { state: 'none' })).toEqual([4, 3, 1])
  outbox.keepDocument(receipt(3), t0 + 1)
  outbox.keepDocument(receipt(4), t0 + 1)
  outbox.keepDocument(receipt(1, { bytes: null, format: 'summary', owed: false }), t0 + 1)
  catchUp(journal)
  expect(found(journal, { state: 'none' })).toEqual([1])
  expect(found(journal, { state: 'waiting' })).toEqual([4, 3, 2])
  expect(found(journal, { fromTime: '2026-08-21T13:00:00' })).toEqual([4, 3, 2, 1])
  expect(journal.hours(t0).at(-1)?.read).toBe(4)
})

test('an index of another outbox is begun anew, and the attempts stay', () => {
  const inside = folder()
  const paths = { path: join(inside, 'journal.db'), outbox: join(inside, 'outbox.db'), readFacts }
  const make = (documents: readonly number[], at: number) => {
    const { outbox } = openOutboxOrRebuild(paths.outbox, 'first', at)
    outbox.beginStorage(storage())
    outbox.keepDocuments(
      documents.map((number) => receipt(number)),
      t0,
    )
    outbox[Symbol.dispose]()
  }
  make([1, 2, 3], t0)
  {
    using journal = openJournal(paths)
    catchUp(journal)
    journal.noteAttempt(receipt(1), attempt())
    expect(found(journal)).toEqual([3, 2, 1])
  }
  const place = (() => {
    using journal = openJournal(paths)
    expect(journal.behind()).toBe(0)
    return journal.search({}, null, 1).next
  })()
  for (const part of ['', '-wal', '-shm']) rmSync(paths.outbox + part, { force: true })
  // The last document that was indexed is the same one.
  make([9, 2, 3, 4], t0 + 100)
  using journal = openJournal(paths)
  expect(journal.behind()).toBe(4)
  catchUp(journal)
  expect(found(journal)).toEqual([4, 3, 2, 9])
  expect(journal.attempts(receipt(1))).toHaveLength(1)
  expect(() => journal.search({}, place, 1)).toThrow('no place')
})

test('an outbox put back from a backup, with fewer or other documents, is another one', () => {
  const inside = folder()
  const { outbox, journal, outboxPath } = opened({}, inside)
  outbox.beginStorage(storage())
  outbox.keepDocuments([receipt(1), receipt(2), receipt(3)], t0)
  catchUp(journal)
  journal[Symbol.dispose]()
  outbox.tidy()
  // The very file, with another third document: no mark tells it, its key does.
  const database = openJournalFile(join(folder(), 'other.db'), outboxPath).database
  database.exec('PRAGMA foreign_keys = OFF; UPDATE outbox.document SET number = 9 WHERE number = 3')
  database.close()
  using again = openJournal({ path: join(inside, 'journal.db'), outbox: outboxPath, readFacts })
  expect(again.behind()).toBe(3)
  catchUp(again)
  expect(found(again)).toEqual([9, 2, 1])
})

test('attempts come newest first, as many as are kept of one document and of all', () => {
  const { journal, path, outboxPath } = opened({ mostAttempts: 50 })
  const other = { storage: drive, number: 2 }
  for (let i = 0; i < 30; i++) journal.noteAttempt(receipt(1), attempt({ at: t0 + i, tookMs: i }))
  const kept = journal.attempts(receipt(1))
  expect(kept.map(({ tookMs }) => tookMs)).toEqual(Array.from({ length: 20 }, (_, i) => 29 - i))
  expect(kept[0]).toEqual(attempt({ at: t0 + 29, tookMs: 29 }))
  const { database } = openJournalFile(path, outboxPath)
  expect(database.prepare('SELECT count(*) FROM attempt').pluck().get()).toBe(20)
  database.close()
  const silent = attempt({ status: null, answer: null, why: 'timeout', outcome: 'retry', replay: true })
  journal.noteAttempt(other, silent)
  expect(journal.attempts(other)).toEqual([silent])
  for (let i = 0; i < 49; i++) journal.noteAttempt({ storage: drive, number: 100 + i }, attempt())
  expect(journal.attempts(receipt(1))).toEqual([])
  expect(journal.attempts(other)).toHaveLength(1)
})

test('an answer is kept up to 4 KiB, and no character is cut in two', () => {
  const { journal } = opened()
  journal.noteAttempt(receipt(1), attempt({ answer: `x${'я'.repeat(5_000)}` }))
  const [{ answer } = attempt()] = journal.attempts(receipt(1))
  expect(answer).toBe(`x${'я'.repeat(2_047)}`)
})

test('attempts from before a day are forgotten, in pieces', () => {
  const { journal } = opened()
  for (let i = 0; i < 700; i++) journal.noteAttempt({ storage: drive, number: i }, attempt({ at: t0 + i }))
  expect(journal.forget(t0 + 600)).toBe(true)
  expect(journal.forget(t0 + 600)).toBe(false)
  expect(journal.attempts({ storage: drive, number: 599 })).toEqual([])
  expect(journal.attempts({ storage: drive, number: 600 })).toHaveLength(1)
})

test('the hours count receipts as they were read and delivered, whatever was asked before', () => {
  const { outbox, journal } = opened()
  const now = t0 + 30 * 60_000
  outbox.beginStorage(storage())
  for (const [number, ago] of [1, 1, 5, 23, 24].entries())
    outbox.keepDocument(receipt(number + 1), now - ago * hourMs)
  outbox.keepDocument(receipt(9, { type: 5, owed: false }), now)
  catchUp(journal)
  const count = (at = now) => {
    const hours = journal.hours(at)
    expect(hours.map(({ from }) => from)).toEqual(
      Array.from({ length: 24 }, (_, i) => (Math.floor(at / hourMs) - 23 + i) * hourMs),
    )
    return hours.map(({ read, delivered }) => [read, delivered])
  }
  const nothing = Array.from({ length: 24 }, () => [0, 0])
  const expected = nothing.map(([read, delivered]) => [read, delivered])
  Object.assign(expected, { 22: [2, 0], 18: [1, 0], 0: [1, 0] })
  expect(count()).toEqual(expected)
  outbox.settle(receipt(1), accepted, now - hourMs)
  outbox.settle(receipt(2), accepted, now - 1)
  // A finished hour is counted anew in its turn, the running one always.
  for (let turn = 0; turn < 23; turn++) count()
  Object.assign(expected, { 22: [2, 1], 23: [0, 1] })
  expect(count()).toEqual(expected)
  outbox.settle(receipt(3), accepted, now + 60_000)
  expect(count(now + 60_000)[23]).toEqual([0, 2])
  // A clock that is put back counts again.
  expect(count(now)[23]).toEqual([0, 2])
  expect(count(now + hourMs)[22]).toEqual([0, 2])
})

test.each([
  [
    'another program’s file',
    (path: string) => writeFileSync(path, 'not a database at all, long enough to be read'),
  ],
  [
    'a file of another schema',
    (path: string) => {
      rmSync(path)
      const other = openOutbox(path)
      other[Symbol.dispose]()
    },
  ],
  [
    'a file damaged in the middle',
    (path: string) => {
      const bytes = readFileSync(path)
      bytes.fill(0xa5, 4096, bytes.length)
      writeFileSync(path, bytes)
    },
  ],
])('%s is thrown away and made anew', (_, spoil) => {
  const inside = folder()
  const { outbox, journal, path, outboxPath } = opened({}, inside)
  outbox.beginStorage(storage())
  outbox.keepDocuments([receipt(1), receipt(2)], t0)
  catchUp(journal)
  journal[Symbol.dispose]()
  for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true })
  spoil(path)
  using again = openJournal({ path, outbox: outboxPath, readFacts })
  again.noteAttempt(receipt(1), attempt())
  catchUp(again)
  catchUp(again)
  expect(found(again)).toEqual([2, 1])
  again.noteAttempt(receipt(1), attempt())
  expect(again.attempts(receipt(1)).length).toBeGreaterThan(0)
})

test.each(['journal.db', 'journal.db-wal'])('a folder %s is nobody’s journal: all of it stays', (name) => {
  const inside = folder()
  const outbox = openOutbox(join(inside, 'outbox.db'))
  outbox[Symbol.dispose]()
  mkdirSync(join(inside, name))
  writeFileSync(join(inside, name, 'kept'), '')
  if (name !== 'journal.db')
    writeFileSync(join(inside, 'journal.db'), 'not a database, but long enough for one')
  const options = { path: join(inside, 'journal.db'), outbox: join(inside, 'outbox.db'), readFacts }
  expect(() => openJournal(options)).toThrow('The journal cannot be opened')
  expect(existsSync(join(inside, name, 'kept'))).toBe(true)
  expect(existsSync(join(inside, 'journal.db'))).toBe(true)
})

test('damage of the outbox that is met through the journal is told, and the journal stays', () => {
  const inside = folder()
  const { outbox, journal, path, outboxPath } = opened({}, inside)
  outbox.beginStorage(storage())
  outbox.keepDocuments(
    Array.from({ length: 300 }, (_, i) => receipt(i + 1)),
    t0,
  )
  journal.noteAttempt(receipt(1), attempt())
  journal[Symbol.dispose]()
  outbox[Symbol.dispose]()
  const bytes = readFileSync(outboxPath)
  bytes.fill(0xa5, 24 * 4096)
  writeFileSync(outboxPath, bytes)
  const { ino } = statSync(path)
  const [told, troubles]: string[][] = [[], []]
  const condemn = (why: string) => void told?.push(why)
  using again = openJournal({
    ...{ path, outbox: outboxPath, readFacts, condemn },
    trouble: (why) => void troubles?.push(why),
  })
  for (let times = 0; times < 9; times++) again.catchUp()
  expect(told).toHaveLength(1)
  expect(told?.[0]).toContain('The outbox is damaged, not the journal')
  again[Symbol.dispose]()
  expect(statSync(path).ino).toBe(ino)
  expect(readFileSync(path).includes('booked')).toBe(true)
})

test('what an attempt held is not readable in the file once it is forgotten', () => {
  const { journal, path } = opened()
  journal.noteAttempt(receipt(1), attempt({ answer: 'said by the receiver' }))
  journal.forget(t0 + 1)
  journal[Symbol.dispose]()
  expect(readFileSync(path).includes('said by the receiver')).toBe(false)
})

test('after a commit that fills nothing one slice of the gaps is looked at, and all of them in time', () => {
  const { outbox, journal, path, outboxPath } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocuments(
    Array.from({ length: 3_000 }, (_, i) => receipt(i + 1, { bytes: null, format: 'summary', owed: false })),
    t0,
  )
  catchUp(journal)
  outbox.keepDocument(receipt(5_000, { type: 5, owed: false }), t0)
  expect(journal.catchUp()).toBe(false)
  // The row whose turn is far away.
  outbox.keepDocument(receipt(2_999), t0)
  const turns = () => {
    for (let turn = 0; turn < 20; turn++) {
      if (found(journal, { state: 'waiting' }).length > 0 && gapOf(2_999) === 0) return turn
      expect(journal.catchUp()).toEqual(expect.any(Boolean))
    }
    return 99
  }
  const { database } = openJournalFile(path, outboxPath)
  const gapOf = (number: number) =>
    database.prepare('SELECT gap FROM entry WHERE number = ?').pluck().get(number)
  const taken = turns()
  database.close()
  expect(taken).toBeGreaterThan(1)
  expect(taken).toBeLessThan(10)
})

test('nothing is thrown while the file cannot be written, and it is tried again', () => {
  const { outbox, journal, path, troubles } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(1), t0)
  const holder = openJournalFile(path, `${path.slice(0, -'journal.db'.length)}outbox.db`).database
  holder.exec('BEGIN IMMEDIATE')
  expect(journal.noteAttempt(receipt(1), attempt())).toBe(false)
  expect(journal.catchUp()).toBe(false)
  expect(troubles).toHaveLength(2)
  // Its own words: nothing of it is ever read from a drive again.
  for (const why of troubles) expect(why).toMatch(/^Another program holds the journal \(SQLITE_BUSY/)
  holder.exec('ROLLBACK')
  holder.close()
  journal.noteAttempt(receipt(1), attempt())
  catchUp(journal)
  expect(found(journal)).toEqual([1])
  expect(journal.attempts(receipt(1))).toHaveLength(1)
})

test('after its end it notes nothing and opens nothing', () => {
  const { journal, troubles } = opened()
  journal[Symbol.dispose]()
  journal.noteAttempt(receipt(1), attempt())
  expect(journal.attempts(receipt(1))).toEqual([])
  expect(journal.hours(t0)).toEqual([])
  expect(troubles).toEqual(Array.from({ length: 3 }, () => 'the journal is closed'))
})

test('the file is nobody else’s, and its writing takes no lock on the outbox', () => {
  const { path, outbox, outboxPath, journal } = opened()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(1), t0)
  const writer = openJournalFile(join(folder(), 'holder.db'), outboxPath).database
  // Somebody writes to the outbox all the while.
  writer.exec('BEGIN IMMEDIATE')
  catchUp(journal)
  expect(found(journal)).toEqual([1])
  writer.exec('ROLLBACK')
  writer.close()
})
