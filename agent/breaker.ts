/**
 * Spares a destination that does not answer: after some failures in a row nothing is sent for a while, then one
 * single attempt finds out, and its result opens or closes the way again.
 *
 * A destination that is full (it takes so many at once and no more) is no broken one: then fewer are under way at once,
 * and after many answers that pass one more is tried.
 *
 * An answer such as 500 may be the fault of one document: from the same document it counts once, however often it
 * is repeated. No answer at all (`about` null) is always the destination's fault.
 */
import { pauseAfter } from './backoff.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerLimits {
  /** Failures in a row until it opens. */
  readonly failures: number
  /** The first and the longest time it stays open, milliseconds. */
  readonly firstMs: number
  readonly longestMs: number
  /** The longest time that the destination may ask to be left alone. */
  readonly longestHoldMs: number
  /** Answers that pass until one more is tried than it bore. */
  readonly widenAfter: number
}

export const breakerLimits: BreakerLimits = {
  failures: 5,
  firstMs: 1_000,
  longestMs: 30_000,
  longestHoldMs: 3_600_000,
  widenAfter: 50,
}

/** One destination's breaker. Pure but for its own memory: times and chance are passed in. */
export class Breaker {
  readonly #limits: BreakerLimits
  readonly #random: () => number
  #failures = 0
  #openings = 0
  #lastAbout: string | null = null
  #openUntil: number | null = null
  #heldUntil = 0
  /** What it bears at once; infinite until it has said that it is full. */
  #width = Number.POSITIVE_INFINITY
  #passedSince = 0

  constructor(limits: BreakerLimits, random: () => number) {
    this.#limits = limits
    this.#random = random
  }

  /** Failures in a row as they are counted. */
  get failures(): number {
    return this.#failures
  }

  state(now: number): BreakerState {
    if (this.opensAt(now) !== null) return 'open'
    return this.#openUntil === null ? 'closed' : 'half-open'
  }

  /** When the next attempt is allowed; null = now. */
  opensAt(now: number): number | null {
    const open = this.#openUntil ?? 0
    // A time beyond all reason was set before the clock was put back: it counts no more.
    const at = Math.max(
      open - now <= this.#limits.longestMs ? open : 0,
      this.#heldUntil - now <= this.#limits.longestHoldMs ? this.#heldUntil : 0,
    )
    return at > now ? at : null
  }

  /** How many more attempts may be under way at once. */
  room(now: number, lanes: number, underWay: number): number {
    const state = this.state(now)
    const most = state === 'open' ? 0 : state === 'half-open' ? 1 : Math.min(lanes, this.#width)
    return Math.max(0, most - underWay)
  }

  /** The destination answered as it should. */
  passed(): void {
    this.#failures = 0
    this.#openings = 0
    this.#lastAbout = null
    this.#openUntil = null
    if (++this.#passedSince < this.#limits.widenAfter) return
    this.#width++
    this.#passedSince = 0
  }

  /** It was full while so many others were under way: those it may bear, and not one more. */
  full(others: number): void {
    this.#width = Math.max(1, Math.min(this.#width, others))
    this.#passedSince = 0
  }

  /** `about`: the document that was answered with a failure, or null when nobody answered. */
  failed(now: number, about: string | null): void {
    const wasOpen = this.#openUntil !== null
    if (about === null || about !== this.#lastAbout) this.#failures++
    this.#lastAbout = about
    if (!wasOpen && this.#failures < this.#limits.failures) return
    // Attempts that were under way when it opened tell nothing new.
    if (this.#openUntil !== null && this.opensAt(now) === this.#openUntil) return
    this.#openings++
    const { firstMs, longestMs } = this.#limits
    // Never less than half: an opening of no length would be none.
    const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(this.#openings, 30))
    this.#openUntil = now + Math.round(ceiling / 2) + pauseAfter(1, ceiling / 4, ceiling / 2, this.#random)
  }

  /** The destination asked to be left alone until then (`Retry-After`). */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until)
  }
}
