/** The newest kept document of each register, and the shift that it stands in. */
import type { KeptDocument, Outbox } from './outbox.ts'

export interface LastDocument {
  /** The drive that it stands in, which need not be the one in the register now. */
  readonly storage: string
  readonly number: number
  readonly type: number | null
  /** Local time on the document; null when it does not tell. */
  readonly time: string | null
  readonly shift: number | null
  /** Null when the document does not tell. */
  readonly shiftIsOpen: boolean | null
}

/** What of a document is needed; throws for what cannot be decoded. */
export type Understood = (document: KeptDocument) => {
  readonly time: string | null
  readonly shift: number | null
}

const closing = 5
/** Receipts and corrections are made in an open shift only, and 2 opens it. */
const withinShift = new Set([2, 3, 4, 31, 41])

/** Looks into a document once; asked every second, it costs two reads by key. */
export class LastDocuments {
  readonly #outbox: Pick<Outbox, 'storages' | 'lastKept'>
  readonly #understand: Understood
  readonly #known = new Map<string, { readonly key: string; readonly last: LastDocument }>()

  constructor(outbox: Pick<Outbox, 'storages' | 'lastKept'>, understand: Understood) {
    this.#outbox = outbox
    this.#understand = understand
  }

  of(register: string): LastDocument | null {
    const drive = this.#outbox.storages(register).at(-1)
    const kept = drive === undefined ? null : this.#outbox.lastKept(drive.storage)
    if (kept === null) return null
    const key = `${kept.storage} ${kept.number} ${kept.bytes?.length ?? ''}`
    const known = this.#known.get(register)
    if (known?.key === key) return known.last
    const last = this.#read(kept)
    this.#known.set(register, { key, last })
    return last
  }

  #read(kept: KeptDocument): LastDocument {
    const { storage, number, type, summary } = kept
    const { time, shift } = this.#inside(kept)
    const isOpen = type === closing ? false : type !== null && withinShift.has(type) ? true : null
    return { storage, number, type, time: time ?? summary?.time ?? null, shift, shiftIsOpen: isOpen }
  }

  /** What cannot be decoded is parked and shown elsewhere. */
  #inside(kept: KeptDocument): { time: string | null; shift: number | null } {
    try {
      return this.#understand(kept)
    } catch {
      return { time: null, shift: null }
    }
  }
}
