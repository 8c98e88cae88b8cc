import { expect, test } from 'vitest'
import { Requests } from '../../agent/requests.ts'
import { LetGo, Respite, type Span } from '../../agent/respite.ts'
import { Failure } from '../../agent/usage.ts'
import type { Register } from '../../drivers/index.ts'

const minute = 60_000

const never = new AbortController().signal

/** A wall clock that can be put anywhere, and one that only goes on. */
function clocks(earlier: Span | null = null) {
  const time = { wall: Date.parse('2026-11-26T12:00:00Z'), uptime: 5_000 }
  const view = { name: 'till-1', pausedUntil: null as number | null, leaving: false }
  const kept: (Span | null)[] = []
  const respite = new Respite(
    view,
    { clock: () => time.wall, zone: 'Asia/Vladivostok' },
    {
      uptime: () => time.uptime,
      kept: () => earlier,
      keep: (span) => kept.push(span),
    },
  )
  const letGo = (ms: number) => {
    respite.want(ms)
    respite.grant()
  }
  const passes = (ms: number) => {
    time.wall += ms
    time.uptime += ms
  }
  return { time, view, respite, passes, letGo, kept }
}

test('it lasts as long as was asked for, and is over by itself', () => {
  const { time, view, respite, passes, letGo } = clocks()
  letGo(10 * minute)
  expect(view.pausedUntil).toBe(time.wall + 10 * minute)
  passes(10 * minute - 1)
  expect(respite.leftMs()).toBe(1)
  passes(1)
  expect(respite.leftMs()).toBe(0)
  expect(view.pausedUntil).toBeNull()
})

test.each([-30 * 24 * 60 * minute, -minute, minute, 24 * 60 * minute])(
  'a wall clock moved by %d ms makes it neither longer nor shorter, and the view follows the clock',
  (moved) => {
    const { time, view, respite, passes, letGo } = clocks()
    letGo(10 * minute)
    passes(4 * minute)
    time.wall += moved
    expect(respite.leftMs()).toBe(6 * minute)
    expect(view.pausedUntil).toBe(time.wall + 6 * minute)
    passes(6 * minute)
    expect(respite.leftMs()).toBe(0)
  },
)

test('a second one counts from now, and it can be ended', () => {
  const { view, respite, passes, letGo } = clocks()
  letGo(10 * minute)
  passes(minute)
  letGo(2 * minute)
  expect(respite.leftMs()).toBe(2 * minute)
  expect(respite.end()).toBe(true)
  expect(respite.leftMs()).toBe(0)
  expect(view.pausedUntil).toBeNull()
  expect(respite.end()).toBe(false)
})

test('whoever holds the port is told, each time anew', () => {
  const { respite, passes, letGo } = clocks()
  const first = respite.asked
  expect(first.aborted).toBe(false)
  letGo(minute)
  expect(first.reason).toBeInstanceOf(LetGo)
  expect(respite.asked.aborted).toBe(true)
  passes(minute)
  respite.leftMs()
  expect(respite.asked.aborted).toBe(false)
  letGo(minute)
  expect(respite.asked.aborted).toBe(true)
})

test('what is asked meanwhile fails with the time and the way back', () => {
  const { respite, letGo } = clocks()
  expect(() => respite.demandOver()).not.toThrow()
  letGo(minute)
  expect(() => respite.demandOver()).toThrow(Failure)
  expect(() => respite.demandOver()).toThrow(/until 22:01.*chekpost resume till-1/)
})

test('a port that is wanted is not free: it is refused at once, shown as such, and its time has not begun', async () => {
  const { time, view, respite, passes, kept } = clocks()
  respite.want(10 * minute)
  const free = respite.untilFree(minute, never)
  expect(view).toEqual({ name: 'till-1', pausedUntil: null, leaving: true })
  expect([respite.isWanted, respite.leftMs(), respite.asked.aborted, kept]).toEqual([true, 0, true, []])
  expect(() => respite.demandOver()).toThrow(/being let go of.*chekpost resume till-1/)
  passes(minute)
  respite.grant()
  expect(view).toMatchObject({ pausedUntil: time.wall + 10 * minute, leaving: false })
  expect(await free).toBe(time.wall + 10 * minute)
  expect(await respite.untilFree(minute, never)).toBe(time.wall + 10 * minute)
})

test('whoever waits for it is told when it is taken back meanwhile, or is not free in time', async () => {
  const { respite, view } = clocks()
  respite.want(minute)
  await expect(respite.untilFree(1, never)).rejects.toThrow(/being let go of/)
  const free = respite.untilFree(minute, never)
  expect(respite.end()).toBe(true)
  await expect(free).rejects.toThrow(/taken back/)
  expect([view.leaving, respite.isWanted, respite.asked.aborted]).toEqual([false, false, false])
  respite.grant()
  expect(respite.isWanted).toBe(false)
  respite.want(minute)
  const stop = new AbortController()
  const stopped = respite.untilFree(minute, stop.signal)
  stop.abort(new Error('the daemon stops'))
  await expect(stopped).rejects.toThrow('the daemon stops')
})

test('what is free is kept until it is over, and goes on in the next process', () => {
  const one = clocks()
  one.letGo(10 * minute)
  expect(one.kept).toEqual([{ from: 5_000, until: 5_000 + 10 * minute }])
  const next = clocks(one.kept[0])
  next.passes(4 * minute)
  expect(next.respite.leftMs()).toBe(6 * minute)
  expect(next.view.pausedUntil).toBe(next.time.wall + 6 * minute)
  expect(next.respite.asked.reason).toBeInstanceOf(LetGo)
  next.passes(6 * minute)
  expect(next.respite.leftMs()).toBe(0)
  expect(next.respite.asked.aborted).toBe(false)
  expect(next.kept).toEqual([null])
  one.respite.end()
  expect(one.kept.at(-1)).toBeNull()
})

test('a question that is cut off because the port was asked for fails in the same words, not as a fault of ours', async () => {
  const { respite, letGo } = clocks()
  const requests = new Requests(() => undefined)
  const asked = respite.whileOurs(() => requests.ask((_, line) => Promise.reject(line.reason), 60_000, never))
  const run = requests.take()
  letGo(minute)
  await run?.({} as Register, respite.asked)
  await expect(asked).rejects.toBeInstanceOf(Failure)
  await expect(asked).rejects.toThrow(/until \d\d:\d\d.*chekpost resume till-1/)
  await expect(respite.whileOurs(() => Promise.resolve(1))).rejects.toBeInstanceOf(Failure)
  respite.end()
  expect(await respite.whileOurs(() => Promise.resolve(1))).toBe(1)
  await expect(respite.whileOurs(() => Promise.reject(new Error('another')))).rejects.toThrow('another')
})
