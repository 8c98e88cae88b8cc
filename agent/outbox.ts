/**
 * What was read and what is still owed: the only state there is. Words and verbs alone; `store/` carries them out
 * over SQLite and knows this file, never the other way round.
 */
import type { DocumentSummary } from '../drivers/index.ts'

/** The identity of a fiscal document for ever: fiscal drive number and document number. */
export interface DocumentKey {
  readonly storage: string
  readonly number: number
}

/** Why reading of a fiscal drive begins where it begins. */
export type BeginningWhy = 'now' | 'first' | 'number' | 'successor' | 'start-file' | 'ledger' | 'person'

/** How the outbox's file came to be: in a new installation, or after a loss with `start.json` there (`restored`) or not. */
export type Origin = 'first' | 'restored' | 'lost'

/** A fiscal drive that this installation follows. */
export interface Storage {
  readonly storage: string
  /** The register's name in the config. */
  readonly register: string
  /** The first document number that is ours to keep. */
  readonly first: number
  readonly why: BeginningWhy
  readonly serial: string | null
  readonly inn: string | null
  readonly address: string | null
  /** A debug drive: kept and shown, never sent. */
  readonly debug: boolean
  /** Milliseconds since the epoch. */
  readonly seenAt: number
}

/** How the bytes are written: a TLV body, the tax service's JSON, or nothing but what the short record said. */
export type DocumentFormat = 'tlv' | 'tax-json' | 'summary' | 'absent'

/** One document to keep. `type` is null only for `absent`. */
export interface NewDocument extends DocumentKey {
  readonly register: string
  readonly type: number | null
  readonly format: DocumentFormat
  readonly bytes: Uint8Array | null
  readonly summary: DocumentSummary | null
  readonly source: 'register' | 'import'
  /** Something has to be delivered for it: a delivery row is written in the same transaction. */
  readonly owed: boolean
  /** What an export of another outbox brings along; absent for documents as read. */
  readonly imported?: ImportedFacts
}

/** What an export says of a document beyond the document itself. */
export interface ImportedFacts {
  readonly readAt: number
  /** SHA-256 (hex) of the bytes as they were once read, when `bytes` were masked or emptied since. */
  readonly fingerprint: string | null
  readonly masked: boolean
  /** Taken over as it is; `owed` is not looked at then. */
  readonly delivery: Delivery | null
}

/** What became of a document handed to the outbox; a conflict leaves the kept one as it is. */
export type KeepResult = 'kept' | 'known' | 'filled' | { readonly differs: 'sign' | 'type' | 'bytes' }

export interface KeptDocument extends NewDocument {
  readonly readAt: number
  /** SHA-256 (hex) of the bytes as they were read; null for a row that never had any. */
  readonly fingerprint: string | null
  /** The personal tags are masked in `bytes`. */
  readonly masked: boolean
}

/** The document's bytes with the personal tags masked, of equal length; null when they cannot be found in them. */
export type Mask = (document: KeptDocument) => Uint8Array | null

/** The delivery state of a document; absent for documents that nothing is owed for. */
export interface Delivery {
  /** Milliseconds; null when settled or parked. */
  readonly dueAt: number | null
  readonly attempts: number
  readonly settledAt: number | null
  /** The last outcome's kind: `accepted`, `acceptedParked`, `ignored`, `retry`, `park`, `stopDestination`, or null. */
  readonly outcome: string | null
  readonly why: string | null
  /** True once a person asked for it to be sent again. */
  readonly replay: boolean
  /** The receiver's last acknowledgement as it came, or null. */
  readonly answer: string | null
}

/**
 * What may have become of a document. Settled are three: booked by the site (`accepted`), set aside there
 * (`acceptedParked`), or with nothing to do for it (`ignored`, by the site's answer or without asking it). `none`:
 * nothing is owed for it.
 */
export const documentStates = ['waiting', 'parked', 'accepted', 'acceptedParked', 'ignored', 'none'] as const

export type DocumentState = (typeof documentStates)[number]

/** What is looked for: a state, or all three that are settled. */
export type StateSought = DocumentState | 'settled'

export function stateOf(delivery: Delivery | null): DocumentState {
  if (delivery === null) return 'none'
  const { dueAt, settledAt, outcome } = delivery
  if (settledAt === null) return dueAt === null ? 'parked' : 'waiting'
  return outcome === 'acceptedParked' || outcome === 'ignored' ? outcome : 'accepted'
}

