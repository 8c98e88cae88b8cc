/** The outbox over SQLite: every verb is one statement or one transaction. */
import { hash } from 'node:crypto'
import {
  type AccountRow,
  type AuditRow,
  type DocumentKey,
  type DueDocument,
  eventId,
  type FoundDocument,
  type KeepResult,
  type KeptDocument,
  type ListedDocument,
  type Mask,
  type NewDocument,
  type Outbox,
  type OutboxCounts,
  type ParkedBounds,
  type ParkedOverview,
  type Replayable,
  type Selection,
  SelectionChanged,
  type Settlement,
  type Storage,
  type TimeInside,
} from '../outbox.ts'
import { type Aging, emptyOlder, maskOlder } from './aging.ts'
import type { Database } from './database.ts'
import {
  accountQuery,
  conditionOf,
  dueQuery,
  finding,
  lastAcceptedQuery,
  listQuery,
  nextDueQuery,
  type OwedRow,
  oldestFirst,
  owedQuery,
  postponedQuery,
  selectedQuery,
} from './deliveries.ts'
import { Derived } from './derived.ts'
import { asStoreError, DocumentConflict, StoreError } from './faults.ts'
import { Keeping } from './keeping.ts'
import { localSeconds } from './localtime.ts'
import { overlookParked } from './parked.ts'
import {
  type AccountColumns,
  accountOf,
  dueOf,
  type FoundRow,
  foundOf,
  type ListedRow,
  listedOf,
  type StorageRow,
  stateOf,
  storageOf,
  storageRow,
} from './rows.ts'
import { Statements } from './statements.ts'

/** Told when SQLite finds the file damaged in the middle of the work. */
export type Condemn = (why: string) => void

/** Does the work in a transaction that may write; made once, for making it costs as much as a small commit. */
type Immediately = <Result>(work: () => Result) => Result

/** SQLite hands over whatever a column holds. */
type Registered = (...values: readonly unknown[]) => number | null

const beginningOfTime = Number.MIN_SAFE_INTEGER
const endOfTime = Number.MAX_SAFE_INTEGER

export class SqliteOutbox implements Outbox {
  readonly #database: Database
  readonly #condemn: Condemn
  readonly #statements: Statements
  readonly #derived: Derived
  readonly #keeping: Keeping
  readonly #immediately: Immediately

  /** Takes over an opened database and closes it at the end. */
  constructor(database: Database, condemn: Condemn, timeInside: TimeInside = cannotRead) {
    this.#database = database
    database.function('local_seconds', { deterministic: true }, localSeconds(timeInside) as Registered)
    this.#condemn = condemn
    this.#statements = new Statements(database)
    this.#derived = new Derived(database)
    this.#keeping = new Keeping(this.#statements, this.#derived)
    this.#immediately = database.transaction((work: () => unknown) => work()).immediate as Immediately
  }

