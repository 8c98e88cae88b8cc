/**
 * Following a connected register: ask its state, ask its newest number, read what the outbox lacks, keep it.
 *
 * The register belongs to the till. A poll asks one question (two when it is idle); documents are read only after
 * `quietMs` of idleness (a part of it once they have waited for a minute), and the state is asked again before each of
 * them, so that a cashier who comes back meets at most the reading of one document. A document that cannot be read is
 * set aside for a while and never stops those behind it; a backlog never stops what is sold meanwhile.
 */
import { createHash } from 'node:crypto'
import { type Newest, type RawDocument, type Register, RegisterError } from '../drivers/index.ts'
import type { Aside } from './aside.ts'
import type { Backlog } from './backlog.ts'
import type { RegisterConfig } from './config.ts'
import { receiptTypes } from './fiscal/model.ts'
import type { Log } from './log.ts'
import type { NewDocument, Outbox, Storage } from './outbox.ts'
import { Quiet } from './quiet.ts'
import { DocumentConflict } from './store/faults.ts'
import { type RegisterView, see, tell } from './view.ts'

/** What following needs of the world. */
export interface Following {
  readonly config: RegisterConfig
  readonly outbox: Outbox
  readonly view: RegisterView
  readonly log: Log
  readonly clock: () => number
  readonly random: () => number
  /** Trials only: documents of a debug drive are owed as well. */
  readonly allowDebugDrive: boolean
  /** A sign of life towards the watchdog. */
  readonly beat: () => void
  /** Something was kept that has to be delivered. */
  readonly nudge: () => void
  /** Waits at most `ms`; a person's request (read this document, begin there) ends it early. */
  readonly wakeable: (ms: number, signal: AbortSignal) => Promise<void>
  /** What people asked of this register while it was busy elsewhere; each runs between two polls. */
  readonly takeRequest: () => ((register: Register, signal: AbortSignal) => Promise<void>) | undefined
  /** Told how many documents can be read and are still missing. */
  readonly fellBehind?: (count: number) => void
  /** Documents tried in vain, and what is a backlog; both live as long as the process. */
  readonly aside: Aside
  readonly backlog: Backlog
}

/** One connection with one drive: what following knows beyond a single poll. */
interface Talk {
  readonly register: Register
  readonly storage: Storage
  readonly quiet: Quiet
  readonly signal: AbortSignal
  /** Somebody else wants the port. */
  readonly asked: AbortSignal
}

/**
 * Returns when another fiscal drive answers, or after the document that is being read when `asked` aborts: somebody
 * else wants the port. Throws `RegisterError` when the line or the register fails.
 */
export async function followDocuments(
  following: Following,
  register: Register,
  storage: Storage,
  signal: AbortSignal,
  asked: AbortSignal = signal,
): Promise<void> {
  const quiet = new Quiet(following.config.quietMs, following.clock)
  const talk: Talk = { register, storage, quiet, signal, asked }
  following.aside.begin(storage.storage)
  while (!signal.aborted && !asked.aborted) {
    following.beat()
    const wait = await poll(following, talk)
    if (wait === 'another drive' || asked.aborted) return
    await following.wakeable(wait, signal)
  }
}

/** One look at the register; returns how long to wait before the next one, in milliseconds. */
async function poll(following: Following, talk: Talk): Promise<number | 'another drive'> {
  const { view, config } = following
  const { register, storage, quiet, signal, asked } = talk
  if (!(await isIdle(following, talk))) return config.pollMs
  for (let request = following.takeRequest(); request !== undefined; request = following.takeRequest()) {
    following.beat()
    await request(register, signal)
    if (asked.aborted || !(await isIdle(following, talk))) return config.pollMs
  }
  const newest = await newestIfFree(following, talk)
  if (newest === null) return config.pollMs
  view.newest = newest
  if (newest.storage !== storage.storage) return 'another drive'
  quiet.sawNumber(newest.number)
  const missing = readable(following, newest)
  count(following, storage, newest)
  quiet.sawLack(missing.length > 0)
  const rest = quiet.restMs()
  if (missing.length === 0) return config.pollMs
  if (rest > 0) return Math.min(rest, config.pollMs)
  const more = await readAll(following, talk, missing)
  return more ? 0 : config.pollMs
}

