/**
 * A drive is admitted before a single document of it is read: is it ours, and where does its reading begin?
 * `beginning.ts` decides; here its questions are put to the register and its answer is written down.
 */
import { pause, type Register, RegisterError, type Text } from '../drivers/index.ts'
import { type Beginning, type BeginningFacts, type DocumentMark, decideBeginning } from './beginning.ts'
import { decodeBytes } from './fiscal/decode.ts'
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
}

/** The drive in the register, written down where it is new. Throws `Halted`, or `RegisterError`. */
export async function admit(admitting: Admitting, register: Register, signal: AbortSignal): Promise<Storage> {
  const facts = await gather(admitting, register, signal)
  const first = decideBeginning(facts)
  if (first.kind !== 'askFirstDocument') return carryOut(admitting, first)
  const firstDocument = await readFirst(admitting, register, signal)
  return carryOut(admitting, decideBeginning({ ...facts, firstDocument }))
}

function carryOut(admitting: Admitting, beginning: Beginning): Storage {
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
    case 'askFirstDocument':
      throw new Error('the first document was given and asked for again')
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
    ledger: null,
    now: clock(),
  }
}

function markOf(kept: KeptDocument | null): DocumentMark | null {
  if (kept === null) return null
  return { time: kept.summary?.time ?? timeInside(kept.type, kept.bytes), type: kept.type }
}

/** Tag 1012 of a document whose short record was not kept; null when it cannot be read. */
function timeInside(type: number | null, bytes: Uint8Array | null): string | null {
  if (bytes === null || type === null) return null
  try {
    return decodeBytes(bytes, { type }).time
  } catch {
    // A damaged document tells no time; the decision asks a person then.
    return null
  }
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

/** Waits for an idle register and reads document 1; a drive that no longer tells of it gives no time. */
async function readFirst(
  admitting: Admitting,
  register: Register,
  signal: AbortSignal,
): Promise<DocumentMark> {
  const read = async () => {
    const state = await register.state(signal)
    if (state.kind !== 'idle') throw new RegisterError('busy', state.text)
    return await register.readDocument(1, signal, admitting.beat)
  }
  try {
    const { summary, bytes, type } = await whenFree(admitting, read, signal)
    return { time: summary?.time ?? timeInside(type, bytes), type }
  } catch (error) {
    if (error instanceof RegisterError && error.fault === 'absent') return { time: null, type: null }
    throw error
  }
}
