/** One try at a register within a time limit, whose failure is an answer. */
import { RegisterError, withDeadline } from '../drivers/index.ts'
import type { Text } from './text.ts'

/**
 * What the line or the register says no to is a value; one that takes longer than `limitMs` is `silent`, told in the
 * words of `silence`. Rejects with the signal's reason, and with what is a bug.
 */
export async function attempt<Result>(
  limitMs: number,
  silence: Text,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | RegisterError> {
  try {
    return await withDeadline(limitMs, signal, work)
  } catch (error) {
    if (error instanceof RegisterError) return error
    if (!(error instanceof Error) || error.name !== 'DeadlinePassed' || signal.aborted) throw error
    return new RegisterError('silent', silence)
  }
}
