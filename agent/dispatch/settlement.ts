/** What an attempt means for the document's row: pure, with times and chance passed in. */
import { pauseAfter } from '../backoff.ts'
import type { Settlement } from '../outbox.ts'
import type { Outcome } from '../outcome.ts'

/** The first and the longest pause before a document is sent again, milliseconds. */
export interface RetryPace {
  readonly retryFirstMs: number
  readonly retryLongestMs: number
}

/** `attempts`: how often it was sent before this time. */
export function settlementOf(
  outcome: Outcome,
  attempts: number,
  { retryFirstMs, retryLongestMs }: RetryPace,
  now: number,
  random: () => number,
): Settlement {
  const open = { outcome: outcome.kind, settled: false, answer: null }
  switch (outcome.kind) {
    case 'retry': {
      const pause = pauseAfter(attempts + 1, retryFirstMs, retryLongestMs, random)
      return { ...open, why: outcome.why, dueAt: Math.max(now + pause, outcome.notBefore ?? 0) }
    }
    case 'park':
      return parked(outcome.why)
    case 'stopDestination':
      return { ...open, why: outcome.why, dueAt: now }
    default: {
      const why = outcome.reasons.length === 0 ? null : outcome.reasons.join('; ').slice(0, 500)
      return { outcome: outcome.kind, why, settled: true, dueAt: null, answer: outcome.answer }
    }
  }
}

/** Set aside for a person. */
export function parked(why: string): Settlement {
  return { outcome: 'park', why, settled: false, dueAt: null, answer: null }
}

/** Settled here, without asking the site. */
export function ignored(why: string): Settlement {
  return { outcome: 'ignored', why, settled: true, dueAt: null, answer: null }
}
