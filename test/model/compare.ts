/** After every step: does the outbox hold what it must, and is everything under way that could be? */
import assert from 'node:assert/strict'
import { eventId, type FoundDocument } from '../../agent/outbox.ts'
import { stateOf } from '../../agent/store/rows.ts'
import { drives, tills, top } from './documents.ts'
import type { Expected, Row } from './expected.ts'
import type { Rig } from './rig.ts'

/** What of both worlds is compared. */
export interface Compared {
  readonly rig: Rig
  readonly expected: Expected
  readonly repeats: number
  readonly allowance: number
  readonly bygone: string[]
  count(what: string): void
}

/** Throws `AssertionError` for the first promise that is not kept. */
export function compare(world: Compared): void {
  const { rig, expected } = world
  assert.equal(rig.synchronous, 2, 'the file is not opened with synchronous = FULL')
  const listed = rig.outbox.walk({}, null, 1_000)
  const keys = listed.map((document) => eventId(document)).sort()
  assert.deepEqual(keys, [...expected.rows.keys()].sort(), 'a number was lost or came from nowhere')
  const pairs = listed.flatMap((document) => {
    const row = expected.rows.get(eventId(document))
    return row === undefined ? [] : [{ row, document }]
  })
  if (!rig.site.isUp) for (const { row, document } of pairs) followRefusals(world, row, document)
  world.bygone.splice(0)
  compareWays(world)
  for (const { row, document } of pairs) followSettled(world, row, document)
  for (const { row, document } of pairs) compareRow(world, row, document)
  compareCounts(world)
  compareMissing(world)
  const held = rig.site.held.map(({ id }) => id).sort()
  assert.deepEqual(held, [...expected.underWay.keys()].sort(), 'what is under way')
  expected.demandLiveness(rig.site.isUp, rig.now)
  assert.ok(world.repeats <= world.allowance, `${world.repeats} repeats, ${world.allowance} explained`)
  assert.equal(rig.site.ledger.twice.size, 0, 'booked twice')
}

function compareRow(world: Compared, row: Row, document: FoundDocument): void {
  const id = eventId(document)
  const { delivery } = document
  const { truth } = row
  const state =
    delivery === null ? 'none' : stateOf({ due_at: delivery.dueAt, settled_at: delivery.settledAt })
  assert.equal(state, row.state, `${id} is ${state}`)
  const bytes = { plain: truth.bytes, masked: truth.masked, empty: null }[row.bytes]
  const wanted = row.holds === 'whole' ? bytes : null
  assert.deepEqual(
    document.bytes && Buffer.from(document.bytes),
    wanted && Buffer.from(wanted),
    `${id}: bytes`,
  )
  assert.equal(document.format, { whole: 'tlv', summary: 'summary', absent: 'absent' }[row.holds], id)
  assert.equal(document.type, row.holds === 'absent' ? null : truth.type, id)
  assert.equal(document.readAt, row.readAt, `${id}: when it was read`)
  if (delivery === null) return
  assert.equal(delivery.attempts, row.attempts, `${id}: attempts`)
  assert.equal(delivery.outcome, row.outcome, `${id}: outcome`)
  assert.equal(delivery.replay, row.replay, `${id}: replay`)
  if (row.state === 'accepted') assert.equal(delivery.settledAt, row.settledAt, `${id}: when it was settled`)
  if (delivery.dueAt === null) return
  const isIn = delivery.dueAt >= row.dueAt && delivery.dueAt <= row.dueUntil
  const [from, to] = [row.dueAt - world.rig.now, row.dueUntil - world.rig.now]
  assert.ok(isIn, `${id} is due in ${delivery.dueAt - world.rig.now} ms, not between ${from} and ${to}`)
  row.dueAt = delivery.dueAt
  row.dueUntil = delivery.dueAt
}

/** Attempts at a receiver that is down: how many there were is the dispatcher's affair, the row tells. */
function followRefusals(world: Compared, row: Row, { delivery }: FoundDocument): void {
  const { rig, expected } = world
  if (delivery === null || row.truth.fate !== 'send' || !expected.isDue(row, rig.now)) return
  // A pause of nothing may make it more than one.
  for (let more = delivery.attempts - row.attempts; more > 0; more--) {
    assert.ok(delivery.dueAt !== null && delivery.outcome === 'retry', `${idOf(row)} went nowhere`)
    const at = world.bygone.indexOf(idOf(row))
    if (at >= 0) world.bygone.splice(at, 1)
    else expected.failed(null, expected.openings, rig.now)
    expected.settle(row, 'retry', null, rig.now)
    world.count('refused connection')
  }
}

/** What needs no sending is settled once a lane is free; before that it may wait. */
function followSettled(world: Compared, row: Row, { delivery }: FoundDocument): void {
  const { rig, expected } = world
  const { fate } = row.truth
  if (delivery === null || (fate !== 'ignored' && fate !== 'park') || !expected.isDue(row, rig.now)) return
  if (delivery.dueAt !== null) {
    assert.ok(!expected.isFree(row, rig.now), `${idOf(row)} waits for nothing`)
    return
  }
  expected.settle(row, fate, null, rig.now)
  world.count(`settled here: ${fate}`)
}

function idOf({ truth }: Row): string {
  return eventId({ storage: truth.drive.storage, number: truth.number })
}

function compareCounts({ rig, expected }: Compared): void {
  const tell = (rows: readonly Row[]) => {
    const count = (holds: (row: Row) => boolean) => rows.filter(holds).length
    return {
      documents: rows.length,
      waiting: count(({ state }) => state === 'waiting'),
      parked: count(({ state }) => state === 'parked'),
      accepted: count(({ state }) => state === 'accepted'),
      withoutBytes: count(({ holds }) => holds !== 'whole'),
    }
  }
  const rows = [...expected.rows.values()]
  assert.deepEqual(tallyOf(rig), tell(rows), 'counts of all')
  for (const till of tills)
    assert.deepEqual(tallyOf(rig, till), tell(rows.filter((row) => row.truth.drive.till === till)), till)
}

function tallyOf(rig: Rig, register?: string) {
  const { documents, waiting, parked, accepted, withoutBytes } = rig.countsOf(register)
  return { documents, waiting, parked, accepted, withoutBytes }
}

function compareMissing({ rig, expected }: Compared): void {
  for (const { storage, first } of drives) {
    const all = Array.from({ length: top - first + 1 }, (_, i) => first + i)
    const wanted = all.filter((n) => !expected.rows.has(eventId({ storage, number: n })))
    assert.deepEqual([...rig.outbox.missingNumbers(storage, top)], wanted, `missing numbers of ${storage}`)
  }
}

function compareWays({ rig, expected }: Compared): void {
  for (const till of rig.testsFailed.splice(0)) {
    const stop = expected.stops.get(till)
    assert.ok(stop && !rig.site.isUp, `a test of ${till} failed without an answer`)
    expected.failed(null, expected.openings, rig.now)
    expected.testFailed(stop, null, rig.now)
  }
  const stopped = rig.dispatch
    .view()
    .ways.filter(({ state }) => state === 'stopped')
    .map(({ register }) => register)
  assert.deepEqual(stopped.sort(), [...expected.stops.keys()].sort(), 'stopped ways')
}
