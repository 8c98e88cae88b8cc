import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AuditRow, eventId, stateOf } from '../../agent/outbox.ts'
import { DocumentConflict } from '../../agent/store/faults.ts'
import { openOutbox } from '../../agent/store/open.ts'
import {
  absent,
  accepted,
  drive,
  folder,
  none,
  numbers,
  opened,
  parked,
  receipt,
  retryAt,
  storage,
  t0,
} from './store/workshop.ts'

const asked: AuditRow = { at: t0 + 50, who: 'anna', action: 'replay', reason: 'site restored', detail: '' }

test('a receipt that was kept is due at once, with its bytes and its summary', () => {
  const outbox = opened()
  expect(outbox.keepDocument(receipt(7), t0)).toBe('kept')
  const [due] = outbox.takeDue(t0, 10, none, none)
  expect(due).toMatchObject({ ...receipt(7), readAt: t0, attempts: 0, replay: false })
  expect(outbox.nextDueAt(none)).toBe(t0)
})

test('what is kept is there after closing and opening again', () => {
  const path = join(folder(), 'outbox.db')
  const before = opened(path)
  before.beginStorage(storage())
  before.keepDocument(receipt(1), t0)
  before[Symbol.dispose]()
  const after = opened(path)
  expect(after.find({ storage: drive, number: 1 })).toMatchObject({ ...receipt(1), readAt: t0 })
  expect(after.storages()).toEqual([storage()])
})

test('a document for which nothing is owed is kept and never due', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1, { type: 5, owed: false }), t0)
  expect(outbox.takeDue(t0 + 1e9, 10, none, none)).toEqual([])
  expect(outbox.list({ state: 'none' })).toHaveLength(1)
})

test('keeping the same document again changes nothing', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  outbox.settle(receipt(1), accepted, t0 + 1)
  expect(outbox.keepDocument(receipt(1), t0 + 2)).toBe('known')
  expect(outbox.takeDue(t0 + 1e9, 10, none, none)).toEqual([])
  expect(outbox.counts()).toMatchObject({ documents: 1, accepted: 1, waiting: 0 })
})

test.each([
  ['sign', receipt(1, { bytes: null, format: 'summary', summary: summaryWithSign('7') })],
  ['type', receipt(1, { type: 31 })],
  ['bytes', receipt(1, { bytes: Uint8Array.of(1, 2, 3) })],
] as const)('another %s under a kept key is a conflict, and the kept document stays', (differs, other) => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  const before = outbox.find(receipt(1))
  expect(outbox.wouldKeep(other)).toEqual({ differs })
  expect(() => outbox.keepDocument(other, t0 + 1)).toThrow(DocumentConflict)
  expect(outbox.find(receipt(1))).toEqual(before)
})

function summaryWithSign(sign: string) {
  return { time: '2026-08-21T13:00:00', sign, operation: 1, total: 100, delivered: null }
}

test('one conflict in a batch does not undo the others', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  const results = outbox.keepDocuments([receipt(1, { type: 31 }), receipt(2), receipt(1)], t0)
  expect(results).toEqual([{ differs: 'type' }, 'kept', 'known'])
  expect(outbox.counts().documents).toBe(2)
})

test('a row without bytes is filled once, and only then owed', () => {
  const outbox = opened()
  expect(outbox.keepDocument(absent(4), t0)).toBe('kept')
  expect(outbox.counts()).toMatchObject({ documents: 1, withoutBytes: 1, waiting: 0 })
  expect(outbox.keepDocument(absent(4), t0)).toBe('known')
  expect(outbox.keepDocument(receipt(4), t0 + 5)).toBe('filled')
  expect(outbox.counts()).toMatchObject({ documents: 1, withoutBytes: 0, waiting: 1 })
  expect(outbox.find(receipt(4))).toMatchObject(receipt(4))
  expect(outbox.keepDocument(receipt(4), t0 + 6)).toBe('known')
})

