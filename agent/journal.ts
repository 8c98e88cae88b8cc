/**
 * What the status page looks things up in: a search index over the outbox and the history of attempts. Kept beside the
 * outbox and derived from it where it can be, so that a receipt's own commit never pays for a page.
 */
import type { DocumentKey } from './outbox.ts'

/** One attempt to deliver a document, as it ended. Times are milliseconds. */
export interface Attempt {
  readonly at: number
  readonly tookMs: number
  /** HTTP status; null when nobody answered. */
  readonly status: number | null
  /** As in `Settlement`: `accepted`, `retry`, `park` … */
  readonly outcome: string
  readonly why: string | null
  /** The receiver's answer as it came, bounded; null when there was none. */
  readonly answer: string | null
  readonly replay: boolean
  /** SHA-256 (hex) and length of the body that was sent. */
  readonly bodyDigest: string
  readonly bodyBytes: number
}

/** Which documents a person looks for; all that is given must hold. */
export interface Search {
  readonly register?: string
  readonly storage?: string
  /** Inclusive. */
  readonly fromNumber?: number
  readonly toNumber?: number
  /** Local time on the receipt, `YYYY-MM-DDTHH:MM:SS`, inclusive. */
  readonly fromTime?: string
  readonly toTime?: string
  /** Kopecks, inclusive. */
  readonly minTotal?: number
  readonly maxTotal?: number
  readonly state?: 'waiting' | 'parked' | 'accepted' | 'none'
  readonly receiptsOnly?: boolean
}

/** A page of what was found, newest first. */
export interface Found {
  readonly keys: readonly DocumentKey[]
  /** Where the next page begins; null at the end. */
  readonly next: string | null
  /** How many fit, counted up to a bound; `more` says that the bound was reached. */
  readonly count: number
  readonly more: boolean
}

/** One hour of the chart. */
export interface HourCount {
  /** Milliseconds; the beginning of the hour. */
  readonly from: number
  readonly read: number
  readonly delivered: number
}

/** The journal's verbs. It may be lost at any time: the index is made again, the history of attempts is not needed. */
export interface Journal extends Disposable {
  /** Notes how an attempt ended; never throws, for a delivery must not fail because of it. */
  noteAttempt(key: DocumentKey, attempt: Attempt): void
  /** Newest first. */
  attempts(key: DocumentKey): Attempt[]
  search(search: Search, after: string | null, limit: number): Found
  /** How many documents of the outbox the index still lacks. */
  behind(): number
  /** Takes the next documents of the outbox into the index; true when there are more. */
  catchUp(): boolean
  /** The last 24 hours, oldest first. */
  hours(now: number): HourCount[]
}
