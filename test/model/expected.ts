/**
 * What must be true, in plain memory: every number that was kept and what is owed for it, which way is stopped, when
 * the receiver must be left alone. Knows nothing of how the agent does it.
 */
import assert from 'node:assert/strict'
import type { Effect } from './answers.ts'
import type { Till, Truth } from './documents.ts'
import { pace } from './rig.ts'

export type State = 'none' | 'waiting' | 'parked' | 'accepted'

/** One number that is kept. */
export interface Row {
  readonly truth: Truth
  holds: 'whole' | 'summary' | 'absent'
  bytes: 'plain' | 'masked' | 'empty'
  state: State
  readAt: number
  dueAt: number
  /** The row may be put off to any time from `dueAt` up to this one. */
  dueUntil: number
  settledAt: number
  attempts: number
  outcome: string | null
  replay: boolean
}

interface UnderWay {
  readonly row: Row | null
  readonly till: Till
  readonly openings: number
  resent: boolean
}

interface Stop {
  readonly suspects: Set<Row>
  tests: number
  earliest: number
  latest: number
}

const hourMs = 3_600_000

export class Expected {
  readonly rows = new Map<string, Row>()
  readonly underWay = new Map<string, UnderWay>()
  readonly stops = new Map<string, Stop>()
  readonly bodies = new Map<string, string>()
  readonly #lanes: number
  /** Until when a failed write lets the dispatcher rest. */
  restUntil = 0
  #failures = 0
  #about: string | null = null
  #openedAt: number | null = null
  #maybeOpenedAt = 0
  #openings = 0
  #heldUntil = 0

  constructor(lanes: number) {
    this.#lanes = lanes
  }

  /** A process begins: it knows what is in the file and nothing else. */
  forget(): void {
    this.underWay.clear()
    this.stops.clear()
    this.restUntil = 0
    this.#heldUntil = 0
    this.#passed()
  }

  get isOpen(): boolean {
    return this.#openedAt !== null
  }

  isDue({ state, dueAt }: Row, now: number): boolean {
    // Nothing is ever put off for longer: such a time was reckoned with a clock that ran ahead.
    return state === 'waiting' && (dueAt <= now || dueAt > now + pace.retryLongestMs + hourMs)
  }

