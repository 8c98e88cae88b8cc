/** What may go wrong between the register and whoever asks; everything is repeatable by the seed. */
import type { Chance } from './chance.ts'

/** A share from 0 to 1, or the next so many and no more. */
export type Often = number | { readonly next: number }

/** One thing the register sends: a control byte or a whole message. */
export interface Unit {
  readonly kind: 'control' | 'answer'
  readonly bytes: Uint8Array
}

class Trigger {
  #often: Often = 0

  set(often: Often): void {
    this.#often = often
  }

  fires(chance: Chance): boolean {
    if (typeof this.#often === 'number') return chance.happens(this.#often)
    if (this.#often.next <= 0) return false
    this.#often = { next: this.#often.next - 1 }
    return true
  }
}

export class Faults {
  readonly #chance: Chance
  readonly #lost = new Trigger()
  readonly #corrupt = new Trigger()
  #losesControl = false
  #noise = 0
  /** Hears nothing and says nothing, though the line stands. */
  silent = false

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** Of every message and every control byte, either way, this share has one bit turned round. */
  noise(probability: number): void {
    this.#noise = probability
  }

  /** Answers that were given and do not arrive; `withControl` loses the ACK before them as well. */
  lose(often: Often, withControl: boolean): void {
    this.#lost.set(often)
    this.#losesControl = withControl
  }

  /** Answers that arrive with one byte wrong. */
  corrupt(often: Often): void {
    this.#corrupt.set(often)
  }

  heard(bytes: Uint8Array): Uint8Array {
    return this.silent ? new Uint8Array() : this.#disturb(bytes)
  }

  /** What of one burst reaches the line. */
  said(units: readonly Unit[]): Uint8Array[] {
    if (this.silent) return []
    const answered = units.some(({ kind }) => kind === 'answer')
    const lost = answered && this.#lost.fires(this.#chance)
    return units
      .filter(({ kind }) => !lost || (kind === 'control' && !this.#losesControl))
      .map((unit) => this.#spoil(unit))
  }

  #spoil({ kind, bytes }: Unit): Uint8Array {
    const wrong = kind === 'answer' && this.#corrupt.fires(this.#chance)
    // Past STX and the length, so that the frame is whole and only its checksum tells.
    return this.#disturb(wrong ? turned(bytes, 2 + this.#chance.whole(bytes.length - 2), 0x10) : bytes)
  }

  #disturb(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0 || !this.#chance.happens(this.#noise)) return bytes
    return turned(bytes, this.#chance.whole(bytes.length), 1 << this.#chance.whole(8))
  }
}

function turned(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ bits : byte))
}
