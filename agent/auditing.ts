/**
 * Carries out an audit: asks the register its last number, walks through the outbox, asks the site, in this order, so
 * that a receipt which is sold or delivered meanwhile is never taken for a gap. And mends what may be mended by the
 * ordinary ways: reading and replay.
 */
import { setImmediate as soon } from 'node:timers/promises'
import { type Newest, RegisterError } from '../drivers/index.ts'
import { countGaps, type DriveFindings, findGaps, numbersIn, type OutboxSide, outboxSide } from './audit.ts'
import type { LedgerScope } from './bitrix/ledger.ts'
import { countOf, type NumberRange, united } from './bitrix/ranges.ts'
import { instantOf } from './bitrix/zone.ts'
import { byItself, mayActByItself } from './byitself.ts'
import { timeInside } from './fiscal/decode.ts'
import { distrust, isLedgerError, type Told } from './ledgers.ts'
import type { Outbox, Storage } from './outbox.ts'
import type { AuditNote } from './sites.ts'
import { type Text, text } from './text.ts'
import { Failure } from './usage.ts'

/** What an audit asks. */
export interface AuditTools {
  readonly outbox: Outbox
  /** Rejects with `LedgerError`. */
  readonly ask: (register: string, scope: LedgerScope, signal: AbortSignal) => Promise<Told>
  /** The register's newest number; rejects with `Failure` or `RegisterError` when it cannot be asked. */
  readonly newest: (register: string, signal: AbortSignal) => Promise<Newest>
  readonly allowDebugDrive: boolean
  /** IANA zone of the registers' clocks. */
  readonly zone: string
  readonly clock: () => number
  /** Told of every piece of the outbox that was walked through. */
  readonly walked?: (rows: number) => void
}

/** Which documents are compared; nothing = all that this installation follows. */
export interface AuditWish {
  /** One drive; with numbers and without a drive the one that was seen last. */
  readonly storage?: string
  readonly fromNumber?: number
  readonly toNumber?: number
  /** Only what was read since, milliseconds. */
  readonly readSince?: number
}

/** One register compared; plain JSON. */
export interface RegisterAudit {
  readonly register: string
  /** Null when the site could not be asked; then `siteProblem` says why. */
  readonly site: { readonly ledgerId: string | null; readonly host: string | null } | null
  readonly siteProblem: Text | null
  readonly siteHint: Text | null
  /** Why nothing that rests on the ledger acts by itself; null = it may. */
  readonly distrust: Text | null
  readonly newest: Newest | null
  /** Why the register was not asked. */
  readonly registerProblem: Text | null
  readonly drives: readonly DriveAudit[]
  /** Drives that the site knows of this register and this installation does not. */
  readonly foreign: readonly { readonly storage: string; readonly documents: number }[]
}

export interface DriveAudit extends DriveFindings {
  readonly storage: string
}

/** How many rows are walked through before others have their turn. */
const piece = 5_000

/** Rejects only with the signal's reason, `StoreError` or a bug. */
export async function auditRegister(
  tools: AuditTools,
  register: string,
  wish: AuditWish,
  signal: AbortSignal,
): Promise<RegisterAudit> {
  const drives = drivesOf(tools, register, wish)
  const told = await newestOf(tools, register, signal)
  const sides: { drive: Storage; side: OutboxSide; from: number }[] = []
  for (const drive of drives) {
    const { side, from } = await walk(tools, drive, wish, signal)
    if (from !== null) sides.push({ drive, side, from })
  }
  const answer = await askFor(tools, register, sides, wish, signal)
  const compared = (newest: Newest | null) =>
    sides.map(({ drive: { storage }, side, from }) => {
      const scope = { from, to: wish.toNumber ?? Number.POSITIVE_INFINITY }
      const last = newest?.storage === storage ? newest.number : null
      const site = answer.told === null ? null : (answer.told.ledger.drives.get(storage) ?? nothing)
      return { storage, ...findGaps(scope, last, withLater(tools.outbox, storage, side), site) }
    })
  let found = compared(told.newest)
  // What the site has beyond all others may have been sold since the register was asked.
  if (told.newest !== null && found.some(({ gaps }) => gaps.unknownThere !== undefined))
    found = compared((await newestOf(tools, register, signal)).newest ?? told.newest)
  return {
    register,
    site: siteOf(answer.told),
    siteProblem: answer.problem,
    siteHint: answer.hint,
    distrust: answer.told === null ? null : distrust(answer.told),
    newest: told.newest,
    registerProblem: told.problem,
    drives: found,
    foreign: isWhole(wish) ? foreignIn(tools, register, answer.told) : [],
  }
}

