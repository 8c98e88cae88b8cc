/** The listening half of a talk: gathers what a line says, with a limit for every wait. */
import { concat } from '../bytes.ts'
import type { Line } from '../contract.ts'
import { DeadlinePassed, withDeadline } from '../deadline.ts'

/** A register that chatters without end is listened to no longer than this many pieces. */
const mostChatter = 64

/** What was heard and not yet understood; the talk takes its frames off the front of `heard`. */
export class Ear {
  heard: Uint8Array = new Uint8Array()
  readonly #line: Line

  constructor(line: Line) {
    this.#line = line
  }

  /** Takes what comes next; false when nothing came in `ms`. */
  async more(ms: number, signal: AbortSignal): Promise<boolean> {
    try {
      const bytes = await withDeadline(Math.max(1, ms), signal, (limited) => this.#line.read(limited))
      this.heard = this.heard.length === 0 ? bytes : concat(this.heard, bytes)
      return true
    } catch (error) {
      if (error instanceof DeadlinePassed && !signal.aborted) return false
      throw error
    }
  }

  /** Waits until nothing comes for `ms` and forgets what came. Endless chatter is not waited out. */
  async settle(ms: number, signal: AbortSignal): Promise<void> {
    for (let pieces = 0; pieces < mostChatter; pieces++) if (!(await this.more(ms, signal))) break
    this.heard = new Uint8Array()
  }
}
