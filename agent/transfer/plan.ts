/** What an import is before anything is written. */
import type { Receipt } from '../fiscal/model.ts'
import type { StockRules } from '../fiscal/stock.ts'
import type { NewDocument, Storage } from '../outbox.ts'
import type { Place } from './place.ts'

/** A file that was read and found whole; nothing of it is written yet. */
export interface ImportPlan {
  readonly documents: readonly PlannedDocument[]
  /** Receipts without fiscal drive, number or sign: they can be shown, they have no key. */
  readonly shownOnly: readonly ShownReceipt[]
}

export interface ShownReceipt {
  readonly missing: readonly string[]
  readonly receipt: Receipt
}

export interface PlannedDocument {
  readonly document: NewDocument
  /** Decoded, for receipts of the tax service; an export is kept as it is. */
  readonly receipt: Receipt | null
  readonly place: Place
  /** The register that the file names, or null. */
  readonly told: string | null
  /** By the file it would have to be sent, and here it is not: see `place.unsent`. */
  readonly isHeld: boolean
}

/** Reads a file piece by piece, so that a large one makes nobody wait. Throws `Failure` that names the line. */
export interface Reader {
  /** What became whole with this piece, in parts: others may have a turn between two of them. */
  push(piece: string): Iterable<ImportPlan>
  /** The file ends here: throws when its end is missing. */
  end(): Iterable<ImportPlan>
}

/** What an import must know of the installation it goes to. */
export interface ImportFacts {
  /** Of drives that are not known here: what a person named, `*` = as the file says; null = nobody has. */
  readonly register: string | null
  readonly storages: readonly Storage[]
  /** The registers of the config: only theirs can be sent. Absent = any. */
  readonly configured?: readonly string[]
  /** The newest document of each drive that is in a register now, by the drive's number. */
  readonly newest?: ReadonlyMap<string, number>
  readonly rules: StockRules
  /** Milliseconds: when what is owed becomes due. */
  readonly now: number
}

/** Several pieces of a plan as one. */
export function joined(parts: Iterable<ImportPlan>): ImportPlan {
  const plans = [...parts]
  return {
    documents: plans.flatMap(({ documents }) => documents),
    shownOnly: plans.flatMap(({ shownOnly }) => shownOnly),
  }
}

/** The end of what was read, to find the place again in an editor. */
export function tailOf(read: string): string {
  return read.replace(/\s+/g, ' ').trimEnd().slice(-40)
}
