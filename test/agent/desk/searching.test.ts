/** The desk's search, its preview and replay by date, and what it says without an index. */
import { expect, test } from 'vitest'
import { checkedDesk, type Desk } from '../../../agent/desk/desk.ts'
import { deskOver } from '../../../agent/desk/open.ts'
import { located, narrowed } from '../../../agent/desk/searching.ts'
import { timeInBody } from '../../../agent/facts.ts'
import type { Journal } from '../../../agent/journal.ts'
import type { NewDocument, Outbox, TimeInside } from '../../../agent/outbox.ts'
import { Failure, UsageError } from '../../../agent/usage.ts'
import { keptReceipt } from '../../bench/documents.ts'
import { config } from '../smallshop.ts'
import { catchUp, opened } from '../store/journalworkshop.ts'
import { absent, accepted, drive, folder, parked, receipt, storage, t0 } from '../store/workshop.ts'

const never = new AbortController().signal
/** Receipts of one hour each, from 10:00 on, and a report of a shift after them. */
function shop(count = 5): { desk: Desk; without: Desk } & ReturnType<typeof opened> {
  const beside = opened()
  const { outbox, journal } = beside
  outbox.beginStorage(storage())
  outbox.keepDocuments(
    Array.from({ length: count }, (_, i) => sold(i + 1)),
    t0,
  )
  outbox.keepDocument(receipt(count + 1, { type: 5, owed: false }), t0)
  const over = (has: () => Journal | null) => checkedDesk(deskOver(config, outbox, () => [], has))
  return { ...beside, desk: over(() => journal), without: over(() => null) }
}

function sold(number: number): NewDocument {
  const time = `2026-08-21T${9 + number}:00:00`
  return receipt(number, {
    summary: { time, sign: String(number), operation: 1, total: number * 100, delivered: null },
  })
}

const keysOf = (numbers: readonly number[]) => numbers.map((number) => `FN${drive}-FD${number}`)
const keys = (documents: readonly { key: string }[]) => documents.map(({ key }) => key)

test('what was just kept is found, the last first, page after page', async () => {
  const { desk, outbox } = shop()
  outbox.settle(sold(2), accepted, t0)
  const first = await desk.search({ receiptsOnly: true, limit: 3 }, never)
  expect(first).toMatchObject({ count: 5, more: false, behind: 0 })
  expect(keys(first.documents)).toEqual(keysOf([5, 4, 3]))
  const second = await desk.search({ receiptsOnly: true, limit: 3, after: String(first.next) }, never)
  expect(keys(second.documents)).toEqual(keysOf([2, 1]))
  expect(second.documents[0]).toMatchObject({ state: 'accepted', total: 200, time: '2026-08-21T11:00:00' })
  expect(second.next).toBeNull()
})

test('a page that no search gave is wrong use; no index is a failure that says what to do', async () => {
  const { desk, without } = shop()
  await expect(desk.search({ after: 'x', limit: 1 }, never)).rejects.toThrow(UsageError)
  await expect(desk.search({ fromTime: '2026-02-31T00:00:00', limit: 1 }, never)).rejects.toThrow(
    'no such day',
  )
  await expect(without.search({ limit: 1 }, never)).rejects.toThrow(Failure)
  await expect(without.search({ limit: 1 }, never)).rejects.toThrow('journal.db')
})

test('a replay by date sends what the preview showed, with the index and without', async () => {
  const day = { fromTime: '2026-08-21T11:00:00', toTime: '2026-08-21T13:00:00' }
  for (const name of ['desk', 'without'] as const) {
    const { [name]: desk, outbox } = shop()
    for (const number of [1, 2, 3, 4, 5]) outbox.settle(sold(number), accepted, t0)
    const shown = await desk.previewReplay({ selection: day }, never)
    expect(shown.count).toBe(3)
    expect(keys(shown.documents)).toEqual(keysOf([2, 3, 4]))
    const asked = { selection: day, who: 'anna', reason: 'test', digest: shown.digest }
    expect(await desk.replay(asked, never)).toEqual({ replayed: 3 })
    expect(keys((await desk.list({ state: 'waiting' }, never)).documents)).toEqual(keysOf([2, 3, 4]))
    expect(JSON.parse(outbox.audits(1)[0]?.detail ?? '')).toEqual(day)
  }
})

test('a row tells the time and the sum of its body where there is no short record', async () => {
  const { desk, outbox } = shop(0)
  const whole = keptReceipt(5)
  outbox.keepDocument({ ...whole, summary: null }, t0)
  const { documents } = await desk.list({ storage: whole.storage, fromNumber: 5, toNumber: 5 }, never)
  expect(documents).toMatchObject([{ time: whole.summary?.time, total: whole.summary?.total, operation: 1 }])
})

