/** What is parked, by equal reason. */
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

export function groupParked(
  _premises: Premises,
  _input: InputOf<'parkedGroups'>,
  _signal: AbortSignal,
): Promise<Answers['parkedGroups']> {
  return Promise.reject(new Error('parkedGroups'))
}
