/**
 * Time that passes as usual while the program works and is skipped while it only waits. What takes real time (the
 * processor, the disk) is charged in full; a wait costs exactly what it was set for, whereas the system's timers are
 * late by up to a millisecond, ten times as long as a byte on the wire.
 *
 * Only for programs that wait by `setTimeout` alone: who waits for a socket would be skipped over.
 */

/** As good as a timer that the system made. */
class Alarm {
  readonly ring: () => void
  readonly at: number

  constructor(at: number, ring: () => void) {
    this.at = at
    this.ring = ring
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

/** The one clock of the process while it is installed. */
export class Warp implements Disposable {
  readonly #alarms = new Set<Alarm>()
  readonly #system = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now.bind(performance),
    date: Date.now,
  }
  #skipped = 0
  #running = true

  /** From now on all waits of the process are ours. */
  constructor() {
    const set = (ring: (...words: unknown[]) => void, ms = 0, ...words: unknown[]) => {
      const alarm = new Alarm(this.now() + Math.max(0, ms), () => ring(...words))
      this.#alarms.add(alarm)
      return alarm
    }
    const clear = (alarm: Alarm) => void this.#alarms.delete(alarm)
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
    Object.assign(performance, { now: () => this.now() })
    Object.assign(Date, { now: () => Math.floor(this.#system.date() + this.#skipped) })
    setImmediate(() => this.#turn())
  }

  /** Milliseconds worked and waited so far, by the clock of `performance.now`. */
  now(): number {
    return this.#system.now() + this.#skipped
  }

  /** Milliseconds that were only waited. */
  get skipped(): number {
    return this.#skipped
  }

  /** Gives the process its own clock back; waits that are still out never end. */
  [Symbol.dispose](): void {
    this.#running = false
    const { setTimeout, clearTimeout, now, date } = this.#system
    Object.assign(globalThis, { setTimeout, clearTimeout })
    Object.assign(performance, { now })
    Object.assign(Date, { now: date })
  }

  /** One alarm a turn: between two turns everything that can go on without waiting has gone on. */
  #turn(): void {
    if (!this.#running) return
    let next: Alarm | null = null
    for (const alarm of this.#alarms) if (next === null || alarm.at < next.at) next = alarm
    if (next !== null) {
      this.#skipped += Math.max(0, next.at - this.now())
      this.#alarms.delete(next)
      next.ring()
    }
    setImmediate(() => this.#turn())
  }
}