test('a gap that turns out to have a short record keeps that record, and is still without bytes', () => {
  const outbox = opened()
  outbox.keepDocument(absent(4), t0)
  const short = receipt(4, { format: 'summary', bytes: null, owed: false })
  expect(outbox.keepDocument(short, t0)).toBe('known')
  expect(outbox.find(short)).toMatchObject({ format: 'summary', type: 3, summary: short.summary })
  expect(outbox.keepDocument(absent(4), t0)).toBe('known')
  expect(outbox.find(short)).toMatchObject({ format: 'summary', type: 3 })
  expect(outbox.counts()).toMatchObject({ documents: 1, withoutBytes: 1 })
})

test('missing are the numbers from the first to the last that have no row, also after opening again', () => {
  const path = join(folder(), 'outbox.db')
  const outbox = opened(path)
  outbox.beginStorage(storage({ first: 3 }))
  for (const number of [1, 4, 5, 9]) outbox.keepDocument(receipt(number), t0)
  const expected = [3, 6, 7, 8, 10, 11]
  expect([...outbox.missingNumbers(drive, 11)]).toEqual(expected)
  for (const from of [1, 3, 4, 6, 8, 10, 12])
    expect([...outbox.missingNumbers(drive, 11, from)]).toEqual(expected.filter((number) => number >= from))
  outbox[Symbol.dispose]()
  expect([...opened(path).missingNumbers(drive, 11)]).toEqual(expected)
})

test('documents can be kept while the missing numbers are walked through', () => {
  const outbox = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(3), t0)
  const seen: number[] = []
  for (const number of outbox.missingNumbers(drive, 5)) {
    seen.push(number)
    outbox.keepDocument(number === 2 ? absent(2) : receipt(number), t0)
  }
  expect(seen).toEqual([1, 2, 4, 5])
  expect([...outbox.missingNumbers(drive, 5)]).toEqual([])
})

test('missing numbers are asked one by one, however many there are', () => {
  const outbox = opened()
  outbox.beginStorage(storage())
  const walk = outbox.missingNumbers(drive, 4_000_000_000)[Symbol.iterator]()
  expect([walk.next().value, walk.next().value]).toEqual([1, 2])
})

test('a drive that has not begun has no missing numbers to speak of', () => {
  expect(() => opened().missingNumbers(drive, 5)).toThrow('has not begun')
})

test('beginning a drive anew moves where it begins and keeps since when it is known', () => {
  const outbox = opened()
  outbox.beginStorage(storage({ first: 50 }))
  expect([...outbox.missingNumbers(drive, 50)]).toEqual([50])
  outbox.beginStorage(storage({ first: 49, why: 'person', seenAt: t0 + 99 }))
  expect([...outbox.missingNumbers(drive, 50)]).toEqual([49, 50])
  expect(outbox.storages('till-1')).toEqual([storage({ first: 49, why: 'person' })])
  expect(outbox.storages('till-2')).toEqual([])
})

test('what another process has kept is not missing here and counts', () => {
  const path = join(folder(), 'outbox.db')
  const daemon = opened(path)
  daemon.beginStorage(storage())
  expect([...daemon.missingNumbers(drive, 2)]).toEqual([1, 2])
  expect(daemon.counts().documents).toBe(0)
  opened(path).keepDocument(receipt(1), t0)
  expect([...daemon.missingNumbers(drive, 2)]).toEqual([2])
  expect(daemon.counts()).toMatchObject({ documents: 1, waiting: 1 })
  expect(numbers(daemon.takeDue(t0, 9, none, none))).toEqual([1])
})

test('due documents come oldest first over all registers, without those in flight and of stopped registers', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  outbox.keepDocument(receipt(2, { register: 'till-2' }), t0 + 1)
  outbox.keepDocument(receipt(3), t0 + 2)
  outbox.keepDocument(receipt(4), t0 + 3)
  const take = (except: readonly number[], without: readonly string[], limit = 10) =>
    numbers(outbox.takeDue(t0 + 2, limit, new Set(except.map((n) => eventId(receipt(n)))), new Set(without)))
  expect(take([], [])).toEqual([1, 2, 3])
  expect(take([], [], 2)).toEqual([1, 2])
  expect(take([1], [], 1)).toEqual([2])
  expect(take([1, 3], [])).toEqual([2])
  expect(take([], ['till-1'])).toEqual([2])
  expect(outbox.nextDueAt(new Set(['till-1']))).toBe(t0 + 1)
  expect(outbox.nextDueAt(new Set(['till-1', 'till-2']))).toBeNull()
})

