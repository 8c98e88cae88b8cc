import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { receiptTime, sumRange } from '../../../agent/commands/values.ts'

test.each([
  ['2026-08-01', '2026-08-01T00:00:00', '2026-08-01T23:59:59'],
  ['2026-08-01T12:30', '2026-08-01T12:30:00', '2026-08-01T12:30:59'],
  ['2026-08-01 12:30', '2026-08-01T12:30:00', '2026-08-01T12:30:59'],
  ['2026-08-01T12:30:15', '2026-08-01T12:30:15', '2026-08-01T12:30:15'],
])('%s is meant as a whole at either end of a range', (said, from, to) => {
  expect(receiptTime('from')(said)).toBe(from)
  expect(receiptTime('to')(said)).toBe(to)
})

test.each(['', 'yesterday', '2026-02-31', '2026-13-01', '2026-08-01T25:00', '01.08.2026', '2026-08-01Z'])(
  '%j is no time',
  (said) => {
    expect(() => receiptTime('from')(said)).toThrow(InvalidArgumentError)
  },
)

test.each([
  ['1499', 149_900, 149_900],
  ['1499.9', 149_990, 149_990],
  ['1499,05', 149_905, 149_905],
  ['1000-1499.90', 100_000, 149_990],
  ['0.01-0.02', 1, 2],
])('%s roubles', (said, from, to) => {
  expect(sumRange(said)).toEqual({ from, to })
})

test.each(['', '-5', '1e3', '1499.999', '200-100', '1 000'])('%j is no sum', (said) => {
  expect(() => sumRange(said)).toThrow(InvalidArgumentError)
})
