/** What the desk stands on, whoever carries it out. */
import type { Register } from '../../drivers/index.ts'
import type { Config } from '../config.ts'
import type { Outbox } from '../outbox.ts'
import type { Snapshot } from '../status/snapshot.ts'

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
  /** Begins a drive (null = the one in the register now) where a person says; returns the drive's number. */
  readonly begin: (register: string, storage: string | null, at: number) => string
  /** Something became due. */
  readonly nudge: () => void
}
