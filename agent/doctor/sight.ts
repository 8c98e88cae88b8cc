/**
 * Looks at the programs of this machine with the right that the command was started with: under `sudo` the doctor
 * works as the daemon's user, who cannot look into those of others.
 */
import { findRivals, type Holder, seesEveryProgram } from '../../drivers/index.ts'

/** Who has the register of this address beside us. */
export function rivalsOf(address: string): Promise<Holder[]> {
  return asStarted(() => findRivals(address))
}

/** True when no program can have a port open unseen. */
export function seesAll(): Promise<boolean> {
  return asStarted(seesEveryProgram)
}

/** The round goes step by step, so nothing else runs with this right meanwhile. */
async function asStarted<Result>(look: () => Promise<Result>): Promise<Result> {
  const effective = process.geteuid?.()
  if (process.getuid?.() !== 0 || effective === undefined || effective === 0) return await look()
  process.seteuid?.(0)
  try {
    return await look()
  } finally {
    process.seteuid?.(effective)
  }
}
