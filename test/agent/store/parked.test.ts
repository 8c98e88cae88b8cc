import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Outbox } from '../../../agent/outbox.ts'
import { openDatabase } from '../../../agent/store/database.ts'
import { byIdsQuery, heldOnSiteQuery, parkedQuery } from '../../../agent/store/parked.ts'
import {
  accepted,
  drive,
  folder,
  numbers,
  opened,
  parked,
  receipt,
  retryAt,
  storage,
  t0,
} from './workshop.ts'

const bounds = { rows: 1000, groups: 50, newest: 2, onSite: 2 }

/** Documents 1 … `reasons.length`; a reason parks, null leaves it waiting. */
function filled(reasons: readonly (string | null)[], registers: readonly string[] = ['till-1']): Outbox {
  const outbox = opened()
  outbox.beginStorage(storage())
  for (const [at, why] of reasons.entries()) {
    const register = registers[at % registers.length] ?? 'till-1'
    outbox.keepDocument(receipt(at + 1, { register }), t0 + at)
    if (why !== null) outbox.settle({ storage: drive, number: at + 1 }, { ...parked, why }, t0)
  }
  return outbox
}

test('parked receipts are grouped by equal reason over all registers, the most frequent first', () => {
  const outbox = filled(['a', 'b', 'b', null, 'b', 'a', 'b'], ['till-1', 'till-2'])
  const { groups, looked, otherGroups, otherDocuments } = outbox.parked(bounds)
  expect(groups.map(({ why, count, newest }) => [why, count, numbers(newest)])).toEqual([
    ['b', 4, [7, 5]],
    ['a', 2, [6, 1]],
  ])
  expect(groups.map(({ registers }) => [...registers].sort())).toEqual([
    ['till-1', 'till-2'],
    ['till-1', 'till-2'],
  ])
  expect(groups.map(({ oldestReadAt }) => oldestReadAt)).toEqual([t0 + 1, t0])
  expect([looked, otherGroups, otherDocuments]).toEqual([6, 0, 0])
})

test('what waits, was accepted or was replayed is not among them', () => {
  const outbox = filled(['a', 'a', 'a', 'a'])
  outbox.settle({ storage: drive, number: 1 }, accepted, t0)
  outbox.settle({ storage: drive, number: 2 }, retryAt(t0), t0)
  const audit = { at: t0, who: 'me', action: 'replay', reason: '', detail: '' }
  outbox.replay({ storage: drive, fromNumber: 3, toNumber: 3 }, audit)
  expect(outbox.parked(bounds).groups.map(({ newest }) => numbers(newest))).toEqual([[4]])
})

test('of many only the newest are looked at, and it is told how many', () => {
  const outbox = filled(Array.from({ length: 12 }, (_, at) => (at < 6 ? 'old' : 'new')))
  const { groups, looked } = outbox.parked({ ...bounds, rows: 8 })
  expect(groups.map(({ why, count }) => [why, count])).toEqual([
    ['new', 6],
    ['old', 2],
  ])
  expect(looked).toBe(8)
})

test('of many reasons the most frequent are told, and how many are left out', () => {
  const outbox = filled(['a', 'a', 'b', 'c', 'd', 'd', 'd'])
  const { groups, otherGroups, otherDocuments } = outbox.parked({ ...bounds, groups: 2 })
  expect(groups.map(({ why }) => why)).toEqual(['d', 'a'])
  expect([otherGroups, otherDocuments]).toEqual([2, 2])
})

test('what the site has set aside itself is counted apart, the newest named', () => {
  const outbox = filled([null, null, null, null])
  for (const number of [1, 2, 4])
    outbox.settle({ storage: drive, number }, { ...accepted, outcome: 'acceptedParked' }, t0)
  outbox.settle({ storage: drive, number: 3 }, accepted, t0)
  const { onSite, newestOnSite, groups } = outbox.parked(bounds)
  expect([onSite, numbers(newestOnSite), groups]).toEqual([3, [4, 2], []])
})

test('an empty outbox has nothing parked', () => {
  expect(opened().parked(bounds)).toMatchObject({ groups: [], looked: 0, onSite: 0, newestOnSite: [] })
})

test.each([
  ['parked rows', parkedQuery, 'USING INDEX delivery_parked (register=? AND due_at=? AND settled_at=?)'],
  ['settled rows', heldOnSiteQuery, 'USING INDEX delivery_settled (register=? AND aged=? AND settled_at>?)'],
  ['documents by their row', byIdsQuery, 'USING INTEGER PRIMARY KEY (rowid=?)'],
])('%s are found by an index, newest first, without sorting', (_, sql, step) => {
  const database = openDatabase(join(folder(), 'outbox.db'))
  onTestFinished(() => void database.close())
  const values = (sql.match(/\?/g) ?? []).map(() => null)
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
  const steps = rows.map(({ detail }) => detail)
  expect(steps.join('\n')).toContain(step)
  expect(steps.filter((found) => /^SCAN (document|delivery|d|v)\b|ORDER BY/.test(found))).toEqual([])
})
