import { Writable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { LedgerError } from '../../agent/bitrix/ledger.ts'
import type { NumberRange } from '../../agent/bitrix/ranges.ts'
import { openLog } from '../../agent/log.ts'
import { compareNightly, isAuditDue } from '../../agent/nightly.ts'
import { SiteBook } from '../../agent/sites.ts'
import { accepted, drive, folder, opened, receipt, storage, t0 } from './store/workshop.ts'

const hour = 3_600_000
const at = (day: number, hours: number, minutes = 0) => new Date(2026, 7, day, hours, minutes).getTime()

test.each<[string, number | null, number, number, number, boolean]>([
  ['a new installation, in its first hour', null, at(20, 9), 0, at(20, 9, 50), false],
  ['a new installation, an hour later', null, at(20, 9), 0, at(20, 10, 10), true],
  [
    'a new installation of a chain, when its minutes are not over',
    null,
    at(20, 9),
    40 * 60_000,
    at(20, 10, 10),
    false,
  ],
  ['the night after', at(20, 10), at(20, 9), 0, at(21, 4, 5), true],
  ['the same night again', at(21, 4, 5), at(20, 9), 0, at(21, 4, 50), false],
  ['at night, before its minutes', at(20, 4), at(20, 9), 30 * 60_000, at(21, 4, 20), false],
  ['at night, after its minutes', at(20, 4), at(20, 9), 30 * 60_000, at(21, 4, 40), true],
  ['by day', at(20, 4), at(20, 9), 0, at(21, 12), false],
  ['a PC that is off at night, on the second day', at(20, 10), at(21, 23), 0, at(21, 23, 10), true],
  ['a clock that was put back', at(29, 10), at(20, 9), 0, at(20, 9, 30), true],
])('%s: due = %#', (_, lastAt, startedAt, jitterMs, now, due) => {
  expect(isAuditDue(lastAt, startedAt, jitterMs, now)).toBe(due)
})

/** A daemon's nights, one after the other: twenty minutes pass in every round. */
function nights(ranges: () => readonly NumberRange[], more: { changed?: boolean } = {}) {
  const outbox = opened()
  outbox.beginStorage(storage())
  for (const number of [1, 2, 3]) {
    outbox.keepDocument(receipt(number), t0)
    outbox.settle(receipt(number), accepted, t0)
  }
  const clock = { now: t0 }
  const lines: string[] = []
  const sites = new SiteBook(folder(), () => clock.now)
  sites.saw('till-1', { ledgerId: 'l-1', host: 'h' })
  if (more.changed) sites.saw('till-1', { ledgerId: 'l-2', host: 'h' })
  const asked: number[] = []
  const stop = new AbortController()
  const tools = {
    ...{ outbox, allowDebugDrive: true, zone: 'Europe/Moscow', clock: () => clock.now },
    newest: () => Promise.resolve({ storage: drive, number: 3 }),
    ask: async () => {
      asked.push((clock.now - t0) / hour)
      await Promise.resolve()
      const drives = new Map([[drive, { ranges: ranges(), parked: new Set<number>() }]])
      return {
        ledger: { ledgerId: 'l-1', host: 'h', drives },
        trust: more.changed ? 'changed' : 'same',
      } as const
    },
  }
  const log = openLog(
    'info',
    new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) }),
  )
  let nudged = 0
  const nudge = () => void nudged++
  const nightly = { tools, registers: ['till-1'], sites, nudge, random: () => 0, log, roundMs: 1 }
  const running = compareNightly(nightly, stop.signal).catch(() => undefined)
  onTestFinished(async () => {
    stop.abort()
    await running
  })
  const until = async (holds: () => boolean) => {
    for (let rounds = 0; !holds() && rounds < 600; rounds++) {
      clock.now += hour / 3
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    return holds()
  }
  return {
    outbox,
    sites,
    lines,
    asked,
    until,
    nudges: () => nudged,
    replayed: () => outbox.audits(99).length,
  }
}

test('writes once a night that all documents are in Bitrix, and remembers it', async () => {
  const { lines, sites, until, asked } = nights(() => [[1, 3]])
  expect(await until(() => asked.length === 3)).toBe(true)
  const [, second = 0, third = 0] = asked
  expect(third - second).toBeGreaterThan(20)
  expect(
    lines.filter((line) => line.includes('"msg":"all 3 documents are in Bitrix"')).length,
  ).toBeGreaterThan(1)
  expect(sites.of('till-1')?.audit).toMatchObject({ documents: 3, gaps: {}, asked: true })
})

test('names what is not there, sends it again once, and tells a person when that did not help', async () => {
  const { lines, sites, until, asked, outbox, nudges, replayed } = nights(() => [[1, 2]])
  expect(await until(() => asked.length === 1 && replayed() === 1)).toBe(true)
  expect(lines.find((line) => line.includes('not all documents'))).toContain(
    `"notInBitrix":"FN${drive} FD 3"`,
  )
  expect(outbox.audits(1)).toMatchObject([{ who: 'chekpost', reason: 'nightly audit' }])
  expect([nudges(), sites.of('till-1')?.audit?.gaps]).toEqual([1, {}])
  outbox.settle(receipt(3), accepted, t0)
  expect(await until(() => asked.length === 2)).toBe(true)
  await until(() => sites.of('till-1')?.audit?.gaps['notInBitrix'] === 1)
  expect([replayed(), sites.of('till-1')?.audit?.gaps]).toEqual([1, { notInBitrix: 1 }])
})

test('sends nothing again to another receiver, nor what is older than 48 hours', async () => {
  const changed = nights(() => [[1, 2]], { changed: true })
  expect(await changed.until(() => changed.sites.of('till-1')?.audit !== null)).toBe(true)
  expect(changed.replayed()).toBe(0)
  expect(changed.sites.of('till-1')?.audit?.gaps).toEqual({ notInBitrix: 1 })
  let ranges: readonly NumberRange[] = [[1, 3]]
  const old = nights(() => ranges)
  expect(await old.until(() => old.asked.length >= 4)).toBe(true)
  ranges = [[1, 2]]
  expect(await old.until(() => old.sites.of('till-1')?.audit?.gaps['notInBitrix'] === 1)).toBe(true)
  expect(old.replayed()).toBe(0)
})

test('a site that cannot be asked is asked again, and is no gap', async () => {
  let isDown = true
  const { sites, lines, asked, until } = nights(() => {
    if (isDown) throw new LedgerError('unreachable', { ru: 'нет', en: 'down' }, null)
    return [[1, 3]]
  })
  expect(await until(() => asked.length >= 2)).toBe(true)
  expect(sites.of('till-1')?.audit).toBeNull()
  expect(lines.some((line) => line.includes('could not be asked'))).toBe(true)
  isDown = false
  expect(await until(() => sites.of('till-1')?.audit?.documents === 3)).toBe(true)
})

test('a site that never named its ledger is not asked at all', async () => {
  const { sites, asked, until } = nights(() => [[1, 3]])
  Object.assign(sites, { of: () => null })
  let rounds = 0
  await until(() => ++rounds > 150)
  expect(asked).toEqual([])
})
