import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countGaps, findGaps, type GapKind, gapKinds, numbersIn, outboxSide } from '../../agent/audit.ts'
import { countOf, isIn, type NumberRange, united } from '../../agent/bitrix/ranges.ts'
import type { AccountRow } from '../../agent/outbox.ts'

/** A receipt that the site has acknowledged. */
function row(number: number, more: Partial<AccountRow> = {}): AccountRow {
  return {
    ...{ number, type: 3, format: 'tlv', readAt: 1, owed: true, dueAt: null },
    ...{ settledAt: 1, outcome: 'accepted', answered: true },
    ...more,
  }
}

const report = { type: 5, owed: false, settledAt: null, outcome: null, answered: false }
const waiting = { dueAt: 9, settledAt: null, outcome: null, answered: false }
const parked = { settledAt: null, outcome: 'park', answered: false }
const nothingMoves = { outcome: 'ignored', answered: false }
const gone = { owed: false, settledAt: null, outcome: null, answered: false }

function side(rows: readonly AccountRow[]) {
  const account = outboxSide()
  for (const each of rows) account.add(each)
  return account.side
}

const site = (ranges: readonly NumberRange[], ...parkedThere: number[]) => ({
  ranges,
  parked: new Set(parkedThere),
})
const all = { from: 1, to: Number.POSITIVE_INFINITY }

test('a drive on which all three agree has no gap, though reports and receipts without goods are not on the site', () => {
  const rows = [
    row(1, report),
    row(2),
    row(3),
    row(4, nothingMoves),
    row(5, { outcome: 'ignored' }),
    row(6, report),
  ]
  expect(
    findGaps(
      all,
      6,
      side(rows),
      site([
        [2, 3],
        [5, 5],
      ]),
    ),
  ).toEqual({ agreed: 3, gaps: {} })
})

test.each<[GapKind, AccountRow[], number | null, readonly NumberRange[], number[]]>([
  [
    'notInBitrix',
    [row(1), row(2), row(3)],
    3,
    [
      [1, 1],
      [3, 3],
    ],
    [],
  ],
  [
    'notInBitrix',
    [row(1), row(2, { outcome: 'ignored' }), row(3)],
    3,
    [
      [1, 1],
      [3, 3],
    ],
    [],
  ],
  [
    'notRead',
    [row(1), row(3)],
    3,
    [
      [1, 1],
      [3, 3],
    ],
    [],
  ],
  ['notRead', [row(1)], 2, [[1, 1]], []],
  ['notRead', [row(1)], 2, [[1, 2]], []],
  ['unknownThere', [row(1)], 1, [[1, 2]], []],
  ['unknownThere', [row(1)], null, [[1, 2]], []],
  ['notSent', [row(1), row(2, gone)], 2, [[1, 1]], []],
  ['absent', [row(1), row(2, { ...gone, type: null, format: 'absent' })], 2, [[1, 1]], []],
  ['absent', [row(1), row(2, { ...gone, format: 'summary' })], 2, [[1, 1]], []],
  ['waiting', [row(1), row(2, waiting)], 2, [[1, 1]], []],
  ['waiting', [row(1), row(2, waiting)], 2, [[1, 2]], []],
  ['parkedHere', [row(1), row(2, parked)], 2, [[1, 1]], []],
  ['parkedThere', [row(1), row(2)], 2, [[1, 2]], [2]],
])('%s is told by its number, and nothing else is', (kind, rows, newest, ranges, parkedThere) => {
  const found = findGaps(all, newest, side(rows), site(ranges, ...parkedThere))
  expect(found.gaps).toEqual({ [kind]: [[2, 2]] })
  expect(countGaps([found, found])).toEqual({ [kind]: 2 })
  expect(numbersIn(found, kind, 9)).toEqual([2])
})

test('a drive is compared from where its reading begins, and in the numbers that are asked for', () => {
  const rows = [row(10), row(12)]
  expect(
    findGaps(
      { from: 10, to: 11 },
      14,
      side(rows),
      site([
        [1, 9],
        [12, 13],
      ]),
    ).gaps,
  ).toEqual({
    notInBitrix: [[10, 10]],
    notRead: [[11, 11]],
  })
})

test('a site that was not asked is accused of nothing', () => {
  expect(findGaps(all, 3, side([row(1), row(2, waiting)]), null)).toEqual({
    agreed: 0,
    gaps: { waiting: [[2, 2]], notRead: [[3, 3]] },
  })
})

const anyRow = fc.record({
  keep: fc.boolean(),
  more: fc.constantFrom({}, report, waiting, parked, nothingMoves, gone, {
    ...gone,
    type: null,
    format: 'absent' as const,
  }),
})

test('every number that the register, the outbox or the site has is either in order or in a gap', () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 30 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 35 })),
      (made, there) => {
        const rows = made.flatMap(({ keep, more }, i) => (keep ? [row(i + 1, more)] : []))
        const has = united(there.map((number): NumberRange => [number, number]))
        const { agreed, gaps } = findGaps(all, made.length, side(rows), site(has))
        const told = (kind: GapKind, number: number) => isIn(gaps[kind] ?? [], number)
        let inOrder = 0
        for (let number = 1; number <= 35; number++) {
          const kept = rows.find((each) => each.number === number)
          const owes = kept?.owed === true && kept.outcome === 'accepted'
          if (owes && isIn(has, number)) inOrder++
          expect(told('notInBitrix', number)).toBe(owes && !isIn(has, number))
          expect(told('notRead', number)).toBe(kept === undefined && number <= made.length)
          expect(told('unknownThere', number)).toBe(
            kept === undefined && number > made.length && isIn(has, number),
          )
        }
        expect(agreed).toBe(inOrder)
        const several = gapKinds.filter((kind) => kind !== 'parkedThere').flatMap((kind) => gaps[kind] ?? [])
        expect(countOf(united(several))).toBe(several.reduce((sum, [from, to]) => sum + to - from + 1, 0))
      },
    ),
  )
})
