/** The doctor at the desk. */
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

export function examine(
  _premises: Premises,
  _input: InputOf<'doctor'>,
  _signal: AbortSignal,
): Promise<Answers['doctor']> {
  return Promise.reject(new Error('doctor'))
}
