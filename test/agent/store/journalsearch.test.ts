/** The search against a filter that looks at every document, over random documents and random questions. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Found, type Journal, type Search, WrongPlace } from '../../../agent/journal.ts'
import {
  type DocumentKey,
  documentStates,
  eventId,
  type ListedDocument,
  type NewDocument,
  type StateSought,
} from '../../../agent/outbox.ts'
import type { SearchBounds } from '../../../agent/store/journalsearch.ts'
import { catchUp, type Desk, opened } from './journalworkshop.ts'
import { absent, accepted, drive, parked, receipt, storage, t0 } from './workshop.ts'

const other = '9999078900005678'

/** Every page after another, and what the pages said of the count. */
function allOf(journal: Journal, search: Search, limit: number): { keys: string[]; pages: Found[] } {
  const pages: Found[] = []
  for (let after: string | null = null; pages.length === 0 || after !== null; ) {
    const page: Found = journal.search(search, after, limit)
    expect(page.keys.length).toBeLessThanOrEqual(limit)
    pages.push(page)
    after = page.next
  }
  return { keys: pages.flatMap(({ keys }) => keys.map(eventId)), pages }
}

/** The same by looking at everything. */
function naive(documents: readonly ListedDocument[], search: Search): string[] {
  const within = <Value extends number | string>(value: Value | null, from?: Value, to?: Value) =>
    (from === undefined && to === undefined) ||
    (value !== null && (from === undefined || value >= from) && (to === undefined || value <= to))
  const isIn = (state: StateSought, { delivery }: ListedDocument) => {
    const settled = delivery !== null && delivery.settledAt !== null
    const kind =
      settled && /^(acceptedParked|ignored)$/.test(delivery.outcome ?? '') ? delivery.outcome : 'accepted'
    if (settled) return state === 'settled' || state === kind
    if (delivery === null) return state === 'none'
    return state === (delivery.dueAt === null ? 'parked' : 'waiting')
  }
  return documents
    .filter(
      (document) =>
        (search.register ?? document.register) === document.register &&
        (search.storage ?? document.storage) === document.storage &&
        within(document.number, search.fromNumber, search.toNumber) &&
        within(document.summary?.time ?? null, search.fromTime, search.toTime) &&
        within(document.summary?.total ?? null, search.minTotal, search.maxTotal) &&
        (search.state === undefined || isIn(search.state, document)) &&
        (!search.receiptsOnly || [3, 4, 31, 41].includes(document.type ?? 0)),
    )
    .map(eventId)
    .reverse()
}

const hour = fc.integer({ min: 0, max: 23 }).map((n) => `2026-08-21T${String(n).padStart(2, '0')}:00:00`)
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 })

/** Outcomes with which a document is settled; a later version may know others. */
const settlements = ['accepted', 'acceptedParked', 'ignored', 'unheard-of']

const document = fc
  .record({
    place: fc.constantFrom<[string, string]>([drive, 'till-1'], [other, 'till-1'], [other, 'till-2']),
    number: fc.integer({ min: 1, max: 60 }),
    time: hour,
    total: fc.integer({ min: 0, max: 9 }),
    kind: fc.constantFrom('waiting', 'parked', 'report', 'absent', ...settlements),
  })
  .map((made) => ({ ...made, storage: made.place[0], register: made.place[1] }))

const search = fc
  .record({
    register: some(fc.constantFrom('till-1', 'till-2', 'till-3')),
    storage: some(fc.constantFrom(drive, other)),
    fromNumber: some(fc.integer({ min: 1, max: 60 })),
    toNumber: some(fc.integer({ min: 1, max: 60 })),
    fromTime: some(hour),
    toTime: some(hour),
    minTotal: some(fc.integer({ min: 0, max: 9 })),
    maxTotal: some(fc.integer({ min: 0, max: 9 })),
    state: some(fc.constantFrom<StateSought>(...documentStates, 'settled')),
    receiptsOnly: some(fc.boolean()),
  })
  .map(
    (made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as Search,
  )

function newDocument(
  made: { kind: string; time: string; total: number } & DocumentKey & { register: string },
): NewDocument {
  const { kind, storage: of, number, register, time, total } = made
  if (kind === 'absent') return absent(number, { storage: of, register })
  const summary = { time, sign: '1', operation: 1, total, delivered: null }
  const key = { storage: of, register }
  return kind === 'report'
    ? receipt(number, { ...key, type: 5, owed: false, summary: { ...summary, total: null, operation: null } })
    : receipt(number, { ...key, summary })
}

// Every run commits to real files, hence some seconds.
test.each([
  ['every filter worked off whole', {}],
  ['nothing worked off whole', { few: -1 }],
])('pages of a search hold what a look at every document finds: %s', (_, bounds) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(document, { maxLength: 60, selector: ({ storage: of, number }) => `${of} ${number}` }),
      fc.array(search, { minLength: 20, maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      (documents, searches, limit) => {
        const { outbox, journal } = opened({ bounds })
        for (const of of [drive, other]) outbox.beginStorage(storage({ storage: of }))
        for (const made of documents) {
          const kept = newDocument(made)
          outbox.keepDocument(kept, t0)
          if (settlements.includes(made.kind)) outbox.settle(kept, { ...accepted, outcome: made.kind }, t0)
          if (made.kind === 'parked') outbox.settle(kept, parked, t0)
        }
        catchUp(journal)
        const listed = outbox.list({})
        for (const asked of searches) {
          const { keys, pages } = allOf(journal, asked, limit)
          const expected = naive(listed, asked)
          expect(keys).toEqual(expected)
          if (asked.state !== undefined)
            expect(outbox.list({ state: asked.state }).map(eventId).reverse()).toEqual(
              naive(listed, { state: asked.state }),
            )
          for (const { count, more } of pages) {
            if (more) expect(count).toBeLessThanOrEqual(expected.length)
            else expect(count).toBe(expected.length)
          }
        }
      },
    ),
    { numRuns: 15 },
  )
})