  /** A request has come: may it, now, and is it what it was the last time? */
  arrive(id: string, body: string, till: Till, replay: boolean, now: number): void {
    assert.equal(body, this.bodies.get(id) ?? body, `${id} is sent with another body`)
    this.bodies.set(id, body)
    const going = this.underWay.get(id)
    if (going?.resent === true) {
      going.resent = false // The one repeat over a new connection; it is the same attempt.
      return
    }
    assert.equal(going, undefined, `${id} is sent while it is under way`)
    const row = id.startsWith('TEST-') ? null : this.#rowOf(id)
    if (row === null) this.#mayTest(till, now)
    else this.#maySend(id, row, replay, now)
    assert.ok(!this.#isHeld(now), `${id} is sent although the receiver asked to be left alone`)
    assert.ok(!this.#isFreshlyOpen(now), `${id} is sent right after the breaker opened`)
    this.underWay.set(id, { row, till, openings: this.#openings, resent: false })
    const most = this.isOpen ? 1 : this.#lanes
    assert.ok(this.underWay.size <= most, `${id} is request ${this.underWay.size} at once, ${most} allowed`)
  }

  /** The answer to a request, or (status false) none; `notBefore` when it named a time. */
  answered(
    id: string,
    effect: Effect,
    health: 'fine' | 'ailing' | 'pause',
    { status, notBefore, settled }: { status: boolean; notBefore: number | null; settled: boolean },
    now: number,
  ): void {
    const going = this.underWay.get(id)
    assert.ok(going, `${id} is not under way`)
    this.underWay.delete(id)
    const fails = health === 'ailing' || (health === 'pause' && notBefore === null)
    if (fails) this.failed(status ? id : null, going.openings, now)
    else if (status) this.#passed()
    if (notBefore !== null && health !== 'fine') this.#heldUntil = Math.max(this.#heldUntil, notBefore)
    if (going.row === null) this.#tested(going.till, effect, notBefore, now)
    else {
      if (effect === 'stopDestination') this.#stop(going.till, going.row, now)
      if (settled) this.settle(going.row, effect, notBefore, now)
    }
  }

  /** What an answer makes of the row. */
  settle(row: Row, effect: Effect, notBefore: number | null, now: number): void {
    row.attempts++
    row.outcome = effect
    row.dueAt = now
    row.dueUntil = now
    row.state = 'waiting'
    if (effect === 'park') row.state = 'parked'
    else if (effect === 'retry') {
      row.dueAt = Math.max(now, notBefore ?? 0)
      row.dueUntil = Math.max(now + pace.retryLongestMs, notBefore ?? 0)
    } else if (effect !== 'stopDestination') {
      row.state = 'accepted'
      row.settledAt = now
    }
  }

  /** One more failure of the destination; `openings`: how often the breaker had opened when it was sent. */
  failed(about: string | null, openings: number, now: number): void {
    if (about === null || about !== this.#about) this.#failures++
    this.#about = about
    const isOld = this.#openedAt !== null && openings !== this.#openings
    // Sent before it opened, heard of after: it may open once more, or tell nothing new.
    if (isOld) this.#maybeOpenedAt = now
    if (isOld || (this.#openedAt === null && this.#failures < pace.breaker.failures)) return
    this.#openedAt = now
    this.#maybeOpenedAt = now
    this.#openings++
  }

  get openings(): number {
    return this.#openings
  }

  /** The first test passed: it was the documents. Those whose parking was not written wait on. */
  #tested(till: Till, effect: Effect, notBefore: number | null, now: number): void {
    const stop = this.stops.get(till)
    assert.ok(stop, `${till} was tested without being stopped`)
    if (effect === 'accepted' || effect === 'acceptedParked' || effect === 'ignored') {
      this.stops.delete(till)
      if (stop.tests === 0) this.blamed = [...stop.suspects]
      return
    }
    this.testFailed(stop, notBefore, now)
  }

  testFailed(stop: Stop, notBefore: number | null, now: number): void {
    stop.tests++
    stop.earliest = Math.max(now + pace.probe.firstMs, notBefore ?? 0)
    stop.latest = Math.max(now + pace.probe.longestMs, notBefore ?? 0)
  }

  /** Documents that a passed test has just put the blame on; whoever takes note empties it. */
  blamed: Row[] = []

  /** At rest: is everything under way that could be? */
  demandLiveness(siteIsUp: boolean, now: number): void {
    const resting = this.restUntil > now && this.restUntil - now <= 5_000
    if (!siteIsUp || resting || this.#isHeld(now) || this.#mayBeOpen(now)) return
    const waits = [...this.rows].filter(
      ([id, row]) => this.isDue(row, now) && !this.underWay.has(id) && !this.stops.has(row.truth.drive.till),
    )
    const tests = [...this.stops].filter(([till, { earliest, latest }]) => {
      const isBusy = [...this.underWay.values()].some((one) => one.till === till)
      return !isBusy && (latest <= now || earliest - now > 2 * hourMs)
    })
    const most = this.isOpen ? 1 : this.#lanes
    const idle = [...waits.map(([id]) => id), ...tests.map(([till]) => `the test of ${till}`)]
    assert.ok(
      idle.length === 0 || this.underWay.size >= most,
      `${idle.join(', ')}: nobody sends it, ${this.underWay.size} of ${most} are under way`,
    )
  }

  /** Nothing limits what is sent for this row but the lanes. */
  isFree(row: Row, now: number): boolean {
    const resting = this.restUntil > now && this.restUntil - now <= 5_000
    return (
      !resting &&
      !this.#isHeld(now) &&
      !this.isOpen &&
      !this.stops.has(row.truth.drive.till) &&
      this.underWay.size < this.#lanes
    )
  }

  #rowOf(id: string): Row {
    const row = this.rows.get(id)
    assert.ok(row, `${id} was never kept`)
    return row
  }

  #maySend(id: string, row: Row, replay: boolean, now: number): void {
    assert.equal(row.truth.fate, 'send', `${id} must never be sent`)
    assert.notEqual(row.bytes, 'empty', `${id} has no bytes any more`)
    assert.ok(
      this.isDue(row, now),
      `${id} is sent while it is ${row.state}, due ${row.dueAt - now} ms from now`,
    )
    assert.ok(!this.stops.has(row.truth.drive.till), `${id} is sent over a stopped way`)
    assert.equal(replay, row.replay, `${id} says wrongly whether a person asked for it`)
  }

  #mayTest(till: Till, now: number): void {
    const stop = this.stops.get(till)
    assert.ok(stop, `${till} is tested although its way is open`)
    const busy = [...this.underWay.values()].some((one) => one.till === till)
    assert.ok(!busy, `${till} is tested while something is under way`)
    const tooEarly = now < stop.earliest && stop.latest - now <= 2 * hourMs
    assert.ok(!tooEarly, `${till} is tested ${stop.earliest - now} ms too early`)
  }

  #stop(till: Till, row: Row, now: number): void {
    const stop = this.stops.get(till) ?? { suspects: new Set(), tests: 0, earliest: now, latest: now }
    stop.suspects.add(row)
    this.stops.set(till, stop)
  }

  #passed(): void {
    this.#failures = 0
    this.#about = null
    this.#openedAt = null
  }

  #isHeld(now: number): boolean {
    return this.#heldUntil > now && this.#heldUntil - now <= hourMs
  }

  #isFreshlyOpen(now: number): boolean {
    const at = this.#openedAt
    return at !== null && now >= at && now < at + pace.breaker.firstMs
  }

  /** The breaker opened so lately that it may still be open; a clock put back far does not keep it so. */
  #mayBeOpen(now: number): boolean {
    const at = this.#maybeOpenedAt
    return this.isOpen && now < at + pace.breaker.longestMs && at - now <= pace.breaker.longestMs
  }
}
