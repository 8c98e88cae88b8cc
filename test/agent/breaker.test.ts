import { expect, test } from 'vitest'
import { Breaker } from '../../agent/breaker.ts'

const limits = { failures: 3, firstMs: 1_000, longestMs: 8_000, longestHoldMs: 60_000, widenAfter: 4 }
const breaker = () => new Breaker(limits, () => 0.5)

function opened() {
  const it = breaker()
  for (let i = 0; i < 3; i++) it.failed(0, null)
  return it
}

test('opens after the set number of failures in a row, not before', () => {
  const it = breaker()
  it.failed(0, null)
  it.failed(0, null)
  expect(it.state(0)).toBe('closed')
  it.passed()
  it.failed(0, null)
  it.failed(0, null)
  expect(it.state(0)).toBe('closed')
  it.failed(0, null)
  expect(it.state(0)).toBe('open')
  expect(it.room(0, 8, 0)).toBe(0)
})

test('lets a single attempt through once the time is over, whatever the lanes', () => {
  const it = opened()
  const at = it.opensAt(0) ?? 0
  expect(at).toBeGreaterThan(0)
  expect(it.state(at)).toBe('half-open')
  expect(it.room(at, 8, 0)).toBe(1)
  expect(it.room(at, 8, 1)).toBe(0)
})

test('closes when that attempt passes, and opens for longer when it fails, up to a ceiling', () => {
  const it = opened()
  const lengths: number[] = []
  for (let now = it.opensAt(0) ?? 0; lengths.length < 6; now = it.opensAt(now) ?? 0) {
    it.failed(now, null)
    lengths.push((it.opensAt(now) ?? 0) - now)
  }
  expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
  expect(Math.max(...lengths)).toBeLessThanOrEqual(limits.longestMs)
  it.passed()
  expect(it.state(1e9)).toBe('closed')
  expect(it.room(1e9, 8, 3)).toBe(5)
})

test('takes repeated failures at one document for the fault of that document', () => {
  const it = breaker()
  for (let i = 0; i < 20; i++) it.failed(0, 'FN1-FD1')
  expect(it.state(0)).toBe('closed')
  it.failed(0, 'FN1-FD2')
  it.failed(0, 'FN1-FD1')
  expect(it.state(0)).toBe('open')
})

test('learns nothing new from attempts that were under way when it opened', () => {
  const it = opened()
  const at = it.opensAt(0)
  it.failed(10, null)
  expect(it.opensAt(10)).toBe(at)
})

test('leaves the destination alone for as long as it asks', () => {
  const it = breaker()
  it.hold(5_000)
  expect(it.state(0)).toBe('open')
  expect(it.room(4_999, 2, 0)).toBe(0)
  expect(it.state(5_000)).toBe('closed')
  expect(it.room(5_000, 2, 0)).toBe(2)
})

test('does not stay open for years when the clock was put back', () => {
  const years = 4 * 365 * 86_400_000
  const it = breaker()
  for (let i = 0; i < 3; i++) it.failed(years, null)
  it.hold(years + 30_000)
  expect(it.state(years)).toBe('open')
  expect(it.state(0)).toBe('half-open')
  expect(it.room(0, 4, 0)).toBe(1)
})

test('a destination that is full gets no more at once than it bore, and one more after many that passed', () => {
  const it = breaker()
  expect(it.room(0, 8, 0)).toBe(8)
  it.full(3)
  expect(it.state(0)).toBe('closed')
  expect(it.room(0, 8, 3)).toBe(0)
  expect(it.room(0, 8, 1)).toBe(2)
  for (let i = 0; i < 3; i++) it.passed()
  expect(it.room(0, 8, 0)).toBe(3)
  it.passed()
  expect(it.room(0, 8, 0)).toBe(4)
  // Counted anew from there; what was under way when it was full makes it no wider.
  it.full(7)
  for (let i = 0; i < 3; i++) it.passed()
  expect(it.room(0, 8, 0)).toBe(4)
  it.full(0)
  expect(it.room(0, 8, 0)).toBe(1)
  for (let i = 0; i < 400; i++) it.passed()
  expect(it.room(0, 8, 0)).toBe(8)
})
