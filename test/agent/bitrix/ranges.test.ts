import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  append,
  between,
  common,
  countOf,
  inWords,
  isIn,
  type NumberRange,
  numbersOf,
  united,
  without,
} from '../../../agent/bitrix/ranges.ts'

const someRanges = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 }))
    .map(([from, more]): NumberRange => [from, from + more]),
)

test('united ranges hold the same numbers, ascending, and nothing touches', () => {
  fc.assert(
    fc.property(someRanges, (ranges) => {
      const made = united(ranges)
      const numbers = new Set(
        ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
      )
      for (let number = 0; number < 80; number++) expect(isIn(made, number)).toBe(numbers.has(number))
      expect(countOf(made)).toBe(numbers.size)
      for (const [i, [from]] of made.entries()) expect(from).toBeGreaterThan((made[i - 1]?.[1] ?? -1) + 1)
    }),
  )
})

test('what is left, what is common and what lies between agree with the single numbers', () => {
  fc.assert(
    fc.property(someRanges, someRanges, fc.integer({ min: 0, max: 70 }), (some, more, from) => {
      const [a, b] = [united(some), united(more)]
      const of = (made: readonly NumberRange[]) => [...numbersOf(made)]
      expect(of(without(a, b))).toEqual(of(a).filter((number) => !isIn(b, number)))
      expect(of(common(a, b))).toEqual(of(a).filter((number) => isIn(b, number)))
      expect(of(between(a, from, from + 9))).toEqual(of(a).filter((n) => n >= from && n <= from + 9))
      const built: NumberRange[] = []
      for (const number of numbersOf(a)) append(built, number)
      expect(built).toEqual(a)
      for (const made of [without(a, b), common(a, b)]) expect(united(made)).toEqual(made)
    }),
  )
})

test('numbers are told in words, and not too many of them', () => {
  expect(
    inWords([
      [37, 37],
      [40, 42],
    ]),
  ).toBe('37, 40-42')
  expect(inWords(Array.from({ length: 9 }, (_, i): NumberRange => [i * 2, i * 2]))).toBe('0, 2, 4, 6, 8, …')
})
