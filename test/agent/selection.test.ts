/** Documents named by their time or by the reason they were parked for: exactly those, by whatever way. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { narrowed } from '../../agent/desk/searching.ts'
import type { Journal } from '../../agent/journal.ts'
import type { DocumentKey, NewDocument, Outbox, Selection } from '../../agent/outbox.ts'
import { keptReceipt } from '../bench/documents.ts'
import { catchUp, opened } from './store/journalworkshop.ts'
import { absent, accepted, drive, numbers, parked, receipt, storage, t0 } from './store/workshop.ts'

const audit = { at: t0 + 1, who: 'anna', action: 'replay', reason: 'test', detail: '' }

interface Made {
  readonly number: number
  readonly hour: number
  readonly kind: 'waiting' | 'accepted' | 'parked' | 'report' | 'absent' | 'body' | 'day' | 'odd'
}

const timeOf = (hour: number) => `2026-08-21T${String(hour).padStart(2, '0')}:30:00`

function newDocument({ number, hour, kind }: Made): NewDocument {
  const made = (time: string) => ({ time, sign: String(number), operation: 1, total: 5, delivered: null })
  switch (kind) {
    case 'absent':
      return absent(number)
    case 'report':
      return receipt(number, { type: 5, owed: false, summary: made(timeOf(hour)) })
    // Its time stands in the body alone: 13:00.
    case 'body':
      return { ...keptReceipt(number), storage: drive, summary: null }
    case 'day':
      return receipt(number, { summary: made('2026-08-21') })
    case 'odd':
      return receipt(number, { summary: made('2026-02-31T10:00:00') })
    default:
      return receipt(number, { summary: made(timeOf(hour)) })
  }
}

function keptTime({ kind, hour }: Made): string | null {
  if (kind === 'absent' || kind === 'odd') return null
  if (kind === 'body') return '2026-08-21T13:00:00'
  return kind === 'day' ? '2026-08-21T00:00:00' : timeOf(hour)
}

/** Every document by `walk`, a few at a time. */
function walked(outbox: Outbox, selection: Selection): number[] {
  const found: number[] = []
  for (let after: DocumentKey | null = null; ; ) {
    const piece = outbox.walk(selection, after, 3)
    found.push(...numbers(piece))
    const last = piece.at(-1)
    if (last === undefined) return found
    after = last
  }
}

function check(outbox: Outbox, journal: Journal | null, made: readonly Made[], asked: Selection): void {
  const selection = narrowed({ journal, outbox, isDaemon: true }, asked)
  const fits = made.filter((one) => {
    const time = keptTime(one)
    return (
      time !== null &&
      (asked.fromTime === undefined || time >= asked.fromTime) &&
      (asked.toTime === undefined || time <= asked.toTime)
    )
  })
  const expected = fits.map(({ number }) => number)
  expect(numbers(outbox.list(selection))).toEqual(expected)
  expect(walked(outbox, selection)).toEqual([...expected].sort((a, b) => a - b))
  const owed = fits.filter(({ kind }) => kind !== 'report')
  const shown = numbers(outbox.list({ ...selection, resendable: true }))
  expect(shown).toEqual(owed.map(({ number }) => number))
  expect(outbox.replayable(selection).count).toBe(shown.length)
  const before = outbox.counts().waiting
  const replayed = outbox
    .list({ ...selection, resendable: true })
    .filter(({ delivery }) => delivery?.dueAt === null)
  expect(outbox.replay(selection, audit)).toBe(shown.length)
  // What waited already was made due anew; nothing else became due.
  expect(outbox.counts().waiting).toBe(before + replayed.length)
}

const document = fc.record({
  number: fc.integer({ min: 1, max: 40 }),
  hour: fc.integer({ min: 0, max: 23 }),
  kind: fc.constantFrom<Made['kind'][]>(
    ...(['waiting', 'accepted', 'parked', 'report', 'absent', 'body', 'day', 'odd'] as const),
  ),
})
const bound = fc.option(
  fc.integer({ min: 0, max: 23 }).map((hour) => `2026-08-21T${String(hour).padStart(2, '0')}:00:00`),
  { nil: undefined },
)

// Every run commits to real files, hence some seconds.
test('a range of times names the same documents with the index, while it lags, and without it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(document, { maxLength: 30, selector: ({ number }) => number }),
      fc.constantFrom('none', 'behind', 'whole'),
      bound,
      bound,
      (made, how, fromTime, toTime) => {
        fc.pre(fromTime !== undefined || toTime !== undefined)
        const { outbox, journal } = opened()
        outbox.beginStorage(storage())
        for (const [i, one] of made.entries()) {
          const kept = newDocument(one)
          outbox.keepDocument(kept, t0)
          if (one.kind === 'accepted') outbox.settle(kept, accepted, t0)
          if (one.kind === 'parked') outbox.settle(kept, parked, t0)
          if (how === 'behind' && i === Math.floor(made.length / 2)) catchUp(journal)
        }
        if (how === 'whole') catchUp(journal)
        const asked = { ...(fromTime && { fromTime }), ...(toTime && { toTime }) }
        check(outbox, how === 'none' ? null : journal, made, asked)
      },
    ),
    { numRuns: 40 },
  )
})

test('a number filled after it was indexed is in the range that it belongs to', () => {
  const { outbox, journal } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocuments([absent(1), receipt(2, { summary: null })], t0)
  catchUp(journal)
  outbox.keepDocument(receipt(1), t0)
  const day = { fromTime: '2026-08-21T00:00:00', toTime: '2026-08-21T23:59:59' }
  expect(numbers(outbox.list(narrowed({ journal, outbox, isDaemon: true }, day)))).toEqual([1])
})

test('the very reason, and no other, names what was parked', () => {
  const { outbox } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocuments(
    [1, 2, 3].map((number) => receipt(number)),
    t0,
  )
  outbox.settle(receipt(1), parked, t0)
  outbox.settle(receipt(2), { ...parked, why: `${parked.why} 2` }, t0)
  const selection = { state: 'parked', why: 'no such product' } as const
  expect(numbers(outbox.list(selection))).toEqual([1])
  expect(outbox.replayable(selection).count).toBe(1)
  expect(outbox.replay({ why: "x' OR 1=1 --" }, audit)).toBe(0)
  expect(outbox.replay(selection, audit)).toBe(1)
  expect(outbox.counts()).toMatchObject({ waiting: 2, parked: 1 })
})

test('a time that the calendar does not have is refused before anything is done', () => {
  const { outbox } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(1), t0)
  expect(() => outbox.replay({ fromTime: '2026-02-31T00:00:00' }, audit)).toThrow('no local time')
  expect(outbox.audits(9)).toEqual([])
})
