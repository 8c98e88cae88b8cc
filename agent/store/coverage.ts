/**
 * Which numbers of one fiscal drive are kept, as the gaps between them. Derived from the rows when first asked
 * for and then held in memory, so that a poll costs the same with ten documents and with a full drive of 250 000.
 */

/** Inclusive at both ends. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export class Coverage {
  #first: number
  #top: number
  #gaps: Gap[]
  /** How many numbers all gaps hold together. */
  #lacking: number

  /** `gaps` ascending, all between `first` and `top`; `top` = the highest number kept, `first - 1` when none is. */
  constructor(first: number, top: number, gaps: readonly Gap[]) {
    this.#first = first
    this.#top = Math.max(top, first - 1)
    this.#gaps = [...gaps]
    this.#lacking = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  }

  add(number: number): void {
    if (number < this.#first) return
    if (number > this.#top) {
      if (number > this.#top + 1) this.#gaps.push({ from: this.#top + 1, to: number - 1 })
      this.#lacking += number - this.#top - 1
      this.#top = number
      return
    }
    const at = this.#gapAt(number)
    const gap = this.#gaps[at]
    if (gap === undefined || gap.from > number) return
    const halves = [
      { from: gap.from, to: number - 1 },
      { from: number + 1, to: gap.to },
    ].filter(({ from, to }) => from <= to)
    this.#gaps.splice(at, 1, ...halves)
    this.#lacking--
  }

  /** How many numbers `missing` would give, without walking through them. */
  count(last: number): number {
    if (last >= this.#top) return this.#lacking + last - this.#top
    const below = this.#gaps.filter(({ from }) => from <= last)
    return below.reduce((sum, { from, to }) => sum + Math.min(to, last) - from + 1, 0)
  }

  /**
   * The numbers up to `last`, at most from `from` on, that are not kept, ascending. Numbers may be added while it is
   * walked through.
   */
  *missing(last: number, from = this.#first): Generator<number, void, undefined> {
    for (
      let next = this.#nextMissing(Math.max(from, this.#first));
      next <= last;
      next = this.#nextMissing(next + 1)
    )
      yield next
  }

  /** The lowest number from `number` on that is not kept. */
  #nextMissing(number: number): number {
    if (number > this.#top) return number
    const gap = this.#gaps[this.#gapAt(number)]
    return gap === undefined ? this.#top + 1 : Math.max(gap.from, number)
  }

  /** The index of the first gap that ends at `number` or behind it. */
  #gapAt(number: number): number {
    let low = 0
    let high = this.#gaps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#gaps[middle]?.to ?? number) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
