/** What people ask of a connected register while its watcher owns the line: run one by one between two polls. */
import { type Register, RegisterError } from '../drivers/index.ts'
import { text } from './text.ts'
import { Failure } from './usage.ts'

type Work = (register: Register, signal: AbortSignal) => Promise<void>

export class Requests {
  readonly #waiting: Work[] = []
  readonly #refusals = new Map<Work, (reason: unknown) => void>()
  readonly #wake: () => void

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** The next piece of work, for the watcher. */
  take(): Work | undefined {
    const work = this.#waiting.shift()
    if (work !== undefined) this.#refusals.delete(work)
    return work
  }

  /** Everything that waits fails at once. */
  refuse(reason: unknown): void {
    const refusals = [...this.#refusals.values()]
    this.#waiting.length = 0
    this.#refusals.clear()
    for (const refused of refusals) refused(reason)
  }

  /**
   * Rejects with `Failure` when the register is not free within `limitMs`, or with what the work itself threw; of
   * that the watcher hears only what its line has to be opened anew for.
   */
  ask<Result>(
    work: (register: Register, signal: AbortSignal) => Promise<Result>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Result> {
    return new Promise<Result>((resolve, fail) => {
      // The signal may be the daemon's own and outlives every question.
      const leave = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
      }
      const reject = (reason: unknown) => {
        leave()
        fail(reason)
      }
      const giveUp = () => {
        const at = this.#waiting.indexOf(run)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        this.#refusals.delete(run)
        reject(signal.aborted ? signal.reason : notFree())
      }
      const timer = setTimeout(giveUp, limitMs)
      const run: Work = async (register, lineSignal) => {
        leave()
        try {
          resolve(await work(register, lineSignal))
        } catch (error) {
          reject(error)
          if (concernsLine(error)) throw error
        }
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#refusals.set(run, reject)
      this.#waiting.push(run)
      this.#wake()
    })
  }
}

/** A refusal, a gap or a full disk is the asker's affair alone; a line that is lost or out of step is the watcher's too. */
function concernsLine(error: unknown): boolean {
  return error instanceof RegisterError && ['lost', 'silent', 'garbled'].includes(error.fault)
}

function notFree(): Failure {
  return new Failure(
    text(
      'Касса занята или не на связи: повторите, когда чек закрыт (chekpost status).',
      'The register is busy or not connected: try again when the receipt is closed (chekpost status).',
    ),
  )
}
