/**
 * Documents of one drive that were tried in vain, and when each may be tried again. In memory only: a restart tries
 * all of them anew. Waits are counted from the failure, so that a clock put back makes none of them longer.
 */
import { pauseAfter } from './backoff.ts'

/** The first and the longest pause before an unreadable document is tried again, milliseconds. */
const pauseMs = { first: 15_000, longest: 3_600_000 }
/** The register is at fault, not the document: it may be free again in a moment. */
const longestBusyMs = 60_000
/** How often an idle register may call itself busy over one document before those behind it have their turn. */
const busyInARow = 3
/** A second reader that takes the same portion of every reading does not do so for that long. */
const doubtMs = 180_000

interface Tried {
  /** 0 as long as it only met a busy register. */
  readonly failures: number
  readonly busy: number
  readonly since: number
  readonly waitMs: number
  readonly doubt?: Doubt | undefined
}

/** How a document that may be incomplete read, and since when it reads so. */
interface Doubt {
  readonly fingerprint: string
  readonly since: number
}

export class Aside {
  readonly #tried = new Map<number, Tried>()
  readonly #clock: () => number
  readonly #random: () => number
  #storage: string | null = null

  constructor(clock: () => number, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Numbers of another drive say nothing about this one. */
  begin(storage: string): void {
    if (storage !== this.#storage) this.#tried.clear()
    this.#storage = storage
  }

  /** The documents that could not be read so far, in the order of their first failure. */
  get numbers(): number[] {
    return [...this.#tried].filter(([, { failures }]) => failures > 0).map(([number]) => number)
  }

  failuresOf(number: number): number {
    return this.#tried.get(number)?.failures ?? 0
  }

  /** `fresh`: nothing speaks against it. `again`: it failed and its pause is over. `later`: it has to wait. */
  turnOf(number: number): 'fresh' | 'again' | 'later' {
    const tried = this.#tried.get(number)
    if (tried === undefined || tried.failures === 0) return 'fresh'
    const waited = this.#clock() - tried.since
    return waited < 0 || waited >= tried.waitMs ? 'again' : 'later'
  }

  /** Sets it aside; returns for how long, in milliseconds. */
  failed(number: number, longestMs = pauseMs.longest): number {
    const failures = this.failuresOf(number) + 1
    // The first failure is mostly the cable: the document is tried again as soon as the line is back.
    const waitMs =
      failures === 1
        ? 0
        : Math.min(longestMs, pauseAfter(failures - 1, pauseMs.first, pauseMs.longest, this.#random))
    const doubt = this.#tried.get(number)?.doubt
    this.#tried.set(number, { failures, busy: 0, since: this.#clock(), waitMs, doubt })
    return waitMs
  }

  /**
   * It reads equally and may be incomplete. Null once it has read so for minutes: then it is the register's own way
   * and may be kept. Before that it is set aside for the milliseconds that it returns.
   */
  doubted(number: number, fingerprint: string): number | null {
    const now = this.#clock()
    const before = this.#tried.get(number)?.doubt
    const same = before?.fingerprint === fingerprint && before.since <= now
    const since = same ? before.since : now
    const waitMs = since + doubtMs - now
    if (waitMs <= 0) return null
    const failures = this.failuresOf(number) + 1
    this.#tried.set(number, { failures, busy: 0, since: now, waitMs, doubt: { fingerprint, since } })
    return waitMs
  }

  /** An idle register was busy for this document: some damaged documents make a drive say so for ever. */
  metBusy(number: number): void {
    const busy = (this.#tried.get(number)?.busy ?? 0) + 1
    if (this.failuresOf(number) > 0 || busy >= busyInARow) this.failed(number, longestBusyMs)
    else this.#tried.set(number, { failures: 0, busy, since: this.#clock(), waitMs: 0, doubt: undefined })
  }

  done(number: number): void {
    this.#tried.delete(number)
  }

  /** Forgets what is no longer missing: it may have been imported meanwhile. */
  keepOnly(missing: ReadonlySet<number>): void {
    for (const number of this.#tried.keys()) if (!missing.has(number)) this.#tried.delete(number)
  }
}
