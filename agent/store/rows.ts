/** Rows of the tables as SQLite gives them, and what they mean. */
import { hash } from 'node:crypto'
import type { DocumentSummary } from '../../drivers/index.ts'
import type {
  AccountRow,
  BeginningWhy,
  Delivery,
  DocumentFormat,
  DueDocument,
  FoundDocument,
  ListedDocument,
  NewDocument,
  Storage,
} from '../outbox.ts'
import type { DeliveryState } from './tally.ts'

export type StorageRow = {
  readonly storage: string
  readonly register: string
  readonly first: number
  readonly why: BeginningWhy
  readonly serial: string | null
  readonly inn: string | null
  readonly address: string | null
  readonly debug: number
  readonly seen_at: number
}

export function storageOf(row: StorageRow): Storage {
  const { seen_at, debug, ...same } = row
  return { ...same, debug: debug === 1, seenAt: seen_at }
}

export function storageRow(storage: Storage): StorageRow {
  const { seenAt, debug, ...same } = storage
  return { ...same, debug: debug ? 1 : 0, seen_at: seenAt }
}

/** What of a document is needed to say whether another one is the same. */
export interface DocumentFacts {
  readonly id: number
  readonly register: string
  readonly type: number | null
  readonly format: DocumentFormat
  readonly sign: string | null
  readonly fingerprint: string | null
}

/** A document joined with its delivery, all but its bytes. */
export interface ListedRow {
  readonly storage: string
  readonly number: number
  readonly register: string
  readonly type: number | null
  readonly format: DocumentFormat
  readonly source: 'register' | 'import'
  readonly read_at: number
  readonly sign: string | null
  readonly fingerprint: string | null
  readonly masked: number
  readonly summary: string | null
  readonly owed: number
  readonly due_at: number | null
  readonly attempts: number | null
  readonly settled_at: number | null
  readonly outcome: string | null
  readonly why: string | null
  readonly answer: string | null
  readonly replay: number | null
}

export interface FoundRow extends ListedRow {
  readonly bytes: Buffer | null
}

export type AccountColumns = Pick<
  ListedRow,
  'number' | 'type' | 'format' | 'read_at' | 'owed' | 'due_at' | 'settled_at' | 'outcome'
> & { readonly answered: number }

export function accountOf(row: AccountColumns): AccountRow {
  const { number, type, format, outcome } = row
  return {
    ...{ number, type, format, outcome, readAt: row.read_at, owed: row.owed === 1 },
    ...{ dueAt: row.due_at, settledAt: row.settled_at, answered: row.answered === 1 },
  }
}

/** The columns of a `ListedRow`, of `document d LEFT JOIN delivery v`. */
export const listedColumns = `d.storage, d.number, d.register, d.type, d.format, d.source, d.read_at, d.sign,
  d.fingerprint, d.masked, d.summary, v.document IS NOT NULL AS owed,
  v.due_at, v.attempts, v.settled_at, v.outcome, v.why, v.answer, v.replay`

/** Those of a `FoundRow`. */
export const foundColumns = `${listedColumns}, d.bytes`

export function listedOf(row: ListedRow): ListedDocument {
  return {
    storage: row.storage,
    number: row.number,
    register: row.register,
    type: row.type,
    format: row.format,
    summary: summaryOf(row.summary),
    source: row.source,
    owed: row.owed === 1,
    readAt: row.read_at,
    fingerprint: row.fingerprint,
    masked: row.masked === 1,
    delivery: deliveryOf(row),
  }
}

export function foundOf(row: FoundRow): FoundDocument {
  return { ...listedOf(row), bytes: row.bytes === null ? null : new Uint8Array(row.bytes) }
}

export function dueOf(row: FoundRow): DueDocument {
  const { delivery, ...kept } = foundOf(row)
  return { ...kept, attempts: delivery?.attempts ?? 0, replay: delivery?.replay ?? false }
}

function deliveryOf(row: ListedRow): Delivery | null {
  if (row.owed === 0) return null
  return {
    dueAt: row.due_at,
    attempts: row.attempts ?? 0,
    settledAt: row.settled_at,
    outcome: row.outcome,
    why: row.why,
    replay: row.replay === 1,
    answer: row.answer,
  }
}

/** Written by us alone, as JSON of a `DocumentSummary`. */
function summaryOf(json: string | null): DocumentSummary | null {
  return json === null ? null : (JSON.parse(json) as DocumentSummary)
}

/** Waiting: due at some time. Accepted: settled. Parked: owed and neither. */
export function stateOf(row: {
  readonly due_at: number | null
  readonly settled_at: number | null
}): DeliveryState {
  if (row.due_at !== null) return 'waiting'
  return row.settled_at === null ? 'parked' : 'accepted'
}

/** Lower-case hex of the SHA-256 of a document's bytes as they were read. */
export function fingerprintOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/** What a kept document and a new one of the same key do not agree on; null when they may be the same. */
export function differenceOf(kept: DocumentFacts, document: NewDocument): 'sign' | 'type' | 'bytes' | null {
  const sign = document.summary?.sign ?? null
  if (kept.sign !== null && sign !== null && kept.sign !== sign) return 'sign'
  if (kept.type !== null && document.type !== null && kept.type !== document.type) return 'type'
  const print = newFingerprint(document)
  const comparable = kept.format === document.format && kept.fingerprint !== null && print !== null
  return comparable && kept.fingerprint !== print ? 'bytes' : null
}

/** An import names the fingerprint of bytes that were masked since; otherwise it is that of the bytes. */
export function newFingerprint(document: NewDocument): string | null {
  if (document.imported?.fingerprint) return document.imported.fingerprint
  return document.bytes === null ? null : fingerprintOf(document.bytes)
}
