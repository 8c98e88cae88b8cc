/** A fiscal drive: its memory outlives power cuts, restarts and the register it sits in. */
import type { Owner, StoredDocument } from './documents.ts'

/** What makes one drive another. */
export interface DriveFacts {
  /** 16 digits. */
  readonly number: string
  /** A debug (МГМ) drive: FF04 type 0. */
  readonly debug: boolean
  /** `YYYY-MM-DD`. */
  readonly expires: string
  /** Version text of FF04. */
  readonly version: string
  readonly owner: Owner
}

export class FiscalDrive {
  readonly facts: DriveFacts
  readonly #documents = new Map<number, StoredDocument>()
  #last: StoredDocument | null = null
  #goneBefore = 0
  #sentUpTo = 0
  #shiftOpenedAt: string | null = null

  constructor(facts: DriveFacts) {
    this.facts = facts
  }

  get documents(): Iterable<StoredDocument> {
    return this.#documents.values()
  }

  get last(): StoredDocument | null {
    return this.#last
  }

  /** Wall clock of the first document of the open shift; null when the shift is closed. */
  get shiftOpenedAt(): string | null {
    return this.#shiftOpenedAt
  }

  /** Closed for ever by its report of form 6. */
  get closed(): boolean {
    return this.#last?.type === 6
  }

  /** The newest document the operator has confirmed. */
  get sentUpTo(): number {
    return this.#sentUpTo
  }

  get goneBefore(): number {
    return this.#goneBefore
  }

  /** Numbers only rise; they need not begin at 1, for an archive may have been emptied. */
  append(document: StoredDocument): void {
    if (document.number <= (this.#last?.number ?? 0)) throw new RangeError(`${document.number} is not newer`)
    this.#documents.set(document.number, document)
    this.#last = document
    if (document.type === 5 || document.type === 6) this.#shiftOpenedAt = null
    else if (document.shift > 0) this.#shiftOpenedAt ??= document.time
  }

  find(number: number): StoredDocument | null {
    return this.#documents.get(number) ?? null
  }

  /** The full bytes, or null when only the short record is left or the number is unknown. */
  bodyOf(number: number): Uint8Array | null {
    return number < this.#goneBefore ? null : (this.find(number)?.body ?? null)
  }

  /** From now on documents before `number` are short records only. */
  expire(number: number): void {
    this.#goneBefore = Math.max(this.#goneBefore, number)
  }

  /** One number is gone as if it had never been. */
  forget(number: number): void {
    this.#documents.delete(number)
  }

  confirm(upTo: number): void {
    this.#sentUpTo = Math.max(this.#sentUpTo, upTo)
  }

  /** Documents the operator has not confirmed, oldest first. */
  unsent(): StoredDocument[] {
    if (this.#sentUpTo >= (this.#last?.number ?? 0)) return []
    return [...this.#documents.values()].filter(({ number }) => number > this.#sentUpTo)
  }
}
