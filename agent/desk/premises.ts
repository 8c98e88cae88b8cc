/** What the desk stands on, whoever carries it out. */
import type { Newest, Register } from '../../drivers/index.ts'
import type { LedgerScope } from '../bitrix/ledger.ts'
import type { Config } from '../config.ts'
import type { Receiver } from '../destinations.ts'
import type { Journal } from '../journal.ts'
import type { Told } from '../ledgers.ts'
import type { Outbox } from '../outbox.ts'
import type { Works } from '../progress.ts'
import type { SiteBook } from '../sites.ts'
import type { Snapshot } from '../status/snapshot.ts'
import type { WireRow } from '../wiretap.ts'
import type { TokenAnswer } from './desk.ts'

/** What the desk needs of whoever holds the outbox. */
export interface Premises {
  readonly config: Config
  readonly outbox: Outbox
  readonly allowDebugDrive: boolean
  readonly clock: () => number
  readonly snapshot: () => Snapshot
  /** Runs `work` with a connected register; rejects with `Failure` when there is none. */
  readonly withRegister: <Result>(
    name: string,
    work: (register: Register, signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ) => Promise<Result>
  /** The daemon itself, which holds the registers' lines; else whoever asks a register opens its line. */
  readonly isDaemon: boolean
  /** Where receipts go, with the secrets. Throws `UsageError` that names the file that cannot be read. */
  readonly receivers: () => readonly Receiver[]
  /** The newest document number, from the last look at the register or by asking it. */
  readonly newest: (register: string, signal: AbortSignal) => Promise<Newest>
  /** Asks the site which documents it has; rejects with `LedgerError`. */
  readonly ask: (register: string, scope: LedgerScope, signal: AbortSignal) => Promise<Told>
  readonly sites: SiteBook
  /** Begins a drive (null = the one in the register now) where a person says; returns the drive's number. */
  readonly begin: (register: string, storage: string | null, at: number) => string
  /** Long work is shown while it goes on. */
  readonly works: Works
  /** Something became due. */
  readonly nudge: () => void
  /** The history of attempts and the search index; null when it cannot be opened. */
  readonly journal: Journal | null
  /** The newest lines of the daemon's log; absent where no daemon runs. */
  readonly recentLog?: () => readonly string[]
  /**
   * Lets go of a register's port for so many milliseconds; resolves when it is free, with the end of that time. `note`
   * is called before anything is done. Fails with `Failure` when no daemon holds it, or it is not free in time.
   */
  readonly pause: (register: string, ms: number, note: () => void, signal: AbortSignal) => Promise<number>
  /** Takes the port again at once, after `note`; false when it was not let go of. */
  readonly resume: (register: string, note: () => void) => boolean
  /** Tells what is said on a register's line until disposed of. Throws `Failure` when no daemon holds it. */
  readonly listenWire: (register: string, hear: (rows: readonly WireRow[]) => void) => Disposable
  /** The latest that was said on it, oldest first; empty when no daemon holds it. */
  readonly lastTalk: (register: string) => readonly WireRow[]
  /** A one-time way into the status page. Fails with `Failure` when no page is served. */
  readonly issueToken: (who: string, signal: AbortSignal) => Promise<TokenAnswer>
}
