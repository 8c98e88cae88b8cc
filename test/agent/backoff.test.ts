import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pauseAfter, retries } from '../../agent/backoff.ts'

test('draws every pause from nought up to a ceiling that doubles and ends', () => {
  const most = () => 0.999_999
  expect([1, 2, 3, 4, 5, 60].map((failures) => pauseAfter(failures, 1_000, 10_000, most))).toEqual([
    2_000, 4_000, 8_000, 10_000, 10_000, 10_000,
  ])
  expect(pauseAfter(3, 1_000, 10_000, () => 0)).toBe(0)
  expect(pauseAfter(0, 1_000, 10_000, most)).toBe(1_000)
})

test('gives a whole number within its bounds whatever the failures', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, chance) => {
        const ms = pauseAfter(failures, 500, 30_000, () => chance)
        expect(Number.isSafeInteger(ms) && ms >= 0 && ms <= 30_000).toBe(true)
      },
    ),
  )
})

test('counts attempts until the signal aborts', async () => {
  const stop = new AbortController()
  const seen: number[] = []
  for await (const attempt of retries(stop.signal, { firstMs: 1, longestMs: 2 })) {
    seen.push(attempt)
    if (attempt === 3) stop.abort()
  }
  expect(seen).toEqual([0, 1, 2, 3])
})
