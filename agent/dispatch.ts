/**
 * The way out: take what is due, decode, send, settle, wait.
 *
 * The outbox is the queue; p-queue only holds what is under way, so nothing is held that a crash could lose. Each
 * round fills the free lanes of every destination and then sleeps until something is due, finished or kept.
 */
import { Bell } from './bell.ts'
import { longestRetryAfterMs, type SiteMark } from './bitrix/answer.ts'
import { type Attempted, type Circumstances, newTest } from './bitrix/webhook.ts'
import { type BreakerLimits, breakerLimits } from './breaker.ts'
import { attemptOf } from './dispatch/attempt.ts'
import { Destination, type DestinationOptions, type Route } from './dispatch/destination.ts'
import { prepare, type Understand } from './dispatch/prepare.ts'
import { ignored, parked, type RetryPace, settlementOf } from './dispatch/settlement.ts'
import type { ProbePace, WayView } from './dispatch/way.ts'
import type { Attempt } from './journal.ts'
import type { Log } from './log.ts'
import { type DueDocument, eventId, type Outbox, type Settlement, type Storage } from './outbox.ts'
import { StoreError } from './store/faults.ts'

export type { DestinationOptions, WayOptions } from './dispatch/destination.ts'
export type { Understand, Understood } from './dispatch/prepare.ts'
export type { WayView } from './dispatch/way.ts'

/** How patient the dispatcher is, milliseconds. */
export interface DispatchLimits extends RetryPace {
  readonly probe: ProbePace
  readonly breaker: BreakerLimits
  /** How long what is under way may take to finish once the daemon stops. */
  readonly shutdownMs: number
}

const patience: DispatchLimits = {
  retryFirstMs: 1_000,
  retryLongestMs: 300_000,
  probe: { firstMs: 10_000, longestMs: 600_000 },
  breaker: breakerLimits,
  shutdownMs: 5_000,
}

/** What the dispatcher needs of the world. */
export interface DispatchOptions {
  readonly outbox: Outbox
  readonly destinations: readonly DestinationOptions[]
  /** IANA zone of the registers' clocks. */
  readonly zone: string
  readonly understand: Understand
  readonly allowDebugDrive: boolean
  readonly version: string
  /** Tells two installations apart that claim to be the same register. */
  readonly instance: string
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly random: () => number
  /** A sign of life towards the watchdog. */
  readonly beat: () => void
  /** Told of every acknowledgement, who it was that acknowledged. */
  readonly sawSite?: (register: string, mark: SiteMark) => void
  /** Told how every attempt to deliver a document ended; must not throw. */
  readonly noteAttempt?: (document: DueDocument, attempt: Attempt) => void
  /** What became of a document already, when that is known without sending it; null = send it. */
  readonly judge?: (
    document: DueDocument,
    drive: Storage | null,
    signal: AbortSignal,
  ) => Promise<Settlement | null>
  readonly limits?: Partial<DispatchLimits>
}

/** The state of every way, for `status`. */
export interface DispatchView {
  readonly ways: readonly WayView[]
  /** Documents being sent at this moment. */
  readonly underWay: number
}

/** The longest sleep of a round: a clock that jumps must not make us late for longer. */
const longestSleepMs = 15_000
/** While something is under way, the outbox cannot tell what else falls due. */
const shortSleepMs = 1_000
/** A full or busy disk is asked again after this. */
const diskPauseMs = 5_000

export class Dispatch {
  readonly #options: DispatchOptions
  readonly #limits: DispatchLimits
  readonly #destinations: readonly Destination[]
  readonly #bell = new Bell()
  readonly #underWay = new Set<string>()
  readonly #running = new Set<Promise<void>>()
  /** Registers with documents and without a way: taken out of the config, or imported. */
  readonly #strangers = new Set<string>()
  readonly #hardStop = new AbortController()
  #diskRestsUntil = 0
  #bug: { readonly error: unknown } | null = null

  /** Throws `SecretError` for a secret that cannot be used; nothing is opened yet. */
  constructor(options: DispatchOptions) {
    const { clock, random } = options
    this.#options = options
    this.#limits = { ...patience, ...options.limits }
    this.#destinations = options.destinations.map(
      (destination) => new Destination(destination, clock, random, this.#limits.breaker),
    )
  }

  /** Something was kept or replayed: look now. */
  nudge(): void {
    this.#bell.ring()
  }

  view(): DispatchView {
    const now = this.#options.clock()
    const ways = this.#destinations.flatMap(({ routes, label, breaker, webhook }) =>
      [...routes.values()].map(({ way }) =>
        way.view(label, breaker.state(now), breaker.opensAt(now), webhook.clockOffsetMs),
      ),
    )
    return { ways, underWay: this.#underWay.size }
  }

