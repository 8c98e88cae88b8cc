/**
 * What the outbox needs beside the work: old personal data masked, old bytes emptied, the file checked.
 *
 * Masking and emptying go in small commits with pauses between them, so that a receipt never waits for them.
 * The check runs in a thread: after an unclean stop, but never before the registers have been asked once, and every
 * night; a PC that is off at night is checked by day.
 */
import { pause } from '../drivers/index.ts'
import { maskPersonal, personalTags } from './fiscal/personal.ts'
import { meaningOf } from './fiscal/tags.ts'
import type { Log } from './log.ts'
import type { KeptDocument, Outbox } from './outbox.ts'
import { checkOutbox } from './store/check.ts'
import { StoreError } from './store/faults.ts'
import { condemnOutbox } from './store/open.ts'
import { text } from './text.ts'

const dayMs = 86_400_000

/** Personal tags are masked so long after acceptance (152-ФЗ). */
const personalDays = 45

/** Documents in one commit, and the pause between two commits: the writer is free again within milliseconds. */
const batch = 100
const breathMs = 20

/**
 * Masks what was accepted 45 days ago and empties what was accepted `keepDays` ago. `now` in milliseconds. Rejects
 * with the signal's reason or with `StoreError`; what was done stays done.
 */
export async function ageDocuments(
  outbox: Outbox,
  keepDays: number,
  now: number,
  signal: AbortSignal,
): Promise<{ masked: number; emptied: number }> {
  const emptied = await inBatches(() => outbox.emptyOlder(now - keepDays * dayMs, batch), signal)
  const masked = await inBatches(() => outbox.maskOlder(now - personalDays * dayMs, batch, maskKept), signal)
  if (masked + emptied > 0) outbox.tidy()
  return { masked, emptied }
}

async function inBatches(step: () => number, signal: AbortSignal): Promise<number> {
  let sum = 0
  for (let done = batch; done === batch; sum += done) {
    signal.throwIfAborted()
    done = step()
    if (done === batch) await pause(breathMs, signal)
  }
  return sum
}

/** The bytes of a document with every personal value overwritten by as many asterisks; null for other formats. */
export function maskKept({ format, bytes }: Pick<KeptDocument, 'format' | 'bytes'>): Uint8Array | null {
  if (bytes === null) return null
  if (format === 'tlv') return maskPersonal(bytes)
  return format === 'tax-json' ? maskJson(bytes) : null
}

const personalKeys = personalTags.flatMap((tag) => meaningOf(tag, null, new Uint8Array())?.name ?? [])

/** `"operator": "…"` and the like: a text, or a number for those that write an INN so. */
const personalMember = new RegExp(
  `("(?:${personalKeys.join('|')})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|\\d+)`,
  'g',
)

/** Works on single bytes, so that the length stays whatever the encoding. */
function maskJson(bytes: Uint8Array): Uint8Array {
  const masked = Buffer.from(bytes)
    .toString('latin1')
    .replace(personalMember, (_, head: string, value: string) => `${head}${maskedValue(value)}`)
  return new Uint8Array(Buffer.from(masked, 'latin1'))
}

function maskedValue(value: string): string {
  return value.startsWith('"') ? `"${'*'.repeat(value.length - 2)}"` : '1'.repeat(value.length)
}

/** What keeping house needs of the daemon. */
export interface House {
  readonly outbox: Outbox
  /** The outbox's file. */
  readonly path: string
  readonly keepDays: number
  /** The last process did not close the file. */
  readonly unclean: boolean
  /** Resolves once every register has been asked or has failed to answer; the check waits for it. */
  readonly firstPoll: (signal: AbortSignal) => Promise<void>
  readonly clock: () => number
  readonly log: Log
}

/** How often the clock is looked at. */
const roundMs = 600_000

/**
 * The daemon's task: until the signal aborts. A damaged file is condemned and ends the task with
 * `StoreError('damaged')`: the daemon restarts, sets it aside and reads the fiscal drives again.
 */
export async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  await house.firstPoll(signal)
  if (house.unclean) await check(house, signal)
  for (;;) {
    if (isCheckDue(house.outbox.checkedAt(), house.clock())) {
      await age(house, signal)
      await check(house, signal)
    }
    await pause(roundMs, signal)
  }
}

/** At night once, by day when a night was missed; a clock that was set back does not put it off. */
export function isCheckDue(checkedAt: number | null, now: number): boolean {
  if (checkedAt === null) return true
  const hours = Math.abs(now - checkedAt) / 3_600_000
  const isNight = new Date(now).getHours() === 3
  return hours > 36 || (isNight && hours > 12)
}

/** A clock that leaps (a dead battery, a wrong year) must not age a year's receipts in one night. */
const longestRestDays = 40

async function age(house: House, signal: AbortSignal): Promise<void> {
  const before = house.outbox.checkedAt()
  if (before === null || Math.abs(house.clock() - before) > longestRestDays * dayMs) return
  const done = await ageDocuments(house.outbox, house.keepDays, house.clock(), signal).catch((error) =>
    forgive(house, error),
  )
  if (done !== null && done.masked + done.emptied > 0)
    house.log.info(done, 'old documents masked and emptied')
}

async function check(house: House, signal: AbortSignal): Promise<void> {
  const began = house.clock()
  const problems = await checkOutbox(house.path, signal).catch((error) => forgive(house, error))
  if (problems === null) return
  if (problems.length === 0) return recordSound(house, began)
  house.log.error({ problems }, 'outbox is damaged')
  condemnOutbox(house.path, problems.join('\n'))
  throw new StoreError(
    'damaged',
    text(
      'Проверка нашла повреждения базы: служба перезапускается, откладывает её и читает чеки из ФН заново.',
      'The check found the database damaged: the daemon restarts, sets it aside and reads the receipts again.',
    ),
  )
}

function recordSound(house: House, began: number): void {
  try {
    house.outbox.recordCheck(house.clock())
  } catch (error) {
    forgive(house, error)
    return
  }
  house.log.info({ ms: house.clock() - began }, 'outbox checked')
}

/** A full or busy disk puts housekeeping off until the next round; damage and our own bugs go on. */
function forgive({ log }: House, error: unknown): null {
  if (!(error instanceof StoreError) || error.fault === 'damaged') throw error
  log.warn({ fault: error.fault, why: error.message }, 'housekeeping was put off')
  return null
}