  storages(register?: string): Storage[] {
    const sql =
      'SELECT * FROM storage WHERE :register IS NULL OR register = :register ORDER BY seen_at, rowid'
    return this.#guard(() =>
      this.#statements.all<StorageRow>(sql, { register: register ?? null }).map(storageOf),
    )
  }

  beginStorage(storage: Storage): void {
    this.#transaction(() => {
      this.#statements.run(
        `INSERT INTO storage (storage, register, first, why, serial, inn, address, debug, seen_at)
         VALUES (:storage, :register, :first, :why, :serial, :inn, :address, :debug, :seen_at)
         ON CONFLICT (storage) DO UPDATE SET register = excluded.register, first = excluded.first,
           why = excluded.why, serial = excluded.serial, inn = excluded.inn, address = excluded.address,
           debug = excluded.debug`,
        storageRow(storage),
      )
      this.#oweFrom(storage)
      this.#derived.forget()
    })
  }

  /** What was imported while it lay before the beginning is owed once it does not. */
  #oweFrom({ storage, first, debug, seenAt }: Storage): void {
    if (debug) return
    this.#statements.run(
      `INSERT INTO delivery (document, register, owed_since, due_at, aged)
       SELECT id, register, :now, :now, masked > 0 FROM document
       WHERE storage = :storage AND number >= :first AND owed = 0 AND type IN (3, 4, 31, 41) AND bytes IS NOT NULL`,
      { storage, first, now: seenAt },
    )
    this.#statements.run(
      `UPDATE document SET owed = 1 WHERE storage = :storage AND number >= :first AND owed = 0
         AND id IN (SELECT document FROM delivery)`,
      { storage, first },
    )
  }

  keepDocument(document: NewDocument, now: number): 'kept' | 'known' | 'filled' {
    const result = this.#transaction(() => this.#keeping.keep(document, now))
    if (typeof result === 'object') throw new DocumentConflict(document, result.differs)
    return result
  }

  keepDocuments(documents: readonly NewDocument[], now: number): KeepResult[] {
    return this.#transaction(() => documents.map((document) => this.#keeping.keep(document, now)))
  }

  wouldKeep(document: NewDocument): KeepResult {
    return this.#guard(() => this.#keeping.judge(document).result)
  }

  missingNumbers(storage: string, last: number, from?: number): Iterable<number> {
    return this.#guard(() => this.#derived.coverage(storage).missing(last, from))
  }

  missingCount(storage: string, last: number): number {
    return this.#guard(() => this.#derived.coverage(storage).count(last))
  }

  lastKept(storage: string): KeptDocument | null {
    return this.#first(`${finding} WHERE d.storage = ? ORDER BY d.number DESC LIMIT 1`, storage)
  }

  find(key: DocumentKey): FoundDocument | null {
    return this.#first(`${finding} WHERE d.storage = ? AND d.number = ?`, key.storage, key.number)
  }

  account(storage: string, after: number, limit: number): AccountRow[] {
    return this.#guard(() =>
      this.#statements.all<AccountColumns>(accountQuery, storage, after, limit).map(accountOf),
    )
  }

  takeDue(
    now: number,
    limit: number,
    except: ReadonlySet<string>,
    notRegisters: ReadonlySet<string>,
    absurd: number = endOfTime,
  ): DueDocument[] {
    const between = (register: string, after: number, until: number) =>
      this.#statements
        .all<FoundRow>(dueQuery, register, after, until, limit + except.size)
        .filter((row) => !except.has(eventId(row)))
    return this.#guard(() => {
      const due = this.#registersBut(notRegisters).flatMap((register) => [
        ...between(register, beginningOfTime, now),
        ...(absurd < endOfTime ? between(register, Math.max(now, absurd), endOfTime) : []),
      ])
      return oldestFirst(due, limit).map(dueOf)
    })
  }

  nextDueAt(notRegisters: ReadonlySet<string>): number | null {
    return this.#guard(() => least(this.#each(nextDueQuery, this.#registersBut(notRegisters))))
  }

  settle(key: DocumentKey, settlement: Settlement, now: number): void {
    const after = settlement.settled
      ? { due_at: null, settled_at: now }
      : { due_at: settlement.dueAt, settled_at: null }
    this.#transaction(() => {
      const before = this.#statements.one<OwedRow>(owedQuery, key.storage, key.number)
      if (before === undefined) throw new Error(`nothing is owed for ${eventId(key)}`)
      this.#statements.run(
        `UPDATE delivery SET attempts = attempts + 1, outcome = ?, why = ?, answer = coalesce(?, answer),
           due_at = ?, settled_at = ? WHERE document = ?`,
        ...[settlement.outcome, settlement.why, settlement.answer],
        ...[after.due_at, after.settled_at, before.document],
      )
      this.#derived.tallies().moved(before.register, stateOf(before), stateOf(after))
    })
  }

  list(selection: Selection): ListedDocument[] {
    const { sql, values } = listQuery(selection)
    return this.#guard(() => this.#statements.all<ListedRow>(sql, ...values).map(listedOf))
  }

  walk(selection: Selection, after: DocumentKey | null, limit: number): FoundDocument[] {
    const { sql, values } = conditionOf(selection, ['(d.storage, d.number) > (?, ?)'])
    const behind = `${finding} WHERE ${sql} ORDER BY d.storage, d.number LIMIT ?`
    const start = after ?? { storage: '', number: 0 }
    return this.#guard(() =>
      this.#statements.all<FoundRow>(behind, ...values, start.storage, start.number, limit).map(foundOf),
    )
  }

  parked(bounds: ParkedBounds): ParkedOverview {
    return this.#guard(() => overlookParked(this.#statements, this.#derived.tallies().registers, bounds))
  }

  replayable(selection: Selection): Replayable {
    const { count, digest } = this.#guard(() => this.#selected(selection))
    return { count, digest }
  }

  replay(selection: Selection, audit: AuditRow, digest?: string): number {
    return this.#transaction(() => {
      const selected = this.#selected(selection)
      if (digest !== undefined && digest !== selected.digest)
        throw new SelectionChanged('other documents are selected than were shown')
      const { changes } = this.#statements.run(
        `UPDATE delivery SET due_at = ?, owed_since = CASE WHEN due_at IS NULL THEN ? ELSE owed_since END,
          settled_at = NULL, attempts = 0, replay = 1 WHERE document IN (SELECT value FROM json_each(?))`,
        ...[audit.at, audit.at, selected.ids],
      )
      this.#writeAudit(audit)
      this.#derived.forget()
      return changes
    })
  }

  /** The ids say it all, for a document keeps its own; those of a file that was made anew say something else. */
  #selected(selection: Selection): Replayable & { readonly ids: string } {
    const { sql, values } = selectedQuery(selection)
    const found = this.#statements.one<{ count: number; ids: string }>(sql, ...values)
    const { count, ids } = found ?? { count: 0, ids: '[]' }
    const made = this.#statements.one<{ mark: string }>("SELECT kind || ' ' || at AS mark FROM origin")
    return { count, ids, digest: hash('sha256', `${made?.mark} ${ids}`, 'hex') }
  }

  audit(row: AuditRow): void {
    this.#transaction(() => this.#writeAudit(row))
  }

  audits(limit: number): AuditRow[] {
    const sql = 'SELECT at, who, action, reason, detail FROM audit ORDER BY id DESC LIMIT ?'
    return this.#guard(() => this.#statements.all<AuditRow>(sql, limit))
  }

  counts(register?: string): OutboxCounts {
    return this.#guard(() => {
      const tallies = this.#derived.tallies()
      const registers = register === undefined ? tallies.registers : [register]
      return {
        ...tallies.sum(register),
        oldestWaitingAt: least([
          ...this.#each(nextDueQuery, registers),
          ...this.#each(postponedQuery, registers),
        ]),
        lastAcceptedAt: greatest(this.#each(lastAcceptedQuery, registers)),
      }
    })
  }

  maskOlder(than: number, limit: number, mask: Mask): number {
    return this.#transaction(() => maskOlder(this.#aging(), than, limit, mask))
  }

  emptyOlder(than: number, limit: number): number {
    return this.#transaction(() => emptyOlder(this.#aging(), than, limit))
  }

  checkedAt(): number | null {
    return this.#guard(() => this.#statements.number('SELECT checked_at FROM origin'))
  }

  recordCheck(at: number): void {
    this.#transaction(() => this.#statements.run('UPDATE origin SET checked_at = ?', at))
  }

  tidy(): void {
    this.#guard(() => {
      this.#database.pragma('optimize')
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
    })
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #first(sql: string, ...values: readonly (string | number)[]): FoundDocument | null {
    const row = this.#guard(() => this.#statements.one<FoundRow>(sql, ...values))
    return row === undefined ? null : foundOf(row)
  }

  #aging(): Aging {
    return { statements: this.#statements, registers: this.#derived.tallies().registers }
  }

  #registersBut(excluded: ReadonlySet<string>): string[] {
    return this.#derived.tallies().registers.filter((name) => !excluded.has(name))
  }

  /** One number a `:register`, without the registers that have none. */
  #each(query: string, registers: readonly string[]): number[] {
    return registers.flatMap((register) => this.#statements.number(query, { register }) ?? [])
  }

  #writeAudit({ at, who, action, reason, detail }: AuditRow): void {
    const sql = 'INSERT INTO audit (at, who, action, reason, detail) VALUES (?, ?, ?, ?, ?)'
    this.#statements.run(sql, at, who, action, reason, detail)
  }

  /** One commit, hence one fsync. After a failure nothing that was derived is believed. */
  #transaction<Result>(work: () => Result): Result {
    return this.#guard(() => {
      try {
        return this.#immediately(() => {
          this.#derived.begin()
          return work()
        })
      } catch (error) {
        this.#derived.forget()
        throw error
      }
    })
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      const fault = asStoreError(error)
      if (fault instanceof StoreError && fault.fault === 'damaged') this.#condemn(fault.message)
      throw fault
    }
  }
}

function cannotRead(): never {
  throw new Error('nobody here reads the time inside a body')
}

function least(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.min(...numbers)
}

function greatest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.max(...numbers)
}