/** What was kept while the site was asked is known; whether the site has it is not looked at. */
function withLater(outbox: Outbox, storage: string, side: OutboxSide): OutboxSide {
  const last = side.known.at(-1)?.[1]
  if (last === undefined) return side
  const later = outbox.account(storage, last, piece).map(({ number }): NumberRange => [number, number])
  return { ...side, known: united([...side.known, ...later]) }
}

const nothing = { ranges: [], parked: new Set<number>() }

function isWhole({ storage, fromNumber, toNumber, readSince }: AuditWish): boolean {
  return [storage, fromNumber, toNumber, readSince].every((part) => part === undefined)
}

function siteOf(told: Told | null): RegisterAudit['site'] {
  if (told === null) return null
  const { ledgerId, host } = told.ledger
  return { ledgerId, host }
}

/** The drives that are meant, without those that are never sent. */
function drivesOf({ outbox, allowDebugDrive }: AuditTools, register: string, wish: AuditWish): Storage[] {
  const { storage, fromNumber, toNumber } = wish
  const all = outbox.storages(register).filter(({ debug }) => allowDebugDrive || !debug)
  if (storage !== undefined) {
    const meant = all.filter((drive) => drive.storage === storage)
    if (meant.length > 0) return meant
    throw new Failure(
      text(
        `${register}: ФН ${storage} здесь не читался`,
        `${register}: the drive ${storage} was never read here`,
      ),
    )
  }
  return fromNumber === undefined && toNumber === undefined ? all : all.slice(-1)
}

async function newestOf(
  { newest }: AuditTools,
  register: string,
  signal: AbortSignal,
): Promise<{ newest: Newest | null; problem: Text | null }> {
  try {
    return { newest: await newest(register, signal), problem: null }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Failure || error instanceof RegisterError)
      return { newest: null, problem: error.text }
    throw error
  }
}

/** `from` null: nothing of this drive is meant. */
async function walk(
  { outbox, walked }: AuditTools,
  { storage, first }: Storage,
  { fromNumber, readSince }: AuditWish,
  signal: AbortSignal,
): Promise<{ side: OutboxSide; from: number | null }> {
  const { side, add } = outboxSide()
  let from: number | null = readSince === undefined ? Math.max(first, fromNumber ?? first) : null
  for (let after = Math.max(first, fromNumber ?? 1) - 1; ; ) {
    const rows = outbox.account(storage, after, piece)
    for (const row of rows) {
      if (from === null && row.readAt >= (readSince ?? 0)) from = row.number
      if (from !== null) add(row)
    }
    walked?.(rows.length)
    const last = rows.at(-1)
    if (last === undefined || rows.length < piece) return { side, from }
    after = last.number
    await soon(undefined, { signal })
  }
}

interface Asked {
  readonly told: Told | null
  readonly problem: Text | null
  readonly hint: Text | null
}

async function askFor(
  tools: AuditTools,
  register: string,
  sides: readonly { readonly drive: Storage; readonly from: number }[],
  wish: AuditWish,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    if (isWhole(wish)) return { told: await tools.ask(register, {}, signal), problem: null, hint: null }
    const parts: Told[] = []
    for (const { drive, from } of sides)
      parts.push(await tools.ask(register, { fn: drive.storage, from }, signal))
    return { told: together(parts), problem: null, hint: null }
  } catch (error) {
    if (!isLedgerError(error)) throw error
    return { told: null, problem: error.text, hint: error.hint }
  }
}