test('a retry is due at its time, a parked sale never, an accepted one never again', () => {
  const outbox = opened()
  for (const number of [1, 2, 3]) outbox.keepDocument(receipt(number), t0)
  outbox.settle(receipt(1), retryAt(t0 + 60), t0 + 1)
  outbox.settle(receipt(2), parked, t0 + 1)
  outbox.settle(receipt(3), accepted, t0 + 1)
  expect(outbox.takeDue(t0 + 59, 10, none, none)).toEqual([])
  expect(outbox.takeDue(t0 + 60, 10, none, none)).toMatchObject([{ number: 1, attempts: 1 }])
  expect(outbox.nextDueAt(none)).toBe(t0 + 60)
  expect(outbox.counts()).toMatchObject({ waiting: 1, parked: 1, accepted: 1, lastAcceptedAt: t0 + 1 })
  expect(outbox.find(receipt(2))?.delivery).toMatchObject({
    outcome: 'park',
    why: 'no such product',
    dueAt: null,
  })
  expect(outbox.find(receipt(3))?.delivery).toMatchObject({ settledAt: t0 + 1, answer: accepted.answer })
})

test('what was put off is owed since it was kept, what was not since it is due', () => {
  const outbox = opened()
  const oldest = () => outbox.counts('till-1').oldestWaitingAt
  for (const number of [1, 2, 3]) outbox.keepDocument(receipt(number), t0 + number)
  outbox.settle(receipt(1), retryAt(t0 + 1000), t0 + 9)
  expect(oldest()).toBe(t0 + 1)
  outbox.settle(receipt(1), accepted, t0 + 1001)
  expect(oldest()).toBe(t0 + 2)
  outbox.settle(receipt(2), parked, t0 + 1002)
  outbox.settle(receipt(3), retryAt(t0 + 2000), t0 + 1002)
  expect(oldest()).toBe(t0 + 3)
})

test('settling what nobody owes is an error of ours', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1, { owed: false }), t0)
  expect(() => outbox.settle(receipt(1), accepted, t0)).toThrow('nothing is owed for FN9999078900001234-FD1')
})

test('a replay makes the selected sales due and leaves its reason, both or neither', () => {
  const outbox = opened()
  for (const number of [1, 2, 3]) outbox.keepDocument(receipt(number), t0)
  outbox.keepDocument(absent(4), t0)
  for (const number of [1, 2, 3]) outbox.settle(receipt(number), number === 2 ? parked : accepted, t0 + 1)
  const selection = { fromNumber: 2, toNumber: 4 }
  expect(outbox.replayable(selection).count).toBe(2)
  expect(outbox.replay(selection, asked)).toBe(2)
  expect(outbox.takeDue(t0 + 50, 10, none, none)).toMatchObject([
    { number: 2, replay: true },
    { number: 3, replay: true },
  ])
  expect(outbox.audits(5)).toEqual([asked])
  expect(outbox.counts()).toMatchObject({ waiting: 2, accepted: 1, parked: 0, oldestWaitingAt: asked.at })
  expect(() => outbox.replay(selection, { ...asked, reason: null as unknown as string })).toThrow()
  expect(outbox.audits(5)).toHaveLength(1)
})