export interface DueDocument extends KeptDocument {
  readonly attempts: number
  readonly replay: boolean
}

/** What the dispatcher learned of one attempt. `dueAt` null with `settled` false = parked, waits for a person. */
export interface Settlement {
  readonly outcome: string
  readonly why: string | null
  readonly settled: boolean
  readonly dueAt: number | null
  /** The receiver's acknowledgement as JSON text, kept as it came (bounded), or null. */
  readonly answer: string | null
}

export interface OutboxCounts {
  readonly documents: number
  /** Due now or later. */
  readonly waiting: number
  readonly parked: number
  /** Settled in whatever way, also because there was nothing to do. */
  readonly accepted: number
  /** Read numbers whose bytes are gone or that the drive does not know. */
  readonly withoutBytes: number
  /** Since when the longest waiting document has been owed; for what was settled or parked, a replay begins anew. */
  readonly oldestWaitingAt: number | null
  /** After a restart that of the newest document of each drive. */
  readonly lastReadAt: number | null
  readonly lastAcceptedAt: number | null
}

/** What an index beside the outbox knows of a range of local times; ids are rows of the outbox's file. */
export interface TimedRows {
  /** The rows that have such a time: a JSON array of ids, for they may be many. */
  readonly ids: string
  /** Rows that have been filled since they were indexed, and those above `top`: their documents must be read. */
  readonly doubtful: readonly number[]
  readonly top: number
  /** How many must be read so, at most. */
  readonly unread: number
}

/** The local time of a document whose short record tells none, `YYYY-MM-DDTHH:MM:SS` or the day alone; null = unknown. */
export type TimeInside = (document: Pick<KeptDocument, 'type' | 'format' | 'bytes'>) => string | null

/** Which documents a person means: any part may be missing; all that are given must hold. */
export interface Selection {
  readonly storage?: string
  readonly register?: string
  /** Inclusive. */
  readonly fromNumber?: number
  readonly toNumber?: number
  /** These document numbers only. */
  readonly numbers?: readonly number[]
  /** Read at or after, milliseconds. */
  readonly since?: number
  /** Local time on the receipt, `YYYY-MM-DDTHH:MM:SS`, inclusive. */
  readonly fromTime?: string
  readonly toTime?: string
  /** The very reason of the last outcome. */
  readonly why?: string
  /** Only what `replay` would send: something is owed for it and its bytes are still here. */
  readonly resendable?: boolean
  /** Where documents of this range of times are: spares reading all the others, and changes nothing else. */
  readonly within?: TimedRows
  readonly state?: StateSought
  readonly limit?: number
}

/** What a replay would send. */
export interface Replayable {
  readonly count: number
  /** Of all their keys: equal for the same documents of the same outbox only. */
  readonly digest: string
}

/** Other documents are selected than were shown; nothing was changed. */
export class SelectionChanged extends Error {
  override readonly name = 'SelectionChanged'
}

/** How much of what is parked is looked at, so that a page costs its bound and no more. */
export interface ParkedBounds {
  /** Rows of all registers together, the newest of each. */
  readonly rows: number
  /** Reasons that are told one by one, the most frequent first. */
  readonly groups: number
  /** Documents of each of them. */
  readonly newest: number
  /** Documents that are set aside on the site. */
  readonly onSite: number
}

/** Parked deliveries of one equal reason. */
export interface ParkedReason {
  readonly why: string
  readonly count: number
  readonly registers: readonly string[]
  /** The newest first. */
  readonly newest: readonly ListedDocument[]
  readonly oldestReadAt: number
}

/** What waits for a person, as far as it was looked at. */
export interface ParkedOverview {
  readonly groups: readonly ParkedReason[]
  readonly looked: number
  /** Reasons and their documents beyond the bound. */
  readonly otherGroups: number
  readonly otherDocuments: number
  /** Documents that the site, by its last answer, has set aside itself. */
  readonly onSite: number
  readonly newestOnSite: readonly ListedDocument[]
}

/** A document with what became of its delivery. */
export interface FoundDocument extends KeptDocument {
  readonly delivery: Delivery | null
}

/** The same for a row of many: its bytes stay where they are. */
export type ListedDocument = Omit<FoundDocument, 'bytes'>

