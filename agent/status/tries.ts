/** Guessing is slow: what an address gets wrong too often in a minute is not looked at until the minute is over. */

/** Nobody mistypes faster. */
const mostFailures = 10
const minuteMs = 60_000
/** Beyond that the oldest addresses are forgotten. */
const mostAddresses = 1_000

export class Tries {
  readonly #now: () => number
  readonly #failures = new Map<string, { count: number; readonly since: number }>()

  /** `now` in milliseconds, of a clock that nobody puts right. */
  constructor(now: () => number) {
    this.#now = now
  }

  mayTry(address: string): boolean {
    const found = this.#failures.get(household(address))
    return found === undefined || found.count < mostFailures || this.#isOver(found.since)
  }

  /** True when this was one too many. */
  failed(address: string): boolean {
    const name = household(address)
    const found = this.#failures.get(name)
    if (found !== undefined && !this.#isOver(found.since)) return ++found.count === mostFailures
    this.#failures.delete(name)
    this.#failures.set(name, { count: 1, since: this.#now() })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > mostAddresses && oldest !== undefined) this.#failures.delete(oldest)
    return false
  }

  #isOver(since: number): boolean {
    return this.#now() - since >= minuteMs
  }
}

/** One subscriber of IPv6 has all the addresses that begin with the same four groups. */
function household(address: string): string {
  if (address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : 8 - groups.length - after.length
  return [...groups, ...new Array<string>(Math.max(gap, 0)).fill('0'), ...after].slice(0, 4).join(':')
}