  /** Delivers until the signal aborts, then lets what is under way finish for a while. Throws only what is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        if (this.#bug !== null) throw this.#bug.error
        this.#options.beat()
        const sleepMs = this.#round(this.#options.clock())
        await this.#bell.wait(sleepMs, signal).catch(() => undefined)
      }
    } finally {
      await this.#finish()
    }
  }

  async #finish(): Promise<void> {
    const timer = setTimeout(() => this.#hardStop.abort(), this.#limits.shutdownMs)
    await Promise.all(this.#running)
    clearTimeout(timer)
    for (const destination of this.#destinations) destination[Symbol.dispose]()
    if (this.#bug !== null) throw this.#bug.error
  }

  /** Fills every free lane; returns how long to sleep. */
  #round(now: number): number {
    const restMs = this.#diskRestsUntil - now
    // A rest longer than any was reckoned before the clock was put back.
    if (restMs > 0 && restMs <= diskPauseMs) return restMs
    try {
      return Math.min(
        longestSleepMs,
        ...this.#destinations.map((destination) => this.#fill(destination, now)),
      )
    } catch (error) {
      this.#restDisk(error)
      return diskPauseMs
    }
  }

  #fill(destination: Destination, now: number): number {
    for (const route of destination.routes.values()) {
      const at = route.way.nextTestAt(now)
      if (at !== null && at <= now && this.#room(destination, now) > 0) this.#start(destination, route, null)
    }
    const excluded = this.#othersThan(destination)
    const room = this.#room(destination, now)
    if (room > 0) this.#take(destination, room, excluded, now)
    return this.#sleepFor(destination, excluded, now)
  }

  /** One document of each register in turn, so that the backlog of one never starves its neighbour. */
  #take(destination: Destination, room: number, excluded: Set<string>, now: number): void {
    const registers = destination.registersInTurn().filter((register) => !excluded.has(register))
    const atOnce = registers.length === 1 ? room : 1
    for (let left = room, before = -1; left > 0 && left !== before; ) {
      before = left
      for (const register of registers) {
        if (left === 0) break
        const others = new Set([...excluded, ...registers.filter((one) => one !== register)])
        left -= this.#takeOf(destination, Math.min(atOnce, left), others, excluded, now)
      }
    }
  }

  /** How many were started. */
  #takeOf(
    destination: Destination,
    most: number,
    others: ReadonlySet<string>,
    excluded: Set<string>,
    now: number,
  ): number {
    // Nothing is ever put off for so long: such a pause was reckoned with a clock that ran ahead.
    const absurd = now + this.#limits.retryLongestMs + longestRetryAfterMs
    const due = this.#options.outbox.takeDue(now, most, this.#underWay, others, absurd)
    for (const document of due) {
      const route = destination.routes.get(document.register)
      if (route !== undefined) this.#start(destination, route, document)
      else {
        this.#strangers.add(document.register)
        excluded.add(document.register)
        this.#options.log.warn(
          { register: document.register },
          'documents of a register that is not in the config',
        )
        this.#bell.ring()
      }
    }
    return due.length
  }

  #room({ breaker, lanes, queue }: Destination, now: number): number {
    return breaker.room(now, lanes, queue.pending + queue.size)
  }

  /** Registers whose documents must not be taken for this destination now. */
  #othersThan(destination: Destination): Set<string> {
    const others = new Set(this.#strangers)
    for (const { routes } of this.#destinations)
      for (const [register, { way }] of routes)
        if (way.stopped || !destination.routes.has(register)) others.add(register)
    return others
  }

  #sleepFor(destination: Destination, excluded: ReadonlySet<string>, now: number): number {
    const opensAt = destination.breaker.opensAt(now)
    if (opensAt !== null) return opensAt - now
    const tests = [...destination.routes.values()].flatMap(({ way }) => way.nextTestAt(now) ?? [])
    const busy = destination.queue.pending + destination.queue.size > 0
    const dueAt = this.#options.outbox.nextDueAt(excluded)
    // What is under way still counts as due; its end rings the bell.
    const dueMs = dueAt === null ? longestSleepMs : busy ? Math.max(shortSleepMs, dueAt - now) : dueAt - now
    const testMs = Math.min(...tests, Number.POSITIVE_INFINITY) - now
    return Math.max(0, Math.min(dueMs, busy ? Math.max(shortSleepMs, testMs) : testMs))
  }

  /** Puts one document, or one test (null), on a lane. Never rejects: a bug is kept for `run` to throw. */
  #start(destination: Destination, route: Route, document: DueDocument | null): void {
    const name = document === null ? null : eventId(document)
    if (name !== null) this.#underWay.add(name)
    route.way.begin()
    const running = destination.queue
      .add(() =>
        document === null ? this.#test(destination, route) : this.#send(destination, route, document),
      )
      .catch((error: unknown) => {
        if (!this.#hardStop.signal.aborted) this.#restDisk(error)
      })
      .catch((error: unknown) => {
        this.#bug ??= { error }
      })
      .finally(() => {
        if (name !== null) this.#underWay.delete(name)
        route.way.end()
        this.#running.delete(running)
        this.#bell.ring()
      })
    this.#running.add(running)
  }

  /** A disk that is full or busy may recover; everything else goes on to `run`. */
  #restDisk(error: unknown): void {
    const passing = error instanceof StoreError && ['full', 'io', 'readonly', 'busy'].includes(error.fault)
    if (!passing) throw error
    this.#diskRestsUntil = this.#options.clock() + diskPauseMs
    this.#options.log.error({ fault: error.fault, why: error.message }, 'outcome not written')
  }

  async #send(destination: Destination, route: Route, document: DueDocument): Promise<void> {
    const { outbox, zone, understand, allowDebugDrive, clock, judge } = this.#options
    const plan = { ...route.options, zone, understand, allowDebugDrive }
    const prepared = prepare(document, plan, outbox)
    if (prepared.kind !== 'send') {
      this.#settle(document, prepared.kind === 'ignored' ? ignored(prepared.why) : parked(prepared.why))
      return
    }
    const known = judge && (await judge(document, prepared.drive, this.#hardStop.signal))
    if (known) {
      this.#settle(document, known)
      return
    }
    const began = clock()
    const attempted = await destination.webhook.deliver(
      {
        eventId: eventId(document),
        register: route.way.id,
        body: prepared.body,
        keys: route.keys,
        circumstances: this.#circumstances(document, began),
      },
      this.#hardStop.signal,
    )
    // With nobody else under way it is no matter of how many.
    const isFull = attempted.health === 'full' && destination.queue.pending > 1
    if (isFull) destination.breaker.full(destination.queue.pending - 1)
    else this.#heard(destination, route, attempted, eventId(document))
    if (!isFull && route.way.answered(attempted, document, clock()))
      this.#options.log.error(
        { register: route.way.register, status: attempted.status, why: whyOf(attempted) },
        'the way of this register is stopped',
      )
    const now = clock()
    const { outcome } = attempted
    const settlement = settlementOf(outcome, document.attempts, this.#limits, now, this.#options.random)
    try {
      // First of all: until that is written, the receiver's answer stands nowhere.
      this.#settle(document, settlement, attempted, now - began)
    } finally {
      const sent = { body: prepared.body, replay: document.replay }
      this.#options.noteAttempt?.(document, attemptOf(attempted, sent, began, now))
    }
  }

  #settle(document: DueDocument, settlement: Settlement, attempted?: Attempted, ms?: number): void {
    const { outbox, log, clock } = this.#options
    outbox.settle(document, settlement, clock())
    const level = settlement.settled ? 'info' : 'warn'
    log[level](
      {
        register: document.register,
        storage: document.storage,
        document: document.number,
        outcome: settlement.outcome,
        status: attempted?.status ?? undefined,
        why: settlement.why ?? undefined,
        attempt: document.attempts + 1,
        ms,
      },
      settlement.settled ? 'document settled' : 'document not delivered',
    )
  }

  #heard(destination: Destination, { way }: Route, attempted: Attempted, about: string): void {
    this.#tellBreaker(destination, attempted, about)
    if (attempted.site !== undefined) this.#options.sawSite?.(way.register, attempted.site)
  }

  #tellBreaker({ breaker }: Destination, { outcome, status, health }: Attempted, about: string): void {
    const now = this.#options.clock()
    const notBefore = outcome.kind === 'retry' ? outcome.notBefore : undefined
    if (health === 'ailing' || health === 'full' || (health === 'pause' && notBefore === undefined))
      breaker.failed(now, status === null ? null : about)
    else if (status !== null) breaker.passed()
    if (notBefore !== undefined && health !== 'fine') breaker.hold(notBefore)
  }

  /** Asks whether the way works, with a body that is never booked. */
  async #test(destination: Destination, route: Route): Promise<void> {
    const { clock, random, log } = this.#options
    const { way, keys, options } = route
    const body = newTest(way.id, options.store)
    const { eventId: id } = body
    const circumstances = this.#circumstances({ register: way.register, attempts: 0, replay: false }, clock())
    const message = { eventId: id, register: way.id, body: JSON.stringify(body), keys, circumstances }
    const attempted = await destination.webhook.deliver(message, this.#hardStop.signal)
    this.#heard(destination, route, attempted, id)
    const reopened = way.tested(attempted, clock(), this.#limits.probe, random)
    if (reopened === null) {
      log.warn(
        { register: way.register, status: attempted.status, why: whyOf(attempted) },
        'the way is still stopped',
      )
      return
    }
    log.info({ register: way.register, blamed: reopened.blamed.length }, 'the way is open again')
    for (const key of reopened.blamed)
      this.#options.outbox.settle(
        key,
        parked(`${reopened.why}; a test passed, so it is about this document`),
        clock(),
      )
  }

  #circumstances(of: Pick<DueDocument, 'register' | 'attempts' | 'replay'>, now: number): Circumstances {
    const { outbox, version, instance } = this.#options
    const { waiting, oldestWaitingAt } = outbox.counts(of.register)
    const oldestSeconds =
      oldestWaitingAt === null ? 0 : Math.max(0, Math.round((now - oldestWaitingAt) / 1000))
    return { version, instance, attempt: of.attempts + 1, replay: of.replay, waiting, oldestSeconds }
  }
}

function whyOf({ outcome }: Attempted): string | undefined {
  return 'why' in outcome ? outcome.why : undefined
}
