import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Coverage, type Gap } from '../../../agent/store/coverage.ts'

const number = fc.integer({ min: 1, max: 40 })

function missingOf(first: number, kept: ReadonlySet<number>, last: number): number[] {
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  return all.filter((n) => !kept.has(n))
}

/** The gaps as the SQL would find them. */
function gapsOf(first: number, kept: readonly number[]): Gap[] {
  const ascending = [...new Set(kept)].filter((n) => n >= first).sort((a, b) => a - b)
  return ascending.flatMap((n, i) => {
    const before = ascending[i - 1] ?? first - 1
    return n > before + 1 ? [{ from: before + 1, to: n - 1 }] : []
  })
}

test('in whatever order numbers are kept, missing are exactly those that are not', () => {
  fc.assert(
    fc.property(number, fc.array(number), fc.array(number), number, (first, before, after, last) => {
      const inside = before.filter((n) => n >= first)
      const coverage = new Coverage(first, Math.max(first - 1, ...inside), gapsOf(first, before))
      for (const n of after) coverage.add(n)
      expect([...coverage.missing(last)]).toEqual(missingOf(first, new Set([...before, ...after]), last))
    }),
  )
})

test('numbers kept in the middle of a walk are not met again, and none is skipped', () => {
  fc.assert(
    fc.property(fc.array(number), fc.array(number, { minLength: 1 }), (before, during) => {
      const coverage = new Coverage(1, 0, [])
      for (const n of before) coverage.add(n)
      const kept = new Set(before)
      const met: number[] = []
      for (const n of coverage.missing(40)) {
        expect(kept.has(n)).toBe(false)
        met.push(n)
        for (const other of [n, during[met.length % during.length] ?? n]) {
          coverage.add(other)
          kept.add(other)
        }
      }
      expect(missingOf(1, kept, 40)).toEqual([])
      expect(met).toEqual([...new Set(met)].sort((a, b) => a - b))
    }),
  )
})