test('what was imported from before the beginning is owed once a person begins earlier; a debug drive never is', () => {
  const outbox = opened()
  const later = storage({ first: 10 })
  outbox.beginStorage(later)
  for (const number of [3, 4]) outbox.keepDocument(receipt(number, { owed: false, source: 'import' }), t0)
  outbox.keepDocument(receipt(5, { owed: false, type: 5 }), t0)
  outbox.beginStorage({ ...later, first: 1, debug: true })
  expect(outbox.counts()).toMatchObject({ waiting: 0 })
  outbox.beginStorage({ ...later, first: 4, seenAt: t0 + 7 })
  expect(outbox.takeDue(t0 + 7, 10, none, none)).toMatchObject([{ number: 4, attempts: 0 }])
  outbox.beginStorage({ ...later, first: 1, seenAt: t0 + 8 })
  expect(numbers(outbox.list({ state: 'waiting' }))).toEqual([3, 4])
  expect(outbox.counts()).toMatchObject({ waiting: 2, documents: 3 })
})

test('a replay of what still waits does not make it look younger: the alarm goes on', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  outbox.replay({ numbers: [1] }, asked)
  expect(outbox.counts().oldestWaitingAt).toBe(t0)
  outbox.settle(receipt(1), retryAt(t0 + 5000), t0 + 60)
  outbox.replay({ numbers: [1] }, { ...asked, at: t0 + 70 })
  expect(outbox.counts('till-1').oldestWaitingAt).toBe(t0)
})

test('a list leaves the bytes where they are; a document that is asked for by its key has them', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  expect(outbox.list({})).toMatchObject([{ number: 1, summary: { total: 100 } }])
  expect(outbox.list({})[0]).not.toHaveProperty('bytes')
  expect(outbox.find(receipt(1))?.bytes).toEqual(receipt(1).bytes)
})

test('what was booked, what is set aside on the site and what had no need of sending are three states', () => {
  const outbox = opened()
  const outcomes = ['accepted', 'acceptedParked', 'ignored']
  for (const [at, outcome] of outcomes.entries()) {
    outbox.keepDocument(receipt(at + 1), t0)
    outbox.settle(receipt(at + 1), { ...accepted, outcome }, t0)
  }
  expect(outbox.list({}).map(({ delivery }) => stateOf(delivery))).toEqual(outcomes)
  for (const [at, state] of (['accepted', 'acceptedParked', 'ignored'] as const).entries())
    expect(numbers(outbox.list({ state }))).toEqual([at + 1])
  expect(numbers(outbox.list({ state: 'settled' }))).toEqual([1, 2, 3])
})

test('a selection means what all its parts say', () => {
  const outbox = opened()
  const other = '9999078900005678'
  outbox.keepDocument(receipt(1), t0)
  outbox.keepDocument(receipt(2), t0 + 10)
  outbox.keepDocument(receipt(2, { storage: other, register: 'till-2' }), t0 + 20)
  outbox.settle(receipt(1), parked, t0 + 30)
  expect(numbers(outbox.list({}))).toEqual([1, 2, 2])
  expect(numbers(outbox.list({ limit: 2 }))).toEqual([2, 2])
  expect(numbers(outbox.list({ state: 'parked' }))).toEqual([1])
  expect(outbox.list({ fromNumber: 2, storage: other })).toMatchObject([{ register: 'till-2' }])
  expect(numbers(outbox.list({ since: t0 + 10, register: 'till-1' }))).toEqual([2])
  expect(outbox.list({ storage: "' OR 1=1 --" })).toEqual([])
  expect(outbox.list({ numbers: [2, 9] }).map(eventId)).toEqual([`FN${drive}-FD2`, `FN${other}-FD2`])
  expect(outbox.list({ fromNumber: 1, toNumber: 2, limit: 2 }).map(({ storage }) => storage)).toEqual([
    drive,
    other,
  ])
  expect(numbers(outbox.list({ fromNumber: 1, toNumber: 1, state: 'waiting' }))).toEqual([])
  const walked = outbox.walk({}, null, 2)
  expect(walked.map(eventId)).toEqual([eventId(receipt(1)), eventId(receipt(2))])
  expect(outbox.walk({}, walked[1] ?? null, 9).map(eventId)).toEqual([`FN${other}-FD2`])
})

