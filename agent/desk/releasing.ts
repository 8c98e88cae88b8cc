/** A register's port is let go of, so that a vendor's tool can work with it, and taken back. */
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

/** Written down before it is done: a register that is not read must not be without the name of who wanted that. */
export async function pause(
  { outbox, clock, pause }: Premises,
  { register, minutes, who, reason }: InputOf<'pause'>,
  signal: AbortSignal,
): Promise<Answers['pause']> {
  const detail = JSON.stringify({ register, minutes })
  const note = () => outbox.audit({ at: clock(), who, action: 'pause', reason, detail })
  const until = await pause(register, minutes * 60_000, note, signal)
  return { until: new Date(until).toISOString() }
}

export function resume(
  { outbox, clock, resume }: Premises,
  { register, who }: InputOf<'resume'>,
  _signal: AbortSignal,
): Promise<Answers['resume']> {
  const detail = JSON.stringify({ register })
  const note = () => outbox.audit({ at: clock(), who, action: 'resume', reason: '', detail })
  return Promise.resolve({ resumed: resume(register, note) })
}
