/** The bundle for support. */
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

export function bundleForSupport(
  _premises: Premises,
  _input: InputOf<'support'>,
  _signal: AbortSignal,
): Promise<Answers['support']> {
  return Promise.reject(new Error('support'))
}