/** Null while a document is being made at this very moment. */
async function newestIfFree(
  { view, clock }: Following,
  { register, quiet, signal }: Talk,
): Promise<Newest | null> {
  try {
    return await register.newest(signal)
  } catch (error) {
    if (!(error instanceof RegisterError) || error.fault !== 'busy') throw error
    see(view, { kind: 'busy', text: error.text }, clock())
    quiet.disturbed()
    return null
  }
}

/** Asks the state and shows it; anything but idle begins the quiet time anew. */
async function isIdle(following: Following, { register, quiet, signal }: Talk): Promise<boolean> {
  const { view } = following
  const state = await register.state(signal)
  see(view, state, following.clock())
  if (state.kind === 'stopped') tell(view, 'stopped', state.text, state.hint, following.clock())
  else if (view.trouble?.kind !== 'conflict') view.trouble = null
  if (state.kind === 'idle') return true
  quiet.disturbed()
  return false
}

/**
 * The next missing numbers: what was sold since the process began, then the backlog. A drive that is read anew takes
 * hours, and the site must not wait so long for what is sold now.
 */
function readable(
  { aside, outbox, backlog, view }: Following,
  { storage, number: newest }: Newest,
): number[] {
  const to = Math.min(backlog.to(storage, newest), newest)
  const sold = inTurn(aside, outbox.missingNumbers(storage, newest, to + 1), batch)
  const old = inTurn(aside, outbox.missingNumbers(storage, to), batch - sold.numbers.length)
  if (sold.all !== null && old.all !== null) aside.keepOnly(new Set([...sold.all, ...old.all]))
  view.unreadable = aside.numbers
  return [...sold.numbers, ...old.numbers]
}

/** At most so many fresh numbers, then those that failed before and whose time has come; `all`: null = there are more. */
function inTurn(
  aside: Aside,
  missing: Iterable<number>,
  most: number,
): { readonly numbers: readonly number[]; readonly all: readonly number[] | null } {
  const all: number[] = []
  const fresh: number[] = []
  const again: number[] = []
  for (const number of missing) {
    if (fresh.length >= most) return { numbers: [...fresh, ...again], all: null }
    all.push(number)
    const turn = aside.turnOf(number)
    if (turn === 'fresh') fresh.push(number)
    else if (turn === 'again') again.push(number)
  }
  return { numbers: [...fresh, ...again], all }
}

/** All that the register has and the outbox lacks; those that cannot be read are no work that goes on. */
function count(
  { outbox, view, aside, fellBehind, clock }: Following,
  { storage }: Pick<Storage, 'storage'>,
  newest: Newest,
): void {
  view.behind = outbox.missingCount(storage, newest.number)
  const lacking = view.behind - aside.numbers.length
  view.unreadSince = lacking > 0 ? (view.unreadSince ?? clock()) : null
  fellBehind?.(lacking)
}

/** How many documents are read before the newest number is asked again. */
const batch = 200

/** Reads and keeps; true when the register was idle to the end and there may be more to read at once. */
async function readAll(following: Following, talk: Talk, numbers: readonly number[]): Promise<boolean> {
  const { register, quiet, signal, asked } = talk
  for (const [i, number] of numbers.entries()) {
    if (asked.aborted) return false
    following.beat()
    if (i > 0 && !(await isIdle(following, talk))) return false
    if (!(await readOne(following, register, number, signal))) {
      quiet.disturbed()
      return false
    }
    if (following.view.newest !== null) count(following, register.identity, following.view.newest)
  }
  return true
}

/** False when the register turned busy: leave it and come back. Line faults go on to the caller. */
async function readOne(
  following: Following,
  register: Register,
  number: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { log, aside } = following
  try {
    await readAndKeep(following, register, number, signal)
    return true
  } catch (error) {
    if (error instanceof DocumentConflict) return setConflictAside(following, number, error)
    if (!(error instanceof RegisterError) || signal.aborted) throw error
    if (error.fault === 'busy') {
      aside.metBusy(number)
      return false
    }
    const again = aside.failed(number)
    const { storage } = register.identity
    log.warn(
      { document: number, storage, fault: error.fault, why: error.message, again },
      'document not read',
    )
    // A refusal concerns this document alone; silence, garbage and loss concern the line as well.
    if (error.fault === 'refused') return true
    throw error
  }
}

