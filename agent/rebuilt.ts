/**
 * After an outbox was lost, the fiscal drive is read again, and everything in it looks as if it were still owed. What
 * was sold before the outbox was made anew goes by the site's ledger: what the site has is settled without being
 * sent; what it lacks is sent while that is little and recent, else it is parked for a person. What is sold since
 * then goes as ever, and so does what a person replays.
 *
 * Which documents these are is derived: a drive that begins by `start.json` or by the ledger was read before, and
 * `seenAt` says when it was begun anew.
 */
import type { LedgerFault, LedgerScope, SiteDrive } from './bitrix/ledger.ts'
import { isIn } from './bitrix/ranges.ts'
import { instantOf } from './bitrix/zone.ts'
import { byItself } from './byitself.ts'
import { timeInside } from './fiscal/decode.ts'
import { distrust, isLedgerError, type Told } from './ledgers.ts'
import type { Log } from './log.ts'
import { type DueDocument, eventId, type Settlement, type Storage } from './outbox.ts'
import type { SiteBook } from './sites.ts'
import { type Text, text } from './text.ts'

/** What judging needs of the daemon. */
export interface Judging {
  /** Rejects with `LedgerError`. */
  readonly ask: (register: string, scope: LedgerScope, signal: AbortSignal) => Promise<Told>
  readonly sites: Pick<SiteBook, 'of'>
  /** IANA zone of the registers' clocks. */
  readonly zone: string
  readonly clock: () => number
  readonly log: Log
}

/** Why the documents of a register from before the loss are held back. */
export interface Held {
  readonly text: Text
  /** It does not heal by itself. */
  readonly isRed: boolean
}

/** What the ledger said of one drive, or why nothing may rest on it; asked again at `until`. */
type Found =
  | { readonly kind: 'told'; readonly drive: SiteDrive; readonly until: number }
  /** A receiver that never named a ledger: its own keys keep everything single. */
  | { readonly kind: 'foreign'; readonly until: number }
  | { readonly kind: 'held'; readonly why: Held; readonly until: number }

/** What was told is asked again after this, what failed sooner, milliseconds. */
const freshMs = 600_000
const failedMs = 30_000

const madeAnew = new Set<Storage['why']>(['start-file', 'ledger'])
const nothing: SiteDrive = { ranges: [], parked: new Set() }

export class Rebuilt {
  readonly #judging: Judging
  readonly #found = new Map<string, Found>()
  readonly #asking = new Map<string, Promise<Found>>()
  /** Documents that the site lacks and that were let go by themselves, by drive. */
  readonly #sent = new Map<string, Set<string>>()

  constructor(judging: Judging) {
    this.#judging = judging
  }

  /** Null = send it. Rejects only with the signal's reason, or with a bug. */
  async judge(document: DueDocument, drive: Storage | null, signal: AbortSignal): Promise<Settlement | null> {
    if (drive === null || !madeAnew.has(drive.why)) return null
    if (document.replay || document.source !== 'register') return null
    const madeAt = this.#madeAt(document)
    if (madeAt !== null && madeAt >= drive.seenAt) return null
    const found = await this.#foundFor(drive, signal)
    switch (found.kind) {
      case 'foreign':
        return null
      case 'held':
        return { ...open, outcome: 'retry', why: found.why.text.en, dueAt: found.until }
      case 'told':
        return this.#byLedger(document, found.drive, madeAt)
    }
  }

  /** Why documents of this register wait for its ledger; null when none does, for what waits asks again and again. */
  held(register: string): Held | null {
    const now = this.#judging.clock()
    for (const [key, found] of this.#found)
      if (key.startsWith(`${register} `) && found.kind === 'held' && now < found.until + freshMs)
        return found.why
    return null
  }

  #madeAt({ summary, type, bytes }: DueDocument): number | null {
    const time = summary?.time ?? timeInside(type, bytes)
    return time === null ? null : instantOf(time, this.#judging.zone)
  }

  #byLedger(document: DueDocument, { ranges, parked }: SiteDrive, madeAt: number | null): Settlement | null {
    const { number, storage } = document
    if (isIn(ranges, number)) {
      const outcome = parked.has(number) ? 'acceptedParked' : 'accepted'
      return { outcome, why: 'the site has it already', settled: true, dueAt: null, answer: null }
    }
    const sent = this.#sent.get(storage) ?? new Set<string>()
    const isRecent = madeAt !== null && this.#judging.clock() - madeAt <= byItself.ms
    if (!isRecent) return { ...open, outcome: 'park', why: tooOld }
    if (!sent.has(eventId(document)) && sent.size >= byItself.documents)
      return { ...open, outcome: 'park', why: tooMany }
    this.#sent.set(storage, sent.add(eventId(document)))
    return null
  }

  /** At most one question a drive is under way. */
  async #foundFor(drive: Storage, signal: AbortSignal): Promise<Found> {
    const key = `${drive.register} ${drive.storage}`
    const known = this.#found.get(key)
    const now = this.#judging.clock()
    // A time beyond all reason was reckoned before the clock was put back.
    if (known !== undefined && now < known.until && known.until - now <= freshMs) return known
    const asking = this.#asking.get(key) ?? this.#askAnew(key, drive, signal)
    this.#asking.set(key, asking)
    return await asking
  }

  async #askAnew(key: string, drive: Storage, signal: AbortSignal): Promise<Found> {
    const { clock, log } = this.#judging
    const { register, storage } = drive
    try {
      const found = await this.#ask(drive, signal)
      this.#found.set(key, { ...found, until: clock() + (found.kind === 'held' ? failedMs : freshMs) })
      if (found.kind === 'held') log.warn({ register, storage, why: found.why.text.en }, 'ledger not usable')
      else log.info({ register, storage, kind: found.kind }, 'ledger asked after a loss')
      return this.#found.get(key) ?? { ...found, until: 0 }
    } finally {
      this.#asking.delete(key)
    }
  }

  async #ask({ register, storage, first }: Storage, signal: AbortSignal): Promise<Endless<Found>> {
    const knows = this.#judging.sites.of(register) !== null
    try {
      const told = await this.#judging.ask(register, { fn: storage, from: first }, signal)
      const doubt = distrust(told)
      if (doubt === null) return { kind: 'told', drive: told.ledger.drives.get(storage) ?? nothing }
      return knows || told.trust === 'changed' ? held(doubt, true) : { kind: 'foreign' }
    } catch (error) {
      if (!isLedgerError(error)) throw error
      if (error.fault === 'none' && !knows) return { kind: 'foreign' }
      return held(error.text, !healing.has(error.fault))
    }
  }
}

type Endless<Of> = Of extends Found ? Omit<Of, 'until'> : never

const healing = new Set<LedgerFault>(['unreachable'])
const open = { settled: false, dueAt: null, answer: null } as const

function held(why: Text, isRed: boolean): Endless<Found> {
  return {
    kind: 'held',
    why: {
      isRed,
      text: text(
        `прежние чеки ждут, пока сайт не скажет, какие у него есть: ${why.ru}`,
        `earlier receipts wait until the site says which it has: ${why.en}`,
      ),
    },
  }
}

const { documents, ms } = byItself
const tooOld = `not in Bitrix after a loss, and older than ${ms / 3_600_000} h or of unknown age: a person decides (chekpost replay --parked)`
const tooMany = `not in Bitrix after a loss, as are over ${documents} others: a person decides (chekpost replay --parked)`
