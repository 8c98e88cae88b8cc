/** Limits for work that knows no AbortSignal and cannot be called back. */
import { withDeadline } from '../deadline.ts'

/**
 * What `work` gives, or a rejection with `DeadlinePassed` after `ms` or with the signal's reason. The work itself
 * goes on then; what it still gives is handed to `late`, which must free it.
 */
export function limited<Result>(
  ms: number,
  signal: AbortSignal,
  work: () => Promise<Result>,
  late: (result: Result) => void = () => {},
): Promise<Result> {
  return withDeadline(
    ms,
    signal,
    (limit) =>
      new Promise((resolve, reject) => {
        limit.addEventListener('abort', () => reject(limit.reason), { once: true })
        work().then((result) => (limit.aborted ? late(result) : resolve(result)), reject)
      }),
  )
}

/** Waits no longer than that; what is not done by then goes on by itself. Never rejects. */
export function atMost(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    work.then(done, done)
  })
}