/** Answers about several drives as one; the least that may be trusted holds for all. */
function together(parts: readonly Told[]): Told | null {
  const [first] = parts
  if (first === undefined) return null
  const drives = new Map(parts.flatMap(({ ledger }) => [...ledger.drives]))
  const trust = parts.find((part) => part.trust !== 'same')?.trust ?? 'same'
  return { ledger: { ...first.ledger, drives }, trust }
}

function foreignIn({ outbox }: AuditTools, register: string, told: Told | null): RegisterAudit['foreign'] {
  if (told === null) return []
  const known = new Set(outbox.storages(register).map(({ storage }) => storage))
  return (
    [...told.ledger.drives]
      // Of an imported drive there are documents and no beginning.
      .filter(([storage]) => !known.has(storage) && outbox.lastKept(storage) === null)
      .map(([storage, { ranges }]) => ({ storage, documents: countOf(ranges) }))
  )
}

/** What would be sent again, and whether that may be done before a person has looked. */
export interface Repair {
  readonly replay: readonly { readonly storage: string; readonly numbers: readonly number[] }[]
  /** Numbers to be read from the register, of the drive that is in it. */
  readonly read: readonly number[]
  readonly mayByItself: boolean
}

/** More than this is never mended in one go. */
const mostMended = 10_000

export function repairOf(tools: AuditTools, audit: RegisterAudit): Repair {
  const replay = audit.drives
    .map((drive) => ({ storage: drive.storage, numbers: numbersIn(drive, 'notInBitrix', mostMended) }))
    .filter(({ numbers }) => numbers.length > 0)
  const inside = audit.drives.find(({ storage }) => storage === audit.newest?.storage)
  const read = inside === undefined ? [] : numbersIn(inside, 'notRead', byItself.documents)
  const count = replay.reduce((sum, { numbers }) => sum + numbers.length, 0)
  const oldest = count > byItself.documents ? null : oldestOf(tools, replay)
  const mayByItself = audit.distrust === null && (count === 0 || mayActByItself(count, oldest, tools.clock()))
  return { replay, read, mayByItself }
}

/** When the oldest of them was made; null when one of them does not tell. */
function oldestOf({ outbox, zone }: AuditTools, replay: Repair['replay']): number | null {
  let oldest = Number.POSITIVE_INFINITY
  for (const { storage, numbers } of replay)
    for (const number of numbers) {
      const kept = outbox.find({ storage, number })
      const time = kept?.summary?.time ?? timeInside(kept?.type ?? null, kept?.bytes ?? null)
      const madeAt = time === null ? null : instantOf(time, zone)
      if (madeAt === null) return null
      oldest = Math.min(oldest, madeAt)
    }
  return oldest
}

/** Sends the documents again that the site lacks; each drive with a row in the audit. Returns how many. */
export function replayMissing(
  { outbox, clock }: Pick<AuditTools, 'outbox' | 'clock'>,
  { replay }: Repair,
  who: string,
  reason: string,
): number {
  let count = 0
  for (const { storage, numbers } of replay) {
    const selection = { storage, numbers }
    const detail = JSON.stringify(selection)
    count += outbox.replay(selection, { at: clock(), who, action: 'replay', reason, detail })
  }
  return count
}

/** What was sent again is no gap any more; whether it arrived, the next comparison sees. */
export function noteOf(found: RegisterAudit, now: number, mended: boolean): AuditNote {
  const { notInBitrix, ...others } = countGaps(found.drives)
  return {
    at: new Date(now).toISOString(),
    documents: found.drives.reduce((sum, { agreed }) => sum + agreed, 0),
    gaps: mended || notInBitrix === undefined ? others : { notInBitrix, ...others },
    asked: found.newest !== null,
  }
}
