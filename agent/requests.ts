/** What people ask of a connected register while its watcher owns the line: run one by one between two polls. */
import type { Register } from '../drivers/index.ts'
import { text } from './text.ts'
import { Failure } from './usage.ts'

type Work = (register: Register, signal: AbortSignal) => Promise<void>

export class Requests {
  readonly #waiting: Work[] = []
  readonly #wake: () => void

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** The next piece of work, for the watcher. */
  take(): Work | undefined {
    return this.#waiting.shift()
  }

  /** Rejects with `Failure` when the register is not free within `limitMs`. */
  ask<Result>(
    work: (register: Register, signal: AbortSignal) => Promise<Result>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const giveUp = () => {
        const at = this.#waiting.indexOf(run)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        reject(signal.aborted ? signal.reason : notFree())
      }
      const timer = setTimeout(giveUp, limitMs)
      const run: Work = async (register, lineSignal) => {
        clearTimeout(timer)
        try {
          resolve(await work(register, lineSignal))
        } catch (error) {
          reject(error)
          throw error
        }
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(run)
      this.#wake()
    })
  }
}

function notFree(): Failure {
  return new Failure(
    text(
      'Касса занята или не на связи: повторите, когда чек закрыт (chekpost status).',
      'The register is busy or not connected: try again when the receipt is closed (chekpost status).',
    ),
  )
}