test('a list that would hold up the registers is refused', async () => {
  const { desk } = shop()
  await expect(desk.list({ limit: 10_001 }, never)).rejects.toThrow(UsageError)
  expect((await desk.list({ limit: 10_000 }, never)).documents).toHaveLength(6)
})

test('the preview of the newest few shows those few, whatever lies between them', async () => {
  const { desk } = shop()
  const shown = await desk.previewReplay({ selection: { limit: 2 } }, never)
  expect(shown.count).toBe(2)
  expect(keys(shown.documents)).toEqual(keysOf([4, 5]))
})

test.each([
  ['one more', (outbox: Outbox) => void outbox.settle(sold(3), parked, t0)],
  ['one fewer', (outbox: Outbox) => outbox.settle(sold(1), accepted, t0)],
  [
    'as many, but another',
    (outbox: Outbox) => {
      outbox.settle(sold(1), accepted, t0)
      outbox.settle(sold(3), parked, t0)
    },
  ],
])('when others fit than were shown (%s) nothing is sent', async (_, change) => {
  const { desk, outbox } = shop()
  for (const number of [1, 2]) outbox.settle(sold(number), parked, t0)
  const selection = { state: 'parked' } as const
  const { count, digest } = await desk.previewReplay({ selection }, never)
  expect(count).toBe(2)
  change(outbox)
  const asked = { selection, who: 'anna', reason: 'test', digest }
  await expect(desk.replay(asked, never)).rejects.toThrow('Nothing was sent')
  expect(outbox.audits(9)).toEqual([])
  const again = await desk.previewReplay({ selection }, never)
  expect(await desk.replay({ ...asked, digest: again.digest }, never)).toEqual({ replayed: again.count })
})

/** Bodies of which no short record tells the time; how many of them are read is counted. */
function silent(count: number): { outbox: Outbox; journal: Journal; read: () => number } {
  let read = 0
  const timeInside: TimeInside = (document) => {
    read++
    return timeInBody(document)
  }
  const beside = opened({}, folder(), timeInside)
  beside.outbox.beginStorage(storage())
  beside.outbox.keepDocuments(
    // The first and the last are gaps for ever.
    [
      absent(1),
      ...Array.from({ length: count }, (_, i) => ({ ...keptReceipt(i + 2), storage: drive, summary: null })),
    ],
    t0,
  )
  beside.outbox.keepDocument(absent(count + 2), t0)
  return { ...beside, read: () => read }
}

test('of a day that is asked for no document is read that the index knows, whatever gaps there are', () => {
  const { outbox, journal, read } = silent(300)
  catchUp(journal)
  const premises = { journal, outbox, isDaemon: true }
  const within = (day: string) => ({ fromTime: `${day}T00:00:00`, toTime: `${day}T23:59:59` })
  const none = narrowed(premises, within('2026-08-20'))
  expect(outbox.replayable(none).count).toBe(0)
  const all = narrowed(premises, within('2026-08-21'))
  expect(outbox.replayable(all).count).toBe(300)
  expect(outbox.list(all)).toHaveLength(300)
  expect(read()).toBe(0)
  outbox.keepDocument({ ...keptReceipt(1), storage: drive, summary: null }, t0)
  outbox.keepDocument({ ...keptReceipt(400), storage: drive, summary: null }, t0)
  expect(outbox.replayable(narrowed(premises, within('2026-08-21'))).count).toBe(302)
  expect(read()).toBe(2)
})

test('a daemon reads no crowd of documents for one question: it says what to do instead', async () => {
  const { outbox, journal, read } = silent(2_001)
  const day = { fromTime: '2026-08-20T00:00:00' }
  expect(() => narrowed({ journal, outbox, isDaemon: true }, day)).toThrow('2003 documents are left')
  expect(() => narrowed({ journal: null, outbox, isDaemon: true }, day)).toThrow('Name numbers')
  const few = { ...day, storage: drive, fromNumber: 1, toNumber: 20 }
  expect(outbox.list(narrowed({ journal: null, outbox, isDaemon: true }, few))).toHaveLength(19)
  expect(read()).toBe(19)
  // The index is asked to go on first, and is soon far enough.
  const ready = await located({ journal, outbox, isDaemon: true }, day, never)
  expect(ready.within).toMatchObject({ unread: expect.any(Number) })
  expect(journal.behind()).toBeLessThan(500)
})
