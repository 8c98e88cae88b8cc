/** The daemon's way with its journal: late, in slices, and never a reason to stop. */
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Attempt, Journal } from '../../agent/journal.ts'
import { Journaling } from '../../agent/journaling.ts'
import { openLog } from '../../agent/log.ts'
import { drive } from './store/workshop.ts'

const quick = { breathMs: 1, restMs: 2, sulkMs: 3, forgetMs: 1_000 }

function attempt(at: number): Attempt {
  return {
    ...{ at, tookMs: 1, status: 200, outcome: 'accepted', why: null, answer: null, replay: false },
    ...{ bodyDigest: '', bodyBytes: 0 },
  }
}

/** A journal in memory that counts what it is asked. */
class Pad implements Journal {
  readonly noted: number[] = []
  left = 3
  caughtUp = 0
  forgotten: number[] = []
  isClosed = false
  trouble: (why: string) => void = () => undefined

  isBusy = false
  poison = -1
  refused = 0

  noteAttempt(_key: unknown, { at }: Attempt): boolean {
    const isRefused = this.isBusy || at === this.poison
    if (isRefused) {
      this.refused++
      this.trouble('another program holds the journal')
    } else this.noted.push(at)
    return !isRefused
  }
  attempts = () => []
  search = () => ({ keys: [], next: null, count: 0, more: false })
  behind = () => this.left
  catchUp(): boolean {
    this.caughtUp++
    return --this.left > 0
  }
  timed = () => null
  forget(than: number): boolean {
    this.forgotten.push(than)
    return this.forgotten.length < 3
  }
  hours(): [] {
    return []
  }
  [Symbol.dispose](): void {
    this.isClosed = true
  }
}

function kept(open: (times: number, trouble: (why: string) => void) => Journal) {
  const log: string[] = []
  let times = 0
  const journaling = new Journaling({
    open: (trouble) => Promise.resolve().then(() => open(++times, trouble)),
    ...{ keepDays: 10, clock: () => 100 * 86_400_000, pace: quick },
    log: openLog('info', new Writable({ write: (chunk, _, done) => done(void log.push(String(chunk))) })),
  })
  const stopping = new AbortController()
  let polled = (): void => undefined
  const running = journaling.run(new Promise<void>((resolve) => (polled = resolve)), stopping.signal)
  const stop = async () => {
    stopping.abort()
    polled()
    await running
  }
  onTestFinished(stop)
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(1)
  }
  return { journaling, log, polled: () => polled(), stop, until, times: () => times }
}

test('it opens after the first poll, takes what ended before, catches up, forgets, and closes', async () => {
  const pad = new Pad()
  const { journaling, polled, until, stop } = kept(() => pad)
  for (let at = 0; at < 505; at++) journaling.note({ storage: drive, number: 1 }, attempt(at))
  await sleep(5)
  expect(journaling.journal).toBeNull()
  expect(journaling.hours(0)).toEqual([])
  polled()
  await until(() => pad.left <= 0 && pad.forgotten.length >= 3)
  await until(() => pad.noted.length >= 500)
  // The newest five hundred.
  expect(pad.noted).toEqual(Array.from({ length: 500 }, (_, i) => i + 5))
  expect(pad.forgotten[0]).toBe(90 * 86_400_000)
  journaling.note({ storage: drive, number: 1 }, attempt(900))
  // Whoever delivers does not wait for it.
  expect(pad.noted).toHaveLength(500)
  await until(() => pad.noted.at(-1) === 900)
  journaling.note({ storage: drive, number: 1 }, attempt(901))
  await stop()
  expect(pad.noted.at(-1)).toBe(901)
  expect(pad.isClosed).toBe(true)
  expect(journaling.journal).toBeNull()
})

test('one that cannot be opened is tried again, and the log is not filled with it', async () => {
  const pad = new Pad()
  const { journaling, polled, until, log, times } = kept((time) => {
    if (time < 4) throw new Error('the disk is full')
    return pad
  })
  polled()
  await until(() => journaling.journal === pad)
  expect(times()).toBe(4)
  expect(log.length).toBeGreaterThan(0)
  expect(log.length).toBeLessThan(4)
  expect(log[0]).toContain('the disk is full')
})

test('what cannot be written now is written later, in its order', async () => {
  const pad = new Pad()
  const { journaling, polled, until } = kept((_, trouble) => Object.assign(pad, { trouble }))
  polled()
  await until(() => journaling.journal === pad)
  pad.isBusy = true
  for (const at of [1, 2, 3]) journaling.note({ storage: drive, number: 1 }, attempt(at))
  await until(() => pad.refused > 0)
  expect(pad.noted).toEqual([])
  pad.isBusy = false
  await until(() => pad.noted.length === 3)
  expect(pad.noted).toEqual([1, 2, 3])
})

test('one that can never be written stands before no other for long', async () => {
  const pad = new Pad()
  const { journaling, polled, until } = kept((_, trouble) => Object.assign(pad, { trouble, poison: 1 }))
  for (const at of [1, 2]) journaling.note({ storage: drive, number: 1 }, attempt(at))
  polled()
  await until(() => pad.noted.length > 0)
  expect(pad.noted).toEqual([2])
})

test('a signal before the first poll ends it without a journal', async () => {
  const { stop, times } = kept(() => new Pad())
  await stop()
  expect(times()).toBe(0)
})
