import { expect, test } from 'vitest'
import { LetGo, Respite } from '../../agent/respite.ts'
import { Failure } from '../../agent/usage.ts'

const minute = 60_000

/** A wall clock that can be put anywhere, and one that only goes on. */
function clocks() {
  const time = { wall: Date.parse('2026-11-26T12:00:00Z'), uptime: 5_000 }
  const view = { name: 'till-1', pausedUntil: null as number | null }
  const respite = new Respite(
    view,
    () => time.wall,
    () => time.uptime,
  )
  const passes = (ms: number) => {
    time.wall += ms
    time.uptime += ms
  }
  return { time, view, respite, passes }
}

test('it lasts as long as was asked for, and is over by itself', () => {
  const { time, view, respite, passes } = clocks()
  respite.begin(time.wall + 10 * minute)
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
    const { time, view, respite, passes } = clocks()
    respite.begin(time.wall + 10 * minute)
    passes(4 * minute)
    time.wall += moved
    expect(respite.leftMs()).toBe(6 * minute)
    expect(view.pausedUntil).toBe(time.wall + 6 * minute)
    passes(6 * minute)
    expect(respite.leftMs()).toBe(0)
  },
)

test('a second one counts from now, and it can be ended', () => {
  const { time, view, respite, passes } = clocks()
  respite.begin(time.wall + 10 * minute)
  passes(minute)
  respite.begin(time.wall + 2 * minute)
  expect(respite.leftMs()).toBe(2 * minute)
  expect(respite.end()).toBe(true)
  expect(respite.leftMs()).toBe(0)
  expect(view.pausedUntil).toBeNull()
  expect(respite.end()).toBe(false)
})

test('whoever holds the port is told, each time anew', () => {
  const { time, respite, passes } = clocks()
  const first = respite.asked
  expect(first.aborted).toBe(false)
  respite.begin(time.wall + minute)
  expect(first.reason).toBeInstanceOf(LetGo)
  expect(respite.asked.aborted).toBe(true)
  passes(minute)
  respite.leftMs()
  expect(respite.asked.aborted).toBe(false)
  respite.begin(time.wall + minute)
  expect(respite.asked.aborted).toBe(true)
})

test('what is asked meanwhile fails with the time and the way back', () => {
  const { time, respite } = clocks()
  expect(() => respite.demandOver()).not.toThrow()
  respite.begin(time.wall + minute)
  expect(() => respite.demandOver()).toThrow(Failure)
  expect(() => respite.demandOver()).toThrow(/until \d\d:\d\d.*chekpost resume till-1/)
})
