/**
 * Time that passes only when nothing else is left to do, so that a talk with waits of minutes takes a millisecond and
 * ends the same way every time. It stands in for the timers and the clock that the drivers use, once installed.
 */
import { Wrong } from './target.ts'

interface Alarm {
  readonly at: number
  readonly call: () => void
}

export class VirtualClock {
  #now = 0
  #next = 1
  readonly #alarms = new Map<number, Alarm>()

  get now(): number {
    return this.#now
  }

  /** For good: nothing in this thread waits for real afterwards. */
  install(): this {
    Object.assign(globalThis, {
      setTimeout: (call: () => void, ms = 0) => this.#set(call, ms),
      clearTimeout: (id: number | undefined) => {
        if (id !== undefined) this.#alarms.delete(id)
      },
    })
    performance.now = () => this.#now
    return this
  }

  /**
   * Runs `work` to its end. Rejects with `Wrong` when it waits for something that never comes, or needs more than
   * `longestMs` or `mostAlarms`.
   */
  run<Result>(
    work: () => Promise<Result>,
    { longestMs, mostAlarms }: { longestMs: number; mostAlarms: number },
  ): Promise<Result> {
    const until = this.#now + longestMs
    this.#alarms.clear()
    let rung = 0
    let ended = false
    const result = work().finally(() => {
      ended = true
    })
    return new Promise((resolve, reject) => {
      const step = () => {
        if (ended) return resolve(result)
        const why = this.#now > until ? 'too long' : rung++ > mostAlarms ? 'too many waits' : this.#ring()
        if (why === null) return settled(step)
        result.catch(() => {})
        reject(new Wrong(`no end: ${why}, after ${Math.round(this.#now - until + longestMs)} ms`))
      }
      settled(step)
    })
  }

  #set(call: () => void, ms: number): number {
    const id = this.#next++
    this.#alarms.set(id, { at: this.#now + Math.max(0, ms), call })
    return id
  }

  #ring(): string | null {
    let first: [number, Alarm] | undefined
    for (const entry of this.#alarms) if (first === undefined || entry[1].at < first[1].at) first = entry
    if (first === undefined) return 'it waits for what never comes'
    this.#alarms.delete(first[0])
    this.#now = Math.max(this.#now, first[1].at)
    first[1].call()
    return null
  }
}

/** Behind every promise that can be settled now: ticks run before microtasks, a tick out of a microtask after all. */
function settled(step: () => void): void {
  queueMicrotask(() => process.nextTick(step))
}
