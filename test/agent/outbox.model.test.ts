/** Random operations against the outbox and against a model in plain memory; both must tell the same at every step. */
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewDocument, Outbox } from '../../agent/outbox.ts'
import { DocumentConflict } from '../../agent/store/faults.ts'
import { openOutbox } from '../../agent/store/open.ts'
import {
  absent,
  accepted,
  drive,
  folder,
  none,
  numbers,
  parked,
  receipt,
  retryAt,
  storage,
  t0,
} from './store/workshop.ts'

interface Row {
  readonly document: NewDocument
  state: 'waiting' | 'parked' | 'accepted' | 'none'
  dueAt: number
}

interface Model {
  now: number
  readonly rows: Map<number, Row>
}

interface Real {
  readonly path: string
  outbox: Outbox
}

const top = 12
const number = fc.integer({ min: 1, max: top })
const first = 3

/** After every step: missing numbers, what is due, and every count. */
function compare({ rows, now }: Model, { outbox }: Real): void {
  const all = Array.from({ length: top - first + 1 }, (_, i) => first + i)
  expect([...outbox.missingNumbers(drive, top)]).toEqual(all.filter((n) => !rows.has(n)))
  const due = [...rows].filter(([, row]) => row.state === 'waiting' && row.dueAt <= now)
  expect(numbers(outbox.takeDue(now, 99, none, none)).sort()).toEqual(due.map(([n]) => n).sort())
  const waiting = [...rows.values()].filter(({ state }) => state === 'waiting')
  expect(outbox.nextDueAt(none)).toBe(
    waiting.length === 0 ? null : Math.min(...waiting.map(({ dueAt }) => dueAt)),
  )
  const count = (test: (row: Row) => boolean) => [...rows.values()].filter(test).length
  const counts = {
    documents: rows.size,
    withoutBytes: count(({ document }) => document.bytes === null),
    waiting: waiting.length,
    parked: count(({ state }) => state === 'parked'),
    accepted: count(({ state }) => state === 'accepted'),
  }
  expect(outbox.counts()).toMatchObject(counts)
  expect(outbox.counts('till-1')).toMatchObject(counts)
}

type Step = fc.Command<Model, Real>

function step(
  name: string,
  run: (model: Model, real: Real) => void,
  check: (model: Model) => boolean = () => true,
): Step {
  return {
    check,
    run: (model, real) => {
      model.now += 10
      run(model, real)
      compare(model, real)
    },
    toString: () => name,
  }
}

/** Keeps; the model says whether it is new, known, filled or in conflict. */
function keep(document: NewDocument): Step {
  return step(`keep ${document.number} ${document.format} ${document.type}`, ({ rows, now }, { outbox }) => {
    const there = rows.get(document.number)?.document
    const differs = there?.bytes && document.bytes && there.type !== document.type
    if (differs) return void expect(() => outbox.keepDocument(document, now)).toThrow(DocumentConflict)
    const fills = there !== undefined && there.bytes === null && document.bytes !== null
    const expected = there === undefined ? 'kept' : fills ? 'filled' : 'known'
    expect(outbox.wouldKeep(document)).toBe(expected)
    expect(outbox.keepDocument(document, now)).toBe(expected)
    if (expected === 'known') return
    rows.set(document.number, { document, state: document.owed ? 'waiting' : 'none', dueAt: now })
  })
}

function isOwed(n: number): (model: Model) => boolean {
  return ({ rows }) => (rows.get(n)?.state ?? 'none') !== 'none'
}

function settle(n: number, how: 'accepted' | 'parked' | 'retry'): Step {
  return step(
    `settle ${n} ${how}`,
    ({ rows, now }, { outbox }) => {
      const dueAt = now + 25
      outbox.settle(receipt(n), { accepted, parked, retry: retryAt(dueAt) }[how], now)
      Object.assign(rows.get(n) ?? {}, { state: how === 'retry' ? 'waiting' : how, dueAt })
    },
    isOwed(n),
  )
}

function replay(from: number, to: number): Step {
  return step(`replay ${from}-${to}`, ({ rows, now }, { outbox }) => {
    const owed = [...rows].filter(([n, row]) => n >= from && n <= to && row.state !== 'none')
    const audit = { at: now, who: 'anna', action: 'replay', reason: 'test', detail: '' }
    expect(outbox.replay({ fromNumber: from, toNumber: to }, audit)).toBe(owed.length)
    for (const [, row] of owed) Object.assign(row, { state: 'waiting', dueAt: now })
  })
}

const reopen = step('reopen', (_, real) => {
  real.outbox[Symbol.dispose]()
  real.outbox = openOutbox(real.path)
})

/** Another process keeps something while our outbox stays open. */
function keepElsewhere(n: number): Step {
  return step(
    `keep ${n} elsewhere`,
    ({ rows, now }, { path }) => {
      using other = openOutbox(path)
      other.keepDocument(receipt(n), now)
      rows.set(n, { document: receipt(n), state: 'waiting', dueAt: now })
    },
    ({ rows }) => !rows.has(n),
  )
}

const steps = [
  number.map((n) => keep(receipt(n))),
  number.map((n) => keep(receipt(n, { type: 5, owed: false }))),
  number.map((n) => keep(absent(n))),
  fc.tuple(number, fc.constantFrom('accepted', 'parked', 'retry')).map(([n, how]) => settle(n, how)),
  fc.tuple(number, number).map(([a, b]) => replay(a, b)),
  fc.constant(reopen),
  number.map(keepElsewhere),
]

// Every step of every run commits to a real file, hence some seconds.
test('whatever happens in whatever order, outbox and model agree', () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 25 }), (commands) => {
      const path = join(folder(), 'outbox.db')
      const real: Real = { path, outbox: openOutbox(path) }
      try {
        real.outbox.beginStorage(storage({ first }))
        fc.modelRun(() => ({ model: { now: t0, rows: new Map() }, real }), commands)
      } finally {
        real.outbox[Symbol.dispose]()
      }
    }),
    { numRuns: 40 },
  )
})
