/**
 * Time limits for frequent waits. One timer that is cleared when the wait ends: combining signals with
 * `AbortSignal.any` and `AbortSignal.timeout` would keep some kilobytes alive until every timer fires.
 */

/** The wait ended because its own time was over, not because the caller gave up. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
  readonly ms: number

  constructor(ms: number) {
    super(`nothing happened in ${ms} ms`)
    this.ms = ms
  }
}

/** Runs `work` with a signal that aborts after `ms` (reason `DeadlinePassed`) or with the caller's signal. */
export async function withDeadline<Result>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const limit = new AbortController()
  const giveUp = () => limit.abort(signal.reason)
  const timer = setTimeout(() => limit.abort(new DeadlinePassed(ms)), ms)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await work(limit.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** Waits `ms`, or rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const giveUp = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }, ms)
    signal.addEventListener('abort', giveUp, { once: true })
  })
}