async function readAndKeep(
  following: Following,
  register: Register,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const { outbox, log, aside, clock } = following
  const { storage } = register.identity
  const began = clock()
  const document = await readUnlessAbsent(register, number, following.beat, signal)
  if (!document?.bytes && !(await isGone(following, register, number, document, signal))) {
    log.warn({ document: number, storage, again: aside.failed(number) }, 'document said to be gone')
    return
  }
  if (document !== null && !isBelieved(following, document)) return
  const found = document === null ? gap(following, storage, number) : newDocument(following, document)
  const kept = outbox.keepDocument(found, clock())
  following.view.unreadSince = null
  aside.done(number)
  if (document === null) log.warn({ document: number, storage }, 'document is not in the fiscal drive')
  for (const remark of document?.remarks ?? [])
    log.warn({ document: number, storage, remark }, 'document read with a remark')
  log.info({ document: number, storage, type: found.type, kept, ms: clock() - began }, 'document kept')
  following.nudge()
}

/** False for a document that may be incomplete and has not read so for minutes. */
function isBelieved({ aside, log }: Following, { storage, number, bytes, doubt }: RawDocument): boolean {
  if (doubt === undefined || bytes === null) return true
  const again = aside.doubted(number, createHash('sha256').update(bytes).digest('hex'))
  if (again === null) return true
  log.warn({ document: number, storage, why: doubt, again }, 'document may be incomplete')
  return false
}

async function readUnlessAbsent(
  register: Register,
  number: number,
  beat: () => void,
  signal: AbortSignal,
): Promise<RawDocument | null> {
  try {
    return await register.readDocument(number, signal, beat)
  } catch (error) {
    if (error instanceof RegisterError && error.fault === 'absent') return null
    throw error
  }
}

/** A drive holds documents in full for 30 days; below this age one that is gone is not believed at once. */
const certainlyHeldMs = 20 * 24 * 3_600_000
/** How often a young document has to be said to be gone: with the pauses between, about half an hour. */
const timesDoubted = 8

/**
 * "Gone" is written down for ever, and a receipt that is written down so is never sent. So a drive that has just
 * counted a document and denies it is asked again and again, and the number must be one that this drive gave out.
 */
async function isGone(
  { aside, clock }: Following,
  register: Register,
  number: number,
  document: RawDocument | null,
  signal: AbortSignal,
): Promise<boolean> {
  const time = document?.summary?.time
  const isOld = time !== undefined && clock() - Date.parse(`${time}Z`) > certainlyHeldMs
  if (!isOld && aside.failuresOf(number) < timesDoubted) return false
  const newest = await register.newest(signal)
  return newest.storage === register.identity.storage && newest.number >= number
}

/** Another document stands under this key already: an alarm, and no reason to stop those behind it. */
function setConflictAside(following: Following, number: number, conflict: DocumentConflict): true {
  following.aside.failed(number)
  tell(following.view, 'conflict', conflict.text, null, following.clock())
  following.log.error(
    { document: number, storage: conflict.key.storage, differs: conflict.differs },
    'document conflicts',
  )
  return true
}

/** What decides whether a document is owed. */
type Owing = Pick<Following, 'outbox' | 'allowDebugDrive'> & {
  readonly config: Pick<RegisterConfig, 'name'> & {
    readonly bitrix: Pick<RegisterConfig['bitrix'], 'sendAll'>
  }
}

/** What the outbox is to keep of a document just read; a debug drive is owed nothing. */
export function newDocument({ config, outbox, allowDebugDrive }: Owing, document: RawDocument): NewDocument {
  const debug =
    !allowDebugDrive &&
    outbox.storages(config.name).some((drive) => drive.storage === document.storage && drive.debug)
  return {
    storage: document.storage,
    number: document.number,
    register: config.name,
    type: document.type,
    format: document.bytes === null ? 'summary' : 'tlv',
    bytes: document.bytes,
    summary: document.summary,
    source: 'register',
    owed:
      !debug && document.bytes !== null && (receiptTypes.includes(document.type) || config.bitrix.sendAll),
  }
}

function gap({ config }: Following, storage: string, number: number): NewDocument {
  return {
    storage,
    number,
    register: config.name,
    type: null,
    format: 'absent',
    bytes: null,
    summary: null,
    source: 'register',
    owed: false,
  }
}
