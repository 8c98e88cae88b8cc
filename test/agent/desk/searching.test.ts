/** The desk's search, its preview and replay by date, and what it says without an index. */
import { expect, test } from 'vitest'
import { parseConfig } from '../../../agent/config.ts'
import { checkedDesk, type Desk } from '../../../agent/desk/desk.ts'
import { deskOver } from '../../../agent/desk/open.ts'
import type { Journal } from '../../../agent/journal.ts'
import type { NewDocument } from '../../../agent/outbox.ts'
import { Failure, UsageError } from '../../../agent/usage.ts'
import { opened } from '../store/journalworkshop.ts'
import { accepted, drive, receipt, storage, t0 } from '../store/workshop.ts'

const never = new AbortController().signal
const config = parseConfig(
  `store: shop
timezone: Europe/Moscow
registers: [{ name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
  'chekpost.yaml',
)

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
    const asked = { selection: day, who: 'anna', reason: 'test', atMost: shown.count }
    expect(await desk.replay(asked, never)).toEqual({ replayed: 3 })
    expect(keys((await desk.list({ state: 'waiting' }, never)).documents)).toEqual(keysOf([2, 3, 4]))
    expect(JSON.parse(outbox.audits(1)[0]?.detail ?? '')).toEqual(day)
  }
})

test('the preview of the newest few shows those few, whatever lies between them', async () => {
  const { desk } = shop()
  const shown = await desk.previewReplay({ selection: { limit: 2 } }, never)
  expect(shown.count).toBe(2)
  expect(keys(shown.documents)).toEqual(keysOf([4, 5]))
})

test('when more fit than were shown nothing is sent', async () => {
  const { desk, outbox } = shop()
  const selection = { fromNumber: 4 }
  const { count } = await desk.previewReplay({ selection }, never)
  outbox.keepDocument(sold(9), t0)
  const asked = { selection, who: 'anna', reason: 'test', atMost: count }
  await expect(desk.replay(asked, never)).rejects.toThrow('there were 2, now 3')
  expect(outbox.audits(9)).toEqual([])
})
