/** `audit`: registers compared with the site, and mended as far as that may be done. */
import { RegisterError } from '../../drivers/index.ts'
import { type AuditTools, auditRegister, noteOf, repairOf, replayMissing } from '../auditing.ts'
import { registersNamed } from '../named.ts'
import { readingName, workNames, worthShowing } from '../progress.ts'
import { Failure } from '../usage.ts'
import type { AuditedRegister, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'
import { readOne } from './reading.ts'

/** The registers that are meant. Throws `Failure` for a name that is not in the config. */
export function registersMeant({ config }: Premises, name: string | undefined): string[] {
  return registersNamed(config.registers, name).map((register) => register.name)
}

export async function audit(
  premises: Premises,
  input: InputOf<'audit'>,
  signal: AbortSignal,
): Promise<{ registers: AuditedRegister[] }> {
  const names = registersMeant(premises, input.register)
  const documents = names.reduce((sum, name) => sum + premises.outbox.counts(name).documents, 0)
  const part = input.storage ?? input.fromNumber ?? input.toNumber
  using work = premises.works.begin(workNames.audit, part === undefined ? documents : null)
  const walked = (rows: number) => work.add(rows)
  const tools: AuditTools = { ...premises, zone: premises.config.timezone, walked }
  const { storage, fromNumber, toNumber } = input
  const wish = {
    ...(storage !== undefined && { storage }),
    ...(fromNumber !== undefined && { fromNumber }),
    ...(toNumber !== undefined && { toNumber }),
  }
  const registers: AuditedRegister[] = []
  for (const register of names) {
    const found = await auditRegister(tools, register, wish, signal)
    const repair = repairOf(tools, found)
    const may = input.repair && (repair.mayByItself || input.confirmed)
    const repaired = may ? await mend(premises, tools, { ...found, repair }, input, signal) : null
    if (Object.keys(wish).length === 0 && found.site !== null)
      premises.sites.noteAudit(register, noteOf(found, premises.clock(), (repaired?.replayed ?? 0) > 0))
    registers.push({ ...found, repair, repaired })
  }
  return { registers }
}

async function mend(
  premises: Premises,
  tools: AuditTools,
  { register, repair }: Pick<AuditedRegister, 'register' | 'repair'>,
  { who, reason }: InputOf<'audit'>,
  signal: AbortSignal,
): Promise<AuditedRegister['repaired']> {
  const replayed = replayMissing(tools, repair, who, reason)
  if (replayed > 0) premises.nudge()
  return { replayed, read: await readMissing(premises, register, repair.read, signal) }
}

/** How many were kept; a register that is away ends it, for the watcher reads on once it is back. */
async function readMissing(
  premises: Premises,
  register: string,
  numbers: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  let read = 0
  using work =
    numbers.length > worthShowing ? premises.works.begin(readingName(register), numbers.length) : null
  try {
    for (const number of numbers) {
      const { outbox } = await readOne(premises, register, number, true, signal)
      if (outbox === 'kept' || outbox === 'filled') read++
      work?.add(1)
    }
  } catch (error) {
    if (!(error instanceof RegisterError) && !(error instanceof Failure)) throw error
  }
  return read
}
