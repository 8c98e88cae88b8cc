/** Keeping one document: insert it, fill the row that had no bytes, or find that it is there or does not agree. */
import { eventId, type KeepResult, type NewDocument } from '../outbox.ts'
import type { Derived } from './derived.ts'
import { type DocumentFacts, differenceOf, newFingerprint, stateOf } from './rows.ts'
import type { Statements, Value } from './statements.ts'

interface Judged {
  readonly result: KeepResult
  readonly there: DocumentFacts | undefined
}

export class Keeping {
  readonly #statements: Statements
  readonly #derived: Derived

  constructor(statements: Statements, derived: Derived) {
    this.#statements = statements
    this.#derived = derived
  }

  /** What keeping would do, and the row that is there already. Writes nothing. */
  judge(document: NewDocument): Judged {
    const there = this.#statements.one<DocumentFacts>(
      'SELECT id, register, type, format, sign, fingerprint FROM document WHERE storage = ? AND number = ?',
      document.storage,
      document.number,
    )
    if (there === undefined) return { result: 'kept', there }
    const differs = differenceOf(there, document)
    if (differs !== null) return { result: { differs }, there }
    const fills = document.bytes !== null && there.fingerprint === null
    return { result: fills ? 'filled' : 'known', there }
  }

  /** To be called inside a transaction. A conflict is a result, so that one does not undo a whole batch. */
  keep(document: NewDocument, now: number): KeepResult {
    if (this.#inserted(document, now)) return 'kept'
    const { result, there } = this.judge(document)
    if (there === undefined) throw new Error(`neither new nor there: ${eventId(document)}`)
    if (result === 'filled' || (there.format === 'absent' && document.format === 'summary'))
      this.#fill(there, document, now)
    return result
  }

  /** False when the key is taken; nearly every document is new, so that is not asked first. */
  #inserted(document: NewDocument, now: number): boolean {
    const { storage, number, register } = document
    const { changes, lastInsertRowid } = this.#statements.run(
      `INSERT INTO document (type, format, source, read_at, owed, sign, fingerprint, masked, summary, bytes,
         storage, number, register) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (storage, number) DO NOTHING`,
      ...columnsOf(document, now),
      ...[storage, number, register],
    )
    if (changes === 0) return false
    const tallies = this.#derived.tallies()
    tallies.add(register, 'none', 1)
    if (isGap(document)) tallies.add(register, 'withoutBytes', 1)
    this.#derived.added(storage, number)
    this.#owe(Number(lastInsertRowid), document, register, now)
    return true
  }

  #fill(there: DocumentFacts, document: NewDocument, now: number): void {
    this.#statements.run(
      `UPDATE document SET type = ?, format = ?, source = ?, read_at = ?, owed = ?, sign = coalesce(?, sign),
         fingerprint = ?, masked = ?, summary = coalesce(?, summary), bytes = ? WHERE id = ?`,
      ...columnsOf(document, now),
      there.id,
    )
    if (!isGap(document)) this.#derived.tallies().add(there.register, 'withoutBytes', -1)
    this.#owe(there.id, document, there.register, now)
  }

  /** The delivery row, in the same transaction as the document's. */
  #owe(id: number, document: NewDocument, register: string, now: number): void {
    this.#derived.tallies().read(register, document.imported?.readAt ?? now)
    if (!isOwed(document)) return
    const { bytes, imported } = document
    const { dueAt, attempts, settledAt, outcome, why, answer, replay } = imported?.delivery ?? {
      ...nothingYet,
      dueAt: now,
    }
    this.#statements.run(
      `INSERT INTO delivery (document, register, owed_since, due_at, attempts, settled_at, outcome, why, answer,
         replay, aged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, register, now, dueAt, attempts, settledAt, outcome, why, answer, replay ? 1 : 0],
      bytes === null ? 2 : imported?.masked ? 1 : 0,
    )
    this.#derived.tallies().moved(register, 'none', stateOf({ due_at: dueAt, settled_at: settledAt }))
  }
}

const nothingYet = {
  attempts: 0,
  settledAt: null,
  outcome: null,
  why: null,
  answer: null,
  replay: false,
} as const

/** type, format, source, read_at, owed, sign, fingerprint, masked, summary, bytes. */
function columnsOf(document: NewDocument, now: number): Value[] {
  const { type, format, source, bytes, summary, imported } = document
  return [
    ...[type, format, source, imported?.readAt ?? now, isOwed(document) ? 1 : 0],
    ...[summary?.sign ?? null, newFingerprint(document), imported?.masked ? 1 : 0],
    ...[summary === null ? null : JSON.stringify(summary), bytes],
  ]
}

/** What an import says of the delivery goes before what the document itself says. */
function isOwed({ owed, imported }: NewDocument): boolean {
  return owed || (imported?.delivery ?? null) !== null
}

/** A number that is accounted for although there are no bytes of it. */
function isGap({ format }: NewDocument): boolean {
  return format === 'summary' || format === 'absent'
}
