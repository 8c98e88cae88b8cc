/**
 * Once a night the daemon compares what it has delivered with what the site has, and says so in one line of the log. A
 * PC that is off at night does it by day. What the site lacks is sent again by itself while that is little and recent
 * and the ledger is the remembered one; a person is told of the rest.
 */
import { pause } from '../drivers/index.ts'
import { gapKinds } from './audit.ts'
import type { AuditTools, RegisterAudit } from './auditing.ts'
import { inWords } from './bitrix/ranges.ts'
import type { Log } from './log.ts'
import type { SiteBook } from './sites.ts'
import { StoreError } from './store/faults.ts'

/** What the nightly comparison needs of the daemon. */
export interface Nightly {
  readonly tools: AuditTools
  readonly registers: readonly string[]
  readonly sites: SiteBook
  readonly nudge: () => void
  readonly random: () => number
  readonly log: Log
  /** How often the clock is looked at, milliseconds. */
  readonly roundMs?: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const roundMs = 10 * minuteMs
/** What was read longer ago has been compared before. */
const lookBackMs = 35 * 24 * hourMs
/** A site that could not be asked, or got something again, is asked after this. */
const againMs = hourMs

/** A register that is looked at again before its next night. */
interface Again {
  readonly waitMs: number
  readonly after: 'failed' | 'mended'
}

/** Ends when the signal aborts. A damaged outbox goes on as `StoreError`. */
export async function compareNightly(nightly: Nightly, signal: AbortSignal): Promise<void> {
  const { clock } = nightly.tools
  const startedAt = clock()
  // The shops of a chain must not all come at four o'clock sharp.
  const jitterMs = nightly.random() * 50 * minuteMs
  const again = new Map<string, Again>()
  for (;;) {
    for (const register of nightly.registers) {
      const known = nightly.sites.of(register)
      if (known === null) continue
      const lastAt = known.audit === null ? null : Date.parse(known.audit.at)
      const due = again.get(register)
      const isDue = due === undefined ? isAuditDue(lastAt, startedAt, jitterMs, clock()) : due.waitMs <= 0
      if (due !== undefined) again.set(register, { ...due, waitMs: due.waitMs - roundMs })
      if (!isDue) continue
      // What did not arrive by being sent again will not arrive the next time: that is for a person.
      const came = await compareOnce(nightly, register, due?.after !== 'mended', signal)
      if (came === 'done') again.delete(register)
      else again.set(register, { waitMs: againMs, after: came })
    }
    await pause(nightly.roundMs ?? roundMs, signal)
  }
}

/** At night once, by day when a night was missed; a new installation some hour after its start. */
export function isAuditDue(lastAt: number | null, startedAt: number, jitterMs: number, now: number): boolean {
  const uptime = Math.abs(now - startedAt)
  if (lastAt === null) return uptime >= hourMs + jitterMs
  const hours = Math.abs(now - lastAt) / hourMs
  const date = new Date(now)
  const isNight = date.getHours() === 4 && date.getMinutes() * minuteMs >= jitterMs
  return (hours > 36 && uptime >= jitterMs) || (isNight && hours > 12)
}

/** Anything but `done` has to be looked at again within the hour. */
async function compareOnce(
  nightly: Nightly,
  register: string,
  mayMend: boolean,
  signal: AbortSignal,
): Promise<'done' | 'failed' | 'mended'> {
  const { tools, sites, nudge, log } = nightly
  try {
    const { auditRegister, noteOf, repairOf, replayMissing } = await import('./auditing.ts')
    const found = await auditRegister(tools, register, { readSince: tools.clock() - lookBackMs }, signal)
    if (found.siteProblem !== null) {
      log.warn({ register, why: found.siteProblem.en }, 'the site could not be asked which receipts it has')
      return 'failed'
    }
    tellFound(log, found)
    const repair = repairOf(tools, found)
    const sent = mayMend && repair.mayByItself ? replayMissing(tools, repair, 'chekpost', 'nightly audit') : 0
    sites.noteAudit(register, noteOf(found, tools.clock(), sent > 0))
    if (sent === 0) return 'done'
    log.warn({ register, documents: sent }, 'documents that the site lacks are sent again')
    nudge()
    return 'mended'
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault === 'damaged') throw error
    log.warn({ register, fault: error.fault, why: error.message }, 'the nightly audit was put off')
    return 'failed'
  }
}

/** The daily line. */
function tellFound(log: Log, { register, drives }: RegisterAudit): void {
  const documents = drives.reduce((sum, { agreed }) => sum + agreed, 0)
  const missing = Object.fromEntries(
    gapKinds.flatMap((kind) => {
      const told = drives.flatMap(({ storage, gaps }) => {
        const ranges = gaps[kind]
        return ranges === undefined ? [] : `FN${storage} FD ${inWords(ranges)}`
      })
      return told.length === 0 ? [] : [[kind, told.join('; ')]]
    }),
  )
  if (Object.keys(missing).length === 0)
    log.info({ register, documents }, `all ${documents} documents are in Bitrix`)
  else log.warn({ register, documents, ...missing }, 'not all documents are in Bitrix')
}