/** What of a kept document says whether the site should have it. */
export interface AccountRow {
  readonly number: number
  readonly type: number | null
  readonly format: DocumentFormat
  readonly readAt: number
  readonly owed: boolean
  readonly dueAt: number | null
  readonly settledAt: number | null
  readonly outcome: string | null
  /** The site has acknowledged it at some time. */
  readonly answered: boolean
}

/** One thing a person did, kept for ever. */
export interface AuditRow {
  readonly at: number
  readonly who: string
  readonly action: string
  readonly reason: string
  readonly detail: string
}

/**
 * The outbox's verbs. All are synchronous and durable when they return (`synchronous=FULL`).
 * They throw `StoreError` when the file or the disk fails; then nothing was written.
 */
export interface Outbox extends Disposable {
  /** The drives of one register in the order they were first seen, or of all. */
  storages(register?: string): Storage[]
  /** A drive that has begun already is begun anew: a person's word. Its `seenAt` stays. */
  beginStorage(storage: Storage): void
  /**
   * Idempotent. `filled`: the row was there without bytes and has them now. Throws `DocumentConflict` when
   * another document is kept under this key; that one stays.
   */
  keepDocument(document: NewDocument, now: number): 'kept' | 'known' | 'filled'
  /** Many at once in one commit, for imports. */
  keepDocuments(documents: readonly NewDocument[], now: number): KeepResult[]
  /** What `keepDocument` would do; writes nothing. */
  wouldKeep(document: NewDocument): KeepResult
  /**
   * The numbers between the drive's first (or `from`, when that is higher) and `last` that have no row, ascending,
   * lazily; documents may be kept while it is walked through. Throws for a drive that has not begun.
   */
  missingNumbers(storage: string, last: number, from?: number): Iterable<number>
  /** How many they are; costs nothing. Throws for a drive that has not begun. */
  missingCount(storage: string, last: number): number
  /** The highest number kept of a drive, or null. */
  lastKept(storage: string): KeptDocument | null
  /**
   * Oldest first; never a document whose key is in `except` or whose register is in `notRegisters`. What falls due
   * later than `absurd` counts as due, after all the rest: only a clock that ran ahead can have put it there.
   */
  takeDue(
    now: number,
    limit: number,
    except: ReadonlySet<string>,
    notRegisters: ReadonlySet<string>,
    absurd?: number,
  ): DueDocument[]
  /** When the next delivery falls due, or null. */
  nextDueAt(notRegisters: ReadonlySet<string>): number | null
  settle(key: DocumentKey, settlement: Settlement, now: number): void
  /** In the order they were kept, without their bytes; `limit` takes the newest. */
  list(selection: Selection): ListedDocument[]
  /** By drive and number, those behind `after` (null = from the start); for walking through all of them. */
  walk(selection: Selection, after: DocumentKey | null, limit: number): FoundDocument[]
  find(key: DocumentKey): FoundDocument | null
  /** By number, those of a drive behind `after`, without their bytes. */
  account(storage: string, after: number, limit: number): AccountRow[]
  /** What is parked, by equal reason, here and on the site. */
  parked(bounds: ParkedBounds): ParkedOverview
  /** Which deliveries `replay` would make due: documents that are owed and still have their bytes. */
  replayable(selection: Selection): Replayable
  /**
   * Makes every selected delivery due now and writes the audit row, in one transaction; returns how many. Throws
   * `SelectionChanged` when these are not the very ones of the `digest` that was shown.
   */
  replay(selection: Selection, audit: AuditRow, digest?: string): number
  audit(row: AuditRow): void
  audits(limit: number): AuditRow[]
  counts(register?: string): OutboxCounts
  /**
   * Masks the personal tags of at most `limit` documents that were accepted (or, if nothing is owed, read) before
   * `than`, milliseconds; returns how many were looked at, 0 = none is left.
   */
  maskOlder(than: number, limit: number, mask: Mask): number
  /** Empties the bytes of at most `limit` such documents; the rows stay. Returns how many. */
  emptyOlder(than: number, limit: number): number
  /** When the file was last found sound (or made), milliseconds. */
  checkedAt(): number | null
  recordCheck(at: number): void
  /** Writes everything into the main file and cuts the write-ahead log, so that nothing masked lingers there. */
  tidy(): void
}

/** The webhook id and idempotency key of a document. */
export function eventId(key: DocumentKey): string {
  return `FN${key.storage}-FD${key.number}`
}
