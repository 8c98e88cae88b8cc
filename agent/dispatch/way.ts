/**
 * One register's way to its destination. It stops when the receiver refuses in a manner that concerns the address
 * or the key; `pos.test` then finds out which it is. The very first test passes: it was that one document (a
 * hosting's firewall dislikes a name), which is parked. Any test failed before: it was the way, and the document is
 * due as before.
 */
import type { Text } from '../../drivers/index.ts'
import { pauseAfter } from '../backoff.ts'
import { longestRetryAfterMs } from '../bitrix/answer.ts'
import type { Attempted } from '../bitrix/webhook.ts'
import type { BreakerState } from '../breaker.ts'
import { type DocumentKey, eventId } from '../outbox.ts'

/** One way as `status` shows it; times are ISO 8601 in UTC. */
export interface WayView {
  readonly register: string
  /** `<store>/<name>` */
  readonly id: string
  /** Host and path of the receiver, without its query. */
  readonly destination: string
  /** `waiting`: it heals by itself; `stopped`: a person is needed. */
  readonly state: 'ready' | 'waiting' | 'stopped'
  readonly since: string
  /** The last answer in words; null before the first. */
  readonly words: Text | null
  readonly hint: Text | null
  /** HTTP status of the last answer; null when nobody answered. */
  readonly lastStatus: number | null
  /** When that was, or when it was found that nobody answers. */
  readonly lastTriedAt: string | null
  readonly lastAnswerAt: string | null
  readonly lastAcceptedAt: string | null
  readonly nextTryAt: string | null
  readonly breaker: BreakerState
  /** How far the site's clock is ahead of ours, when that is more than two minutes. */
  readonly clockOffsetSeconds: number | null
}

/** How slowly a stopped way is probed, milliseconds. */
export interface ProbePace {
  readonly firstMs: number
  readonly longestMs: number
}

/** Beyond any pause between tests, `Retry-After` included. */
const longestTestPauseMs = 2 * longestRetryAfterMs

interface Stop {
  readonly why: string
  readonly suspects: Map<string, DocumentKey>
  tests: number
  nextTestAt: number
}

/** What one way remembers. */
export class Way {
  readonly register: string
  readonly id: string
  #state: WayView['state'] = 'ready'
  #since: number
  #last: Attempted | null = null
  #lastTriedAt: number | null = null
  #lastAnswerAt: number | null = null
  #lastAcceptedAt: number | null = null
  #stop: Stop | null = null
  #underWay = 0

  constructor(register: string, id: string, now: number) {
    this.register = register
    this.id = id
    this.#since = now
  }

  get stopped(): boolean {
    return this.#stop !== null
  }

  /**
   * When the next test is due; null while the way is open or something is still under way on it. A time beyond all
   * reason was set before the clock was put back: it is due now.
   */
  nextTestAt(now: number): number | null {
    if (this.#underWay > 0 || this.#stop === null) return null
    return this.#stop.nextTestAt - now > longestTestPauseMs ? now : this.#stop.nextTestAt
  }

  begin(): void {
    this.#underWay++
  }

  end(): void {
    this.#underWay--
  }

  /** Takes note of an answer to a document. True when it has stopped the way just now. */
  answered(attempted: Attempted, key: DocumentKey, now: number): boolean {
    this.#note(attempted, now)
    const { outcome } = attempted
    if (outcome.kind !== 'stopDestination') {
      if (this.#stop === null) this.#enter(outcome.kind === 'retry' ? 'waiting' : 'ready', now)
      return false
    }
    const newly = this.#stop === null
    this.#stop ??= { why: outcome.why, suspects: new Map(), tests: 0, nextTestAt: now }
    // Where nobody answered (a certificate), no document can be to blame.
    if (attempted.status !== null) this.#stop.suspects.set(eventId(key), key)
    this.#enter('stopped', now)
    return newly
  }

  /** Takes note of the answer to a test; `reopened` with the documents that are to blame, or null: still stopped. */
  tested(
    attempted: Attempted,
    now: number,
    pace: ProbePace,
    random: () => number,
  ): { readonly blamed: readonly DocumentKey[]; readonly why: string } | null {
    this.#note(attempted, now)
    const stop = this.#stop
    if (stop === null) return null
    const { kind } = attempted.outcome
    if (kind === 'accepted' || kind === 'acceptedParked' || kind === 'ignored') {
      this.#stop = null
      this.#enter('ready', now)
      return { blamed: stop.tests === 0 ? [...stop.suspects.values()] : [], why: stop.why }
    }
    stop.tests++
    const notBefore = attempted.outcome.kind === 'retry' ? (attempted.outcome.notBefore ?? 0) : 0
    const pause = pace.firstMs + pauseAfter(stop.tests, pace.firstMs, pace.longestMs - pace.firstMs, random)
    stop.nextTestAt = Math.max(now + pause, notBefore)
    return null
  }

  view(
    destination: string,
    breaker: BreakerState,
    opensAt: number | null,
    clockOffsetMs: number | null,
  ): WayView {
    const nextTryAt = this.#stop === null ? opensAt : Math.max(this.#stop.nextTestAt, opensAt ?? 0)
    const ailing = this.#state === 'ready' && breaker !== 'closed'
    return {
      register: this.register,
      id: this.id,
      destination,
      state: ailing ? 'waiting' : this.#state,
      since: iso(this.#since),
      words: this.#last?.words ?? null,
      hint: this.#last?.hint ?? null,
      lastStatus: this.#last?.status ?? null,
      lastTriedAt: this.#lastTriedAt === null ? null : iso(this.#lastTriedAt),
      lastAnswerAt: this.#lastAnswerAt === null ? null : iso(this.#lastAnswerAt),
      lastAcceptedAt: this.#lastAcceptedAt === null ? null : iso(this.#lastAcceptedAt),
      nextTryAt: nextTryAt === null ? null : iso(nextTryAt),
      breaker,
      clockOffsetSeconds: clockOffsetMs === null ? null : Math.round(clockOffsetMs / 1000),
    }
  }

  #note(attempted: Attempted, now: number): void {
    this.#last = attempted
    this.#lastTriedAt = now
    if (attempted.status !== null) this.#lastAnswerAt = now
    const { kind } = attempted.outcome
    if (kind === 'accepted' || kind === 'acceptedParked' || kind === 'ignored') this.#lastAcceptedAt = now
  }

  #enter(state: WayView['state'], now: number): void {
    if (this.#state === state) return
    this.#state = state
    this.#since = now
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
