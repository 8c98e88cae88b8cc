/**
 * The daemon's journal: opened after the registers have been looked at, filled in small slices with pauses between
 * them, so that neither the start nor a receipt waits for it. Whatever fails here is told of and tried again later;
 * it never ends the daemon.
 */
import { join } from 'node:path'
import { pause } from '../drivers/index.ts'
import { Bell } from './bell.ts'
import { readFacts } from './facts.ts'
import type { Attempt, HourCount, Journal } from './journal.ts'
import type { Log } from './log.ts'
import type { DocumentKey } from './outbox.ts'
import { condemnOutbox } from './store/open.ts'

/** What keeping the journal needs of the daemon. */
export interface JournalHouse {
  readonly open: (trouble: (why: string) => void) => Promise<Journal>
  /** Attempts are kept as long as documents. */
  readonly keepDays: number
  readonly clock: () => number
  readonly log: Log
  readonly pace?: Partial<JournalPace>
}

/** The journal of one installation, for `JournalHouse.open`; SQLite's part of it is loaded then. */
export async function openBeside(
  stateDir: string,
  outbox: string,
  trouble: (why: string) => void,
): Promise<Journal> {
  const { openJournal } = await import('./store/journal.ts')
  const condemn = (why: string) => condemnOutbox(outbox, why)
  return openJournal({ path: join(stateDir, 'journal.db'), outbox, readFacts, trouble, condemn })
}

/** Milliseconds. */
export interface JournalPace {
  /** Between two slices while there is more to take in, and when there is nothing. */
  readonly breathMs: number
  readonly restMs: number
  /** After a failure. */
  readonly sulkMs: number
  readonly forgetMs: number
}

const usual: JournalPace = { breathMs: 20, restMs: 2_000, sulkMs: 60_000, forgetMs: 3_600_000 }
const dayMs = 86_400_000
/** A slice is followed by a pause so many times as long. */
const dutyShare = 4

/** Attempts wait here to be written beside the work, the newest of them when that cannot be done for long. */
const mostWaiting = 500
/** So often the same one is tried. */
const mostRefusals = 5
/** So many are written at a time. */
const notes = 50

export class Journaling {
  readonly #house: JournalHouse
  readonly #pace: JournalPace
  #journal: Journal | null = null
  readonly #waiting: (readonly [key: DocumentKey, attempt: Attempt])[] = []
  readonly #bell = new Bell()
  #refusals = 0
  #troubles = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(house: JournalHouse) {
    this.#house = house
    this.#pace = { ...usual, ...house.pace }
  }

  /** Null until it is open, and while it cannot be opened. */
  get journal(): Journal | null {
    return this.#journal
  }

  /** Only remembered here, for whoever delivers does not wait for a disk; written within a moment. Never throws. */
  note({ storage, number }: DocumentKey, attempt: Attempt): void {
    this.#waiting.push([{ storage, number }, attempt])
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()
    this.#bell.ring()
  }

  hours(now: number): readonly HourCount[] {
    return this.#journal?.hours(now) ?? []
  }

  /** Opened when `firstPoll` resolves, closed when the signal aborts. */
  async run(firstPoll: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await firstPoll
      while (!signal.aborted) {
        await this.#work(signal).catch((error: unknown) => {
          if (!signal.aborted) this.#tell(error instanceof Error ? error.message : String(error))
        })
        await pause(this.#pace.sulkMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      this.#close()
    }
  }

  /** Rejects when the journal cannot be opened, and with the signal's reason. */
  async #work(signal: AbortSignal): Promise<void> {
    const { open, clock, keepDays } = this.#house
    const { breathMs, restMs, sulkMs, forgetMs } = this.#pace
    this.#journal ??= await open((why) => this.#tell(why))
    const journal = this.#journal
    let [more, lookedAt] = [true, 0]
    for (let forgotAt = Number.NEGATIVE_INFINITY; !signal.aborted; ) {
      const before = this.#troubles
      const now = performance.now()
      if (now - forgotAt > forgetMs && !journal.forget(clock() - keepDays * dayMs)) forgotAt = now
      const began = performance.now()
      const isWritten = this.#write(journal)
      // An attempt is written at once; the outbox is not looked through for each of them.
      if (isWritten && (more || began - lookedAt >= restMs)) {
        more = journal.catchUp()
        lookedAt = began
      }
      // A slow disk is left alone most of the time.
      const breath = Math.max(breathMs, dutyShare * (performance.now() - began))
      if (this.#troubles > before) await pause(sulkMs, signal)
      else {
        await pause(breath, signal)
        if (!more && this.#waiting.length === 0) await this.#bell.wait(restMs, signal)
      }
    }
  }

  /** Some of what waits; false when it cannot be written now. */
  #write(journal: Journal): boolean {
    for (const [key, attempt] of this.#waiting.slice(0, notes)) {
      if (!journal.noteAttempt(key, attempt)) {
        // One that can never be written must not stand before all others.
        if (++this.#refusals % mostRefusals === 0) this.#waiting.shift()
        return false
      }
      this.#refusals = 0
      this.#waiting.shift()
    }
    return true
  }

  /** Once in a while: a full disk would fill the log. */
  #tell(why: string): void {
    this.#troubles++
    const now = performance.now()
    if (now - this.#toldAt < this.#pace.sulkMs) return
    this.#toldAt = now
    this.#house.log.warn({ why }, 'the journal cannot be kept')
  }

  #close(): void {
    if (this.#journal !== null) while (this.#waiting.length > 0 && this.#write(this.#journal));
    this.#journal?.[Symbol.dispose]()
    this.#journal = null
  }
}
