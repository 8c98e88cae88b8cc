/** The doctor at the desk. */
import { inTurn } from '../doctor/turn.ts'
import { makeRound } from '../doctor/walk.ts'
import type { Ward } from '../doctor/ward.ts'
import { machineId, readInstance } from '../startfile.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'

/** Sends asking commands and one test that is never booked; takes from seconds to some minutes; a second one waits. */
export function examine(
  premises: Premises,
  { register }: InputOf<'doctor'>,
  signal: AbortSignal,
): Promise<Answers['doctor']> {
  const round = () => makeRound(wardOf(premises), register, () => undefined, signal)
  return inTurn(premises, signal, round)
}

function wardOf(premises: Premises): Ward {
  const { config, outbox, clock, snapshot, withRegister, sites, receivers, isDaemon, lastTalk } = premises
  return {
    ...{ config, clock, outbox, outboxTrouble: null, receivers, isBold: false },
    daemon: isDaemon ? { snapshot, withRegister, lastTalk } : null,
    siteOf: (name) => sites.of(name),
    instance: snapshot().instance || readInstance(config.stateDir, machineId()),
  }
}
