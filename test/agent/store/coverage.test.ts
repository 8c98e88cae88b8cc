import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Coverage, type Gap } from '../../../agent/store/coverage.ts'

test('as many are counted as are missing, whatever is kept in whatever order', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      numbers,
      fc.integer({ min: 0, max: 80 }),
      (first, kept, last) => {
        const gaps: Gap[] = [{ from: first + 3, to: first + 9 }]
        const coverage = new Coverage(first, first + 15, gaps)
        for (const number of kept) {
          coverage.add(number)
          expect(coverage.count(last)).toBe([...coverage.missing(last)].length)
        }
        expect(coverage.count(last)).toBe([...coverage.missing(last)].length)
      },
    ),
  )
})
