/**
 * A drive is admitted before a single document of it is read: is it ours, and where does its reading begin?
 * `beginning.ts` decides; here its questions are put to the register and its answer is written down.
 */
import { pause, type Register, RegisterError, type Text } from '../drivers/index.ts'
import {
  type Beginning,
  type BeginningFacts,
  type DocumentMark,
  decideBeginning,
  type LedgerFacts,
  type Question,
} from './beginning.ts'
import { instantOf } from './bitrix/zone.ts'
import { timeInside } from './fiscal/decode.ts'
import { receiptTypes } from './fiscal/model.ts'
import type { Following } from './follow.ts'
import type { KeptDocument, Origin, Storage } from './outbox.ts'
import { beginDrive } from './startfile.ts'
import { see } from './view.ts'

/** Nothing is read until a person acts; shown red with the next step. */
export class Halted extends Error {
  override readonly name = 'Halted'
  readonly text: Text
  readonly hint: Text

  constructor(text: Text, hint: Text) {
    super(text.en)
    this.text = text
    this.hint = hint
  }
}

/** What admitting needs beside following. */
export interface Admitting extends Following {
  readonly stateDir: string
  readonly origin: Origin
  /** The drives of `start.json` as it was found at the start. */
  readonly started: readonly Storage[]
  /** IANA zone of the registers' clocks. */
  readonly zone: string
  /** Asks the site's ledger about one drive, within a time limit. */
  readonly ledgerOf: (storage: string, signal: AbortSignal) => Promise<LedgerFacts>
}

/** The drive in the register, written down where it is new. Throws `Halted`, or `RegisterError`. */
export async function admit(admitting: Admitting, register: Register, signal: AbortSignal): Promise<Storage> {
  let facts = await gather(admitting, register, signal)
  for (let questions = 0; questions < mostQuestions; questions++) {
    const decided = decideBeginning(facts)
    if (!('storage' in decided) && decided.kind !== 'stop')
      facts = { ...facts, ...(await answered(admitting, register, facts, decided, signal)) }
    else return carryOut(admitting, decided)
  }
  throw new Error('the same was answered and asked for again')
}

/** Each of them is asked once. */
const mostQuestions = 4

/** What the decision has to know and does not know yet. */
async function answered(
  admitting: Admitting,
  register: Register,
  { identity, ledger, newest, now }: BeginningFacts,
  question: Question,
  signal: AbortSignal,
): Promise<Partial<BeginningFacts>> {
  switch (question.kind) {
    case 'askFirstDocument':
      return { firstDocument: await readMark(admitting, register, 1, signal) }
    case 'askLedger':
      admitting.beat()
      return { ledger: await admitting.ledgerOf(identity.storage, signal) }
    case 'askGap': {
      if (ledger.kind !== 'told') throw new Error('a gap in a ledger that was not told of')
      const time = await firstReceiptTime(admitting, register, question.number, newest, signal)
      const gapSince = time === 'none' ? now : time === null ? null : instantOf(time, admitting.zone)
      return { ledger: { ...ledger, gapSince } }
    }
  }
}

/** When the first receipt of these numbers was made, local time; null when one of them cannot be read. */
async function firstReceiptTime(
  admitting: Admitting,
  register: Register,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<string | null | 'none'> {
  for (let number = from; number <= to; number++) {
    const { type, time } = await readMark(admitting, register, number, signal)
    if (type === null || receiptTypes.includes(type)) return time
  }
  return 'none'
}

function carryOut(admitting: Admitting, beginning: Exclude<Beginning, Question>): Storage {
  const { log, stateDir, outbox } = admitting
  switch (beginning.kind) {
    case 'known':
      return beginning.storage
    case 'begin': {
      const { storage, remark } = beginning
      beginDrive(stateDir, outbox, storage)
      log.info({ storage: storage.storage, first: storage.first, why: storage.why }, 'fiscal drive begun')
      if (remark !== null)
        log.warn({ storage: storage.storage, remark: remark.en }, 'fiscal drive begun with a remark')
      return storage
    }
    case 'stop':
      throw new Halted(beginning.text, beginning.hint)
  }
}

async function gather(
  admitting: Admitting,
  register: Register,
  signal: AbortSignal,
): Promise<BeginningFacts> {
  const { config, outbox, origin, started, clock, allowDebugDrive } = admitting
  const newest = await whenFree(admitting, () => register.newest(signal), signal)
  if (newest.storage !== register.identity.storage)
    throw new RegisterError('garbled', {
      ru: 'ФН заменили во время подключения',
      en: 'the drive was replaced while connecting',
    })
  return {
    register: config.name,
    allowDebugDrive,
    from: config.from,
    serial: config.serial,
    identity: register.identity,
    newest: newest.number,
    known: outbox.storages(),
    started,
    origin,
    lastKept: (storage) => markOf(outbox.lastKept(storage)),
    firstDocument: 'unread',
    ledger: { kind: 'unasked' },
    now: clock(),
  }
}

function markOf(kept: KeptDocument | null): DocumentMark | null {
  if (kept === null) return null
  return { time: kept.summary?.time ?? timeInside(kept.type, kept.bytes), type: kept.type }
}

/** Asks again, poll after poll, while the register works for the till. */
async function whenFree<Answer>(
  { beat, view, config, clock }: Admitting,
  ask: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  for (;;) {
    beat()
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof RegisterError) || error.fault !== 'busy') throw error
      see(view, { kind: 'busy', text: error.text }, clock())
    }
    await pause(config.pollMs, signal)
  }
}

/** Waits for an idle register and reads a document; a drive that no longer tells of it gives no time. */
async function readMark(
  admitting: Admitting,
  register: Register,
  number: number,
  signal: AbortSignal,
): Promise<DocumentMark> {
  const read = async () => {
    const state = await register.state(signal)
    if (state.kind !== 'idle') throw new RegisterError('busy', state.text)
    return await register.readDocument(number, signal, admitting.beat)
  }
  try {
    const { summary, bytes, type } = await whenFree(admitting, read, signal)
    return { time: summary?.time ?? timeInside(type, bytes), type }
  } catch (error) {
    if (error instanceof RegisterError && error.fault === 'absent') return { time: null, type: null }
    throw error
  }
}
