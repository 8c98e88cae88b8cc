/**
 * The journal over `journal.db`. Whatever happens to that file, the daemon goes on: a file that is damaged is made
 * anew at once, and while the disk is full or busy nothing is noted and nothing is known. Where it is the outbox
 * beside that is damaged, that is told and the journal is left as it is.
 */
import type { Attempt, Found, HourCount, Journal, ReadFacts, Search } from '../journal.ts'
import type { DocumentKey, TimedRows } from '../outbox.ts'
import { StoreError } from './faults.ts'
import { Attempts, attemptsOfAll } from './journalattempts.ts'
import { asJournalError, outboxIsDamaged } from './journalfaults.ts'
import { type Beside, isSound, isUseless, openJournalFile, removeJournalFile } from './journalfile.ts'
import { Hours } from './journalhours.ts'
import { JournalIndex } from './journalindex.ts'
import { JournalSearch, type SearchBounds, searchBounds } from './journalsearch.ts'
import { Statements } from './statements.ts'

/** Where the journal lies and what it looks things up in. */
export interface JournalOptions {
  readonly path: string
  /** The outbox's file; it must be there. */
  readonly outbox: string
  readonly readFacts: ReadFacts
  /** Told, in English, when something could not be noted or looked up. */
  readonly trouble?: (why: string) => void
  /** Told when it is the outbox's file that is damaged. */
  readonly condemn?: (why: string) => void
  readonly bounds?: Partial<SearchBounds>
  /** Attempts kept of all documents together. */
  readonly mostAttempts?: number
}

/** Everything that stands on one opened file. */
interface Opened {
  readonly beside: Beside
  readonly index: JournalIndex
  readonly search: JournalSearch
  readonly hours: Hours
  readonly attempts: Attempts
}

/** A disk that damages every new file is not to be met again and again. */
const mostThrownAway = 5

/** Opens the journal, made anew where it is of no use. Throws `StoreError` when the world does not let it. */
export function openJournal(options: JournalOptions): Journal {
  return new SqliteJournal(options)
}

class SqliteJournal implements Journal {
  readonly #options: JournalOptions
  #opened: Opened | null
  #closed = false
  #thrownAway = 0

  constructor(options: JournalOptions) {
    this.#options = options
    this.#opened = open(options)
  }

  noteAttempt(key: DocumentKey, attempt: Attempt): boolean {
    return this.#or(false, ({ attempts }) => {
      attempts.note(key, attempt)
      return true
    })
  }

  attempts(key: DocumentKey): Attempt[] {
    return this.#or([], ({ attempts }) => attempts.of(key))
  }

  search(search: Search, after: string | null, limit: number): Found {
    return this.#try(({ search: looking }) => looking.search(search, after, limit))
  }

  behind(): number {
    return this.#or(0, ({ index }) => index.behind())
  }

  catchUp(): boolean {
    return this.#or(false, ({ index, hours }) => {
      const top = index.top
      const more = index.catchUp()
      if (index.top < top) hours.reset()
      return more
    })
  }

  timed(fromTime: string | null, toTime: string | null): TimedRows | null {
    return this.#or(null, ({ search }) => search.timed(fromTime, toTime))
  }

  forget(than: number): boolean {
    return this.#or(false, ({ attempts }) => attempts.forget(than))
  }

  hours(now: number): HourCount[] {
    return this.#or([], ({ hours }) => hours.last(now))
  }

  [Symbol.dispose](): void {
    this.#closed = true
    this.#close()
  }

  #close(): void {
    this.#opened?.beside.database.close()
    this.#opened = null
  }

  /** What cannot be done is told of and left. A bug of ours is left as well: a page is not worth a delivery. */
  #or<Result>(otherwise: Result, work: (opened: Opened) => Result): Result {
    try {
      return this.#try(work)
    } catch (error) {
      this.#options.trouble?.(error instanceof Error ? error.message : String(error))
      return otherwise
    }
  }

  #try<Result>(work: (opened: Opened) => Result): Result {
    try {
      this.#opened ??= this.#again()
      return work(this.#opened)
    } catch (error) {
      const fault = asJournalError(error)
      if (!(fault instanceof StoreError) || !isUseless(fault)) throw fault
      throw this.#opened === null ? fault : this.#condemned(fault)
    }
  }

  /** SQLite does not say which of the two files it was: the one that is sound by itself was not it. */
  #condemned(fault: StoreError): StoreError {
    this.#close()
    if (!isSoundAlone(this.#options.path)) {
      this.#throwAway()
      return fault
    }
    this.#thrownAway = mostThrownAway + 1
    return blamed(this.#options, fault)
  }

  #again(): Opened {
    if (this.#closed || this.#thrownAway > mostThrownAway) throw new Error('the journal is closed')
    return open(this.#options)
  }

  /** The next question makes a new file. */
  #throwAway(): void {
    this.#thrownAway++
    try {
      removeJournalFile(this.#options.path)
    } catch {
      // Then the next opening meets the same file and tries again.
    }
  }
}

function blamed({ condemn }: JournalOptions, fault: StoreError): StoreError {
  const said = outboxIsDamaged(fault)
  condemn?.(said.message)
  return said
}

function isSoundAlone(path: string): boolean {
  try {
    return isSound(path)
  } catch {
    return false
  }
}

/** A file of no use is removed, and a new one opened. */
function open(options: JournalOptions): Opened {
  try {
    return openOnce(options)
  } catch (error) {
    const fault = asJournalError(error)
    if (!(fault instanceof StoreError) || !isUseless(fault)) throw fault
    if (isSoundAlone(options.path)) throw blamed(options, fault)
  }
  try {
    removeJournalFile(options.path)
    return openOnce(options)
  } catch (error) {
    throw asJournalError(error)
  }
}

function openOnce({ path, outbox, readFacts, bounds, mostAttempts }: JournalOptions): Opened {
  const beside = openJournalFile(path, outbox)
  try {
    const { database } = beside
    const index = new JournalIndex(beside, readFacts)
    return {
      beside,
      index,
      search: new JournalSearch(new Statements(database), index, { ...searchBounds, ...bounds }),
      hours: new Hours(database, () => index.registers),
      attempts: new Attempts(database, mostAttempts ?? attemptsOfAll),
    }
  } catch (error) {
    beside.database.close()
    throw error
  }
}
