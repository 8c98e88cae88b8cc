/** What the doctor has of an installation, whether the daemon runs or not. */
import type { Register } from '../../drivers/index.ts'
import type { Config, RegisterConfig } from '../config.ts'
import type { Receiver } from '../destinations.ts'
import type { Outbox } from '../outbox.ts'
import type { SiteMemory } from '../sites.ts'
import type { Snapshot } from '../status/snapshot.ts'
import type { Text } from '../text.ts'
import type { WireRow } from '../wiretap.ts'
import type { Finding } from './report.ts'

/** The running daemon: it holds the lines, and a register is asked through it, between two of its polls. */
export interface RunningDaemon {
  snapshot(): Snapshot
  /** What was said last on a register's line, masked. */
  lastTalk(register: string): readonly WireRow[]
  withRegister<Result>(
    name: string,
    work: (register: Register, signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>
}

export interface Ward {
  readonly config: Config
  readonly clock: () => number
  /** Null: no daemon runs, and the lines are ours to open. */
  readonly daemon: RunningDaemon | null
  /** A person says that the till speaks another talk than its register's first; see `Search.greet`. */
  readonly isBold: boolean
  /** Null: there is none, `outboxTrouble` says why; with neither, it has not been made yet. */
  readonly outbox: Outbox | null
  readonly outboxTrouble: Text | null
  /** Throws `UsageError`. */
  readonly receivers: () => readonly Receiver[]
  readonly siteOf: (register: string) => SiteMemory | null
  /** For `Chekpost-Instance`; empty when this installation has none yet. */
  readonly instance: string
}

/** One register on its way through the doctor's hands. */
export interface Patient {
  readonly ward: Ward
  readonly config: RegisterConfig
}

/** Told of every finding as soon as it is certain, in the order of the steps. */
export type Tell = (finding: Finding) => void
