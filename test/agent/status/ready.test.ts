import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DiskWatch } from '../../../agent/disk.ts'
import { readiness } from '../../../agent/status/ready.ts'
import { see, tell } from '../../../agent/view.ts'
import { type Change, disk, factsOf, now } from './facts.ts'

const said = (words: string) => ({ ru: words, en: words })

function failing(change: Change): string[] {
  const { snapshot, disk } = factsOf(change)
  const { ok, checks } = readiness(snapshot, disk)
  const names = checks.filter((check) => !check.ok).map(({ name }) => name)
  expect(ok).toBe(names.length === 0)
  expect(checks.map(({ name }) => name)).toEqual(['register/till-1', 'register/till-2', 'disk', 'delivery'])
  for (const { text } of checks) expect(text.ru && text.en).toBeTruthy()
  return names
}

test('a shop at work is ready, with a busy register and with one that is let go of', () => {
  expect(failing({})).toEqual([])
  expect(failing({ view: (view) => see(view, { kind: 'busy', text: said('open receipt') }, now) })).toEqual(
    [],
  )
  const paused = (view: { line: string; lineSince: number; pausedUntil: number | null }) =>
    Object.assign(view, { line: 'lost', lineSince: now - 3_600_000, pausedUntil: now + 60_000 })
  expect(failing({ view: paused })).toEqual([])
})

test('a register may be away for five minutes and not longer', () => {
  const away = (seconds: number): Change => ({
    view: (view) => Object.assign(view, { line: 'lost', lineSince: now - seconds * 1000 }),
  })
  expect(failing(away(300))).toEqual([])
  expect(failing(away(301))).toEqual(['register/till-1'])
})

test('receipts may lie unread in a register for a quarter of an hour while none is read, not longer', () => {
  const unread = (seconds: number): Change => ({
    view: (view) => Object.assign(view, { behind: 3, unreadSince: now - seconds * 1000 }),
  })
  expect(failing(unread(900))).toEqual([])
  expect(failing(unread(901))).toEqual(['register/till-1'])
})

test('a register that needs a person is not ready at once', () => {
  const stopped = { kind: 'stopped', text: said('reset'), hint: said('call the service') } as const
  expect(failing({ view: (view) => see(view, stopped, now) })).toEqual(['register/till-1'])
  expect(failing({ view: (view) => tell(view, 'halted', said('another drive'), null, now) })).toEqual([
    'register/till-1',
  ])
})

test('a disk that is full, read-only, failing, hanging or unknown is not ready', () => {
  expect(failing({ disk: { ...disk, freeBytes: 50_000_000 } })).toEqual(['disk'])
  expect(failing({ disk: { ...disk, writable: false } })).toEqual(['disk'])
  expect(failing({ disk: { ...disk, ageMs: 181_000 } })).toEqual(['disk'])
  expect(failing({ disk: null })).toEqual(['disk'])
  expect(failing({ view: (view) => tell(view, 'disk', said('disk full'), null, now) })).toEqual(['disk'])
})

test('a site that is slow is ready, one that takes nothing for a quarter of an hour or refuses is not', () => {
  const waiting = (waits: number, accepted: number | null): Change => ({
    counts: {
      waiting: 1,
      oldestWaitingAt: now - waits * 1000,
      lastAcceptedAt: accepted === null ? null : now - accepted * 1000,
    },
  })
  expect(failing(waiting(5000, 60))).toEqual([])
  expect(failing(waiting(60, 5000))).toEqual([])
  expect(failing(waiting(901, 5000))).toEqual(['delivery'])
  expect(failing(waiting(901, null))).toEqual(['delivery'])
  expect(failing({ way: { state: 'stopped' } })).toEqual(['delivery'])
})

test('the disk is told as it is, and a directory that is gone as one that cannot be written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-disk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const outbox = join(folder, 'outbox.db')
  writeFileSync(outbox, Buffer.alloc(5000))
  writeFileSync(`${outbox}-wal`, Buffer.alloc(300))
  const watch = new DiskWatch(folder, outbox, () => now)
  expect(watch.facts).toBe(null)
  await watch.look()
  expect(watch.facts).toMatchObject({ at: now, writable: true, outboxBytes: 5300 })
  expect(watch.facts?.freeBytes).toBeGreaterThan(0)
  expect(watch.facts?.sizeBytes).toBeGreaterThan(watch.facts?.freeBytes ?? 0)
  rmSync(folder, { recursive: true })
  await watch.look()
  expect(watch.facts).toMatchObject({ writable: false })
})

test('before the outbox could be opened nothing but the disk is told, and that it is not ready', () => {
  const { snapshot, disk } = factsOf({})
  expect(readiness({ ...snapshot, unopened: true }, disk)).toEqual({
    ok: false,
    checks: [{ name: 'disk', ok: false, text: snapshot.health.text }],
  })
})
