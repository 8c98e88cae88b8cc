/** What the register and its drive say of their own health. Every question is optional, as in `identity.ts`. */
import type { Checkup } from '../contract.ts'
import { RegisterError } from '../contract.ts'
import { commands, type Password } from './commands.ts'
import { hasNoAnswer } from './errors.ts'
import type { Exchange } from './exchange.ts'

/** Life phase of the drive (FF01): bit 2 is set when its fiscal mode was closed. */
const closedPhase = 0x04

/** FF01 warnings by bit. */
const warnings = ['days3', 'days30', 'full', 'operator'] as const

/** Asks 11h, FF01 and FF39; the register must be idle. */
export async function checkUp(exchange: Exchange, asking: Password, signal: AbortSignal): Promise<Checkup> {
  const full = await unlessRefused(exchange.ask(commands.fullStatus, asking, signal))
  const drive = await exchange.ask(commands.driveStatus, asking, signal)
  const queue = await unlessRefused(exchange.ask(commands.operatorQueue, asking, signal))
  return {
    clock: full?.clock ?? null,
    undelivered: queue?.queue ?? null,
    undeliveredSince: queue === null || queue.queue === 0 ? null : queue.firstDateTime,
    storageClosed: (drive.phase & closedPhase) !== 0,
    storageWarnings: warnings.filter((_, bit) => (drive.warnings & (1 << bit)) !== 0),
  }
}

/** The guide allows FF39 with a closed shift alone: a register that keeps to it refuses with 73h while it sells. */
async function unlessRefused<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  try {
    return await question
  } catch (error) {
    if (hasNoAnswer(error) || (error instanceof RegisterError && error.code !== undefined)) return null
    throw error
  }
}