/** So many that several blocks are walked through. */
const many = 10_000

function filled(bounds: Partial<SearchBounds>): Desk {
  const desk = opened({ bounds })
  desk.outbox.beginStorage(storage())
  const documents = Array.from({ length: many }, (_, i) =>
    receipt(i + 1, {
      summary: {
        time: new Date(t0 + i * 60_000).toISOString().slice(0, 19),
        sign: '1',
        operation: 1,
        total: i % 100,
        delivered: null,
      },
    }),
  )
  desk.outbox.keepDocuments(documents, t0)
  catchUp(desk.journal)
  return desk
}

test('a walk passes no more rows than it may, and goes on where it ended', () => {
  const { journal } = filled({ few: 5, walked: 4096 })
  // Nothing is so, yet no single filter says it.
  const absurd: Search = {
    minTotal: 99,
    maxTotal: 99,
    fromNumber: 1,
    toNumber: 9_000,
    register: 'till-1',
    state: 'parked',
  }
  const { keys, pages } = allOf(journal, { ...absurd, state: 'accepted' }, 50)
  expect(keys).toEqual([])
  expect(pages.length).toBe(3)
  expect(pages.map(({ count, more }) => ({ count, more }))).toEqual(
    pages.map(() => ({ count: 0, more: true })),
  )
  // What is parked is few: the answer is whole at once.
  expect(allOf(journal, absurd, 50).pages).toEqual([{ keys: [], next: null, count: 0, more: false }])
})

test('a walk steps over the blocks that cannot hold what is looked for', () => {
  const { journal } = filled({ few: 5, walked: 1 })
  const page = journal.search({ fromNumber: 10, toNumber: 4_000 }, null, 3)
  expect(page.keys.map(({ number }) => number)).toEqual([4_000, 3_999, 3_998])
  expect(journal.search({ fromTime: '2030-01-01T00:00:00', minTotal: 0 }, null, 3)).toMatchObject({
    keys: [],
    next: null,
  })
})

test('no count goes further than its bound, and says so', () => {
  const { journal } = filled({ counted: 1_000 })
  expect(journal.search({}, null, 10)).toMatchObject({ count: 1_000, more: true })
  expect(journal.search({ minTotal: 5, maxTotal: 5 }, null, 10)).toMatchObject({ count: 100, more: false })
})

test.each(['', '0', "x'; DROP TABLE entry; --", 'abc-12', '-5', '99999999999999999999'])(
  'a place that no page ended with is refused: %j',
  (place) => {
    const { journal, outbox } = opened()
    outbox.beginStorage(storage())
    outbox.keepDocument(receipt(1), t0)
    catchUp(journal)
    expect(() => journal.search({}, place, 10)).toThrow(WrongPlace)
    expect(journal.search({}, null, 10).keys).toHaveLength(1)
  },
)

test('texts that look like SQL are only looked for', () => {
  const { journal, outbox } = opened()
  outbox.beginStorage(storage())
  outbox.keepDocument(receipt(1), t0)
  catchUp(journal)
  for (const hostile of ["' OR 1=1 --", '"; DROP TABLE entry; --', '%'])
    expect(journal.search({ register: hostile }, null, 10)).toEqual({
      keys: [],
      next: null,
      count: 0,
      more: false,
    })
  expect(journal.search({}, null, 10).count).toBe(1)
})
