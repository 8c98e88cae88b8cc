/** Runs tasks under one signal; the first to fail stops the rest, and its error is the one that is thrown. */
import { setMaxListeners } from 'node:events'

export type Task = (signal: AbortSignal) => Promise<void>

/**
 * Resolves when every task has ended. A task that returns before the signal aborts just ends; a task that
 * throws aborts the others, and they are waited for before its error goes on.
 */
export async function together(signal: AbortSignal, tasks: Readonly<Record<string, Task>>): Promise<void> {
  const all = new AbortController()
  // A task waits for it in several places at once; from the eleventh on Node would warn of a leak among the log's lines.
  setMaxListeners(0, all.signal)
  const stop = () => all.abort(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const failures: unknown[] = []
  const running = Object.entries(tasks).map(async ([name, task]) => {
    try {
      await task(all.signal)
    } catch (error) {
      if (all.signal.aborted) return
      failures.push(error instanceof Error ? Object.assign(error, { task: name }) : error)
      all.abort(error)
    }
  })
  try {
    await Promise.all(running)
  } finally {
    signal.removeEventListener('abort', stop)
  }
  if (failures.length > 0) throw failures[0]
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
