import { expect, test } from 'vitest'
import { isReached, median, percentile, type Row } from './figure.ts'
import { isWell, type Measured, pageOf, type Report } from './report.ts'

const row = (value: number, reach?: Row['reach']): Row => ({
  what: 'a thing',
  value,
  unit: 'ms',
  ...(reach && { reach }),
})
const figure = (rows: readonly Row[], failed: string | null = null): Measured => ({
  name: 'f',
  how: 'so',
  reach: 'that',
  rows,
  failed,
  seconds: 61,
})
const report = (figures: readonly Measured[]): Report => ({
  date: '2026-08-21',
  version: '0.1.0',
  quick: false,
  machine: { cores: '2' },
  figures,
  profile: { how: 'sampled', shares: [{ part: 'agent/store', percent: 60 }], failed: null },
})

test('a promise is reached within its bounds, and a number that is none reaches nothing', () => {
  expect(isReached(row(1))).toBeNull()
  expect(isReached(row(1, { most: 1 }))).toBe(true)
  expect(isReached(row(1.01, { most: 1 }))).toBe(false)
  expect(isReached(row(0.9, { least: 0.9 }))).toBe(true)
  expect(isReached(row(0.89, { least: 0.9 }))).toBe(false)
  expect(isReached(row(Number.NaN, { least: 0 }))).toBe(false)
})

test('a run is well only when every figure gave numbers and every promise is reached', () => {
  expect(isWell(report([figure([row(1), row(1, { most: 1 })])]))).toBe(true)
  expect(isWell(report([figure([row(2, { most: 1 })])]))).toBe(false)
  expect(isWell(report([figure([], 'it broke')]))).toBe(false)
  expect(isWell(report([figure([row(Number.POSITIVE_INFINITY)])]))).toBe(false)
  const sampled = { how: '', shares: [], failed: 'no samples' }
  expect(isWell({ ...report([figure([row(1)])]), profile: sampled })).toBe(false)
})

test('the page says what is reached, what is not and what failed', () => {
  const page = pageOf(
    report([figure([row(1, { most: 1.5 }), row(2.04, { most: 1.5 }), row(3)]), figure([], 'it | broke')]),
  )
  expect(page).toContain('| f | a thing | 1 ms | ≤ 1.5 ms | reached |')
  expect(page).toContain('| f | a thing | 2.04 ms | ≤ 1.5 ms | **not reached** |')
  expect(page).toContain('| f | a thing | 3 ms |  | reported |')
  expect(page).toContain('| f | it \\| broke |  | that | **failed** |')
  expect(page).toContain('| agent/store | 60.0 % |')
  expect(page).toContain('- cores: 2')
  expect(page).toContain('about 3 minutes')
})

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 300 }, (_, i) => 300 - i)
  expect(percentile(values, 0.99)).toBe(297)
  expect(percentile(values, 1)).toBe(300)
  expect(median([3, 1, 2])).toBe(2)
  expect(() => median([])).toThrow(RangeError)
})