test('counts of one register are its own', () => {
  const outbox = opened()
  outbox.keepDocument(receipt(1), t0)
  outbox.keepDocument(receipt(2, { register: 'till-2' }), t0 + 1)
  expect(outbox.counts('till-1')).toMatchObject({
    documents: 1,
    waiting: 1,
    lastReadAt: t0,
    oldestWaitingAt: t0,
  })
  expect(outbox.counts('till-3')).toMatchObject({ documents: 0, lastReadAt: null, oldestWaitingAt: null })
  expect(outbox.counts()).toMatchObject({ documents: 2, lastReadAt: t0 + 1, oldestWaitingAt: t0 })
})

test('after a restart each register was last read when its newest document was', () => {
  const path = join(folder(), 'outbox.db')
  const other = '9999078900005678'
  {
    using outbox = openOutbox(path)
    outbox.beginStorage(storage())
    outbox.beginStorage(storage({ storage: other, register: 'till-2' }))
    for (const number of [1, 3]) outbox.keepDocument(receipt(number), t0 + number)
    outbox.keepDocument(receipt(2, { owed: false }), t0 + 4)
    outbox.keepDocument(receipt(7, { storage: other, register: 'till-2' }), t0 + 5)
    expect(outbox.counts('till-1')).toMatchObject({ documents: 3, lastReadAt: t0 + 4 })
  }
  const again = opened(path)
  expect(again.counts('till-1')).toMatchObject({ documents: 3, waiting: 2, lastReadAt: t0 + 3 })
  expect(again.counts('till-2')).toMatchObject({ documents: 1, lastReadAt: t0 + 5 })
  expect(again.counts()).toMatchObject({ documents: 4, lastReadAt: t0 + 5 })
})

test('the highest number of a drive is the last kept, whenever it was read', () => {
  const outbox = opened()
  expect(outbox.lastKept(drive)).toBeNull()
  outbox.keepDocument(receipt(9), t0)
  outbox.keepDocument(receipt(2), t0 + 1)
  expect(outbox.lastKept(drive)).toMatchObject({ number: 9, readAt: t0 })
})

test('a drive is accounted for by number, piece by piece, and says what the site should have', () => {
  const outbox = opened()
  for (const number of [4, 1, 2]) outbox.keepDocument(receipt(number), t0 + number)
  outbox.keepDocument(absent(3), t0)
  outbox.settle(receipt(1), accepted, t0 + 9)
  outbox.settle(receipt(2), parked, t0)
  const rows = outbox.account(drive, 0, 2)
  expect(rows).toEqual([
    {
      ...{ number: 1, type: 3, format: 'tlv', readAt: t0 + 1, owed: true, dueAt: null },
      ...{ settledAt: t0 + 9, outcome: 'accepted', answered: true },
    },
    {
      ...{ number: 2, type: 3, format: 'tlv', readAt: t0 + 2, owed: true, dueAt: null },
      ...{ settledAt: null, outcome: 'park', answered: false },
    },
  ])
  expect(outbox.account(drive, 2, 9)).toMatchObject([
    { number: 3, format: 'absent', owed: false },
    { number: 4, owed: true, dueAt: t0 + 4 },
  ])
  expect(outbox.account('9252440300000002', 0, 9)).toEqual([])
})

test('single numbers are sent again and their neighbours are not', () => {
  const outbox = opened()
  for (const number of [1, 2, 3, 4]) {
    outbox.keepDocument(receipt(number), t0)
    outbox.settle(receipt(number), accepted, t0)
  }
  const selection = { storage: drive, numbers: [2, 4, 9] }
  expect(outbox.replayable(selection).count).toBe(2)
  const row = { at: t0, who: 'anna', action: 'replay', reason: 'r', detail: '' }
  expect(outbox.replay(selection, row)).toBe(2)
  expect(numbers(outbox.takeDue(t0, 9, none, none))).toEqual([2, 4])
  expect(outbox.replay({ storage: drive, numbers: [] }, row)).toBe(0)
})
