/** When the till has left a register alone for long enough that a document may be read. */

/** Documents that lie unread so long are read in a shorter pause: a till with a queue before it never rests longer. */
const patienceMs = 60_000
/** The part of the quiet time that is enough then. */
const hastyShare = 1 / 5

/** How long the till has left the register alone, as far as polling can see. */
export class Quiet {
  readonly #neededMs: number
  readonly #clock: () => number
  #since: number
  #number: number | null = null
  /** Since when documents have been missing without a break. */
  #lackingSince: number | null = null

  constructor(neededMs: number, clock: () => number) {
    this.#neededMs = neededMs
    this.#clock = clock
    this.#since = clock()
  }

  disturbed(): void {
    this.#since = Number.POSITIVE_INFINITY
  }

  /** A number that has grown tells of a receipt closed between two polls. */
  sawNumber(number: number): void {
    if (this.#since === Number.POSITIVE_INFINITY || (this.#number !== null && number !== this.#number))
      this.#since = this.#clock()
    this.#number = number
  }

  /** Whether the outbox lacks documents that can be read. */
  sawLack(isLacking: boolean): void {
    this.#lackingSince = isLacking ? (this.#lackingSince ?? this.#clock()) : null
  }

  /** Milliseconds still to wait; 0 = quiet enough. */
  restMs(): number {
    const now = this.#clock()
    // A clock that was put back does not make the wait longer than it is.
    if (this.#since > now && this.#since !== Number.POSITIVE_INFINITY) this.#since = now
    if (this.#lackingSince !== null && this.#lackingSince > now) this.#lackingSince = now
    const isOverdue = this.#lackingSince !== null && now - this.#lackingSince >= patienceMs
    const neededMs = isOverdue ? this.#neededMs * hastyShare : this.#neededMs
    return Math.max(0, this.#since + neededMs - now)
  }
}
