/**
 * What the status page looks things up in: a search index over the outbox and the history of attempts. Kept beside the
 * outbox and derived from it where it can be, so that a receipt's own commit never pays for a page.
 */
import type { DocumentKey, KeptDocument, StateSought, TimedRows } from './outbox.ts'

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
  readonly state?: StateSought
  readonly receiptsOnly?: boolean
}

/** What of a document is looked up; null what it does not tell. */
export interface SearchFacts {
  /** The receipt's local time as `YYYY-MM-DDTHH:MM:SS`. */
  readonly time: string | null
  /** Kopecks. */
  readonly total: number | null
  readonly operation: number | null
  readonly isReceipt: boolean
}

/** Reads them from the short record, and asks for the body only where that is silent. Never throws of its own. */
export type ReadFacts = (
  document: Pick<KeptDocument, 'type' | 'format' | 'summary'>,
  body: () => Uint8Array | null,
) => SearchFacts

/** A place that no page of this index ends with: it is of another index, or made up. */
export class WrongPlace extends Error {
  override readonly name = 'WrongPlace'
}

/**
 * A page of what was found, the last kept first. The work of one page is bounded: where much has to be passed over,
 * a page may hold fewer documents than were asked for, even none, and yet have a `next`.
 */
export interface Found {
  readonly keys: readonly DocumentKey[]
  /** Where the next page begins; null at the end. */
  readonly next: string | null
  /** How many fit, counted up to a bound; `more` says that there may be more than were counted. */
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
  /** Notes how an attempt ended; false when that cannot be written now. Never throws. */
  noteAttempt(key: DocumentKey, attempt: Attempt): boolean
  /** Newest first; none when they cannot be read. */
  attempts(key: DocumentKey): Attempt[]
  /** Throws `WrongPlace`, or `StoreError` when the index cannot be read. */
  search(search: Search, after: string | null, limit: number): Found
  /** How many documents of the outbox the index still lacks. */
  behind(): number
  /** Takes the next documents of the outbox into the index; true when there are more. Never throws. */
  catchUp(): boolean
  /**
   * Where in the outbox documents with their local time in this range are. Right however far the index lags; null
   * when it cannot be read.
   */
  timed(fromTime: string | null, toTime: string | null): TimedRows | null
  /** Forgets some attempts from before `than`, milliseconds; true when there are more of them. */
  forget(than: number): boolean
  /** The last 24 hours, oldest first. */
  hours(now: number): HourCount[]
}
