import { expect, test } from 'vitest'
import { Aside } from '../../agent/aside.ts'

function tried(failures: number, start = 10_000_000) {
  const clock = { now: start }
  const aside = new Aside(
    () => clock.now,
    () => 0.5,
  )
  aside.begin('9280000000000001')
  for (let i = 0; i < failures; i++) aside.failed(5)
  return { aside, clock }
}

test('after its first failure a document is tried as soon as the line is back', () => {
  expect(tried(0).aside.turnOf(5)).toBe('fresh')
  expect(tried(1).aside.turnOf(5)).toBe('again')
})

test('pauses grow up to an hour', () => {
  const { aside, clock } = tried(30)
  expect(aside.turnOf(5)).toBe('later')
  clock.now += 3_600_000
  expect(aside.turnOf(5)).toBe('again')
})

test('a clock put back makes no pause longer', () => {
  const { aside, clock } = tried(30)
  clock.now -= 1
  expect(aside.turnOf(5)).toBe('again')
})

test('numbers of a drive that was replaced say nothing about the new one', () => {
  const { aside } = tried(30)
  aside.begin('9280000000000001')
  expect(aside.numbers).toEqual([5])
  aside.begin('9280000000000002')
  expect(aside.numbers).toEqual([])
  expect(aside.turnOf(5)).toBe('fresh')
})

test('a document that came in another way is no longer shown as unreadable', () => {
  const { aside } = tried(2)
  aside.keepOnly(new Set([5, 6]))
  expect(aside.numbers).toEqual([5])
  aside.keepOnly(new Set([6]))
  expect(aside.numbers).toEqual([])
})

test('a busy register sets a document aside the third time, and never for longer than a minute', () => {
  const { aside, clock } = tried(0)
  aside.metBusy(5)
  aside.metBusy(5)
  expect(aside.turnOf(5)).toBe('fresh')
  expect(aside.numbers).toEqual([])
  for (let i = 0; i < 30; i++) aside.metBusy(5)
  expect(aside.numbers).toEqual([5])
  expect(aside.turnOf(5)).toBe('later')
  clock.now += 60_000
  expect(aside.turnOf(5)).toBe('again')
})

test('a doubtful document is believed once it has read the same for minutes, whatever failed between', () => {
  const { aside, clock } = tried(0)
  expect(aside.doubted(5, 'short')).toBe(180_000)
  expect(aside.turnOf(5)).toBe('later')
  clock.now += 60_000
  expect(aside.doubted(5, 'short')).toBe(120_000)
  aside.failed(5)
  aside.metBusy(5)
  clock.now += 120_000
  expect(aside.doubted(5, 'short')).toBeNull()
})

test('a doubtful document that reads otherwise begins its minutes anew, and so it does when the clock was put back', () => {
  const { aside, clock } = tried(0)
  aside.doubted(5, 'short')
  clock.now += 179_000
  expect(aside.doubted(5, 'shorter')).toBe(180_000)
  clock.now += 1_000
  expect(aside.doubted(5, 'short')).toBe(180_000)
  clock.now -= 3_600_000
  expect(aside.doubted(5, 'short')).toBe(180_000)
})
