/** Opens the desk for a command: the running daemon's when it answers, else one over the files themselves. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { driverNamed, openLine, type Register } from '../../drivers/index.ts'
import { storageFrom } from '../beginning.ts'
import type { Config } from '../config.ts'
import { destinationsOf, type Receiver } from '../destinations.ts'
import { type Environment, socketToAsk } from '../environment.ts'
import { readFacts, timeInBody } from '../facts.ts'
import { outboxPath } from '../installation.ts'
import type { Journal } from '../journal.ts'
import { LastDocuments } from '../lastdocument.ts'
import { askSite } from '../ledgers.ts'
import { registerNamed } from '../named.ts'
import type { Outbox } from '../outbox.ts'
import { Works } from '../progress.ts'
import { SiteBook } from '../sites.ts'
import { beginDrive, machineId, openInstance } from '../startfile.ts'
import { driveOf } from '../station.ts'
import { type Subject, takeSnapshot } from '../status/snapshot.ts'
import { StoreError } from '../store/faults.ts'
import { openJournal } from '../store/journal.ts'
import { openOutbox } from '../store/open.ts'
import { text } from '../text.ts'
import { understand } from '../understand.ts'
import { Failure } from '../usage.ts'
import { version } from '../version.ts'
import { newView, tell } from '../view.ts'
import { checkedDesk, type Desk } from './desk.ts'
import { localDesk } from './local.ts'
import { isAlive, remoteDesk } from './remote.ts'
import { finishIndex } from './searching.ts'

/** A desk, and whatever must be closed after it. */
export interface OpenedDesk extends AsyncDisposable {
  readonly desk: Desk
}

/** Throws `Failure` when there is neither a daemon nor an outbox. */
export async function openDesk(
  config: Config,
  environment: Environment,
  configPath: string,
  signal: AbortSignal,
): Promise<OpenedDesk> {
  const socket = socketToAsk(environment, config.stateDir)
  if (await isAlive(socket, signal))
    return { desk: checkedDesk(remoteDesk(socket)), [Symbol.asyncDispose]: () => Promise.resolve() }
  becomeOwnerOf(config.stateDir)
  const outbox = openExisting(config.stateDir)
  const receivers = () => destinationsOf(config, environment, configPath)
  const beside = new JournalBeside(config.stateDir)
  const desk = deskOver(config, outbox, receivers, () => beside.journal)
  const search: Desk['search'] = async (input, within) => {
    if (beside.journal !== null) await finishIndex(beside.journal, within)
    return await desk.search(input, within)
  }
  return {
    desk: checkedDesk({ ...desk, search }),
    [Symbol.asyncDispose]: () => {
      beside[Symbol.dispose]()
      outbox[Symbol.dispose]()
      return Promise.resolve()
    },
  }
}

/** The journal of a command without a daemon, opened when something is looked up in it. */
class JournalBeside implements Disposable {
  readonly #stateDir: string
  #journal: Journal | null | undefined

  constructor(stateDir: string) {
    this.#stateDir = stateDir
  }

  /** Null when it cannot be opened: the questions that need it say so. */
  get journal(): Journal | null {
    const [path, outbox] = [join(this.#stateDir, 'journal.db'), outboxPath(this.#stateDir)]
    if (this.#journal === undefined)
      try {
        this.#journal = openJournal({ path, outbox, readFacts })
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        this.#journal = null
      }
    return this.#journal
  }

  [Symbol.dispose](): void {
    this.#journal?.[Symbol.dispose]()
  }
}

/** Files that root makes here could not be opened by the daemon: a command of root's works as the daemon's user. */
export function becomeOwnerOf(stateDir: string): void {
  if (process.getuid?.() !== 0 || !existsSync(stateDir)) return
  const { uid, gid } = statSync(stateDir)
  if (uid === 0) return
  takeGroupsOf(uid, gid)
  process.setegid?.(gid)
  process.seteuid?.(uid)
}

/** With `dialout` among them: `read` opens the serial line itself. */
function takeGroupsOf(uid: number, gid: number): void {
  // Node has it on every Unix; its types do not know it.
  const { initgroups } = process as NodeJS.Process & { initgroups?: (user: number, group: number) => void }
  try {
    initgroups?.(uid, gid)
  } catch {
    process.setgroups?.([gid]) // The owner is no user of this machine any more.
  }
}

function openExisting(stateDir: string): Outbox {
  try {
    return openOutbox(outboxPath(stateDir), { mustExist: true, timeInside: timeInBody })
  } catch (error) {
    if (error instanceof StoreError) throw new Failure(error.text, { cause: error })
    throw error
  }
}

/**
 * A desk without watchers: `status` tells that the daemon does not run, `read` opens the line itself. The receivers
 * are read when the site is asked: other questions need no secret.
 */
export function deskOver(
  config: Config,
  outbox: Outbox,
  receivers: () => readonly Receiver[] = () => [],
  journal: () => Journal | null = () => null,
): Desk {
  const clock = Date.now
  const sites = new SiteBook(config.stateDir, clock)
  const works = new Works()
  const subject = subjectOf(config, { outbox, sites, works, clock })
  return localDesk({
    config,
    allowDebugDrive: false,
    outbox,
    clock,
    snapshot: () => takeSnapshot(subject, clock()),
    withRegister: (name, work, signal) => withOwnLine(config, name, work, signal),
    isDaemon: false,
    receivers,
    newest: (name, signal) =>
      withOwnLine(config, name, (register, limited) => register.newest(limited), signal),
    ask: (...asked) => {
      const { id: instance } = openInstance(config.stateDir, machineId())
      return askSite({ receivers: receivers(), sites, version: version(), instance, clock }, ...asked)
    },
    sites,
    begin: (name, storage, at) => {
      registerNamed(config.registers, name)
      const identity = driveOf({ outbox }, name, null, storage)
      beginDrive(
        config.stateDir,
        outbox,
        storageFrom({ register: name, identity, now: clock() }, at, 'person'),
      )
      return identity.storage
    },
    nudge: () => undefined,
    works,
    get journal() {
      return journal()
    },
    pause: () => refuseWithoutDaemon(),
    resume: () => refuseWithoutDaemon(),
    listenWire: () => refuseWithoutDaemon(),
    lastTalk: () => [],
    issueToken: () => refuseWithoutDaemon(),
  })
}

interface AtHand {
  readonly outbox: Outbox
  readonly sites: SiteBook
  readonly works: Works
  readonly clock: () => number
}

/** What can be told of a shop whose daemon does not run. */
function subjectOf(config: Config, { outbox, sites, works, clock }: AtHand): Subject {
  const views = config.registers.map((register) => {
    const view = newView(register, clock())
    view.line = 'lost'
    tell(view, 'stopped', notRunning, startIt, clock())
    return view
  })
  const lasts = new LastDocuments(outbox, (document) => understand(document, config).document)
  return {
    version: version(),
    instance: '',
    startedAt: clock(),
    views,
    dispatch: () => ({ ways: [], underWay: 0 }),
    outbox,
    storageTrouble: () => null,
    siteOf: (register: string) => sites.of(register),
    heldOf: () => null,
    lastOf: (register: string) => lasts.of(register),
    hours: () => [],
    work: () => works.list(),
  }
}

function refuseWithoutDaemon(): never {
  throw new Failure(
    text('Служба не запущена: systemctl start chekpost', 'The daemon does not run: systemctl start chekpost'),
  )
}

const notRunning = text('служба не запущена', 'the daemon does not run')
const startIt = text('systemctl start chekpost', 'systemctl start chekpost')

async function withOwnLine<Result>(
  config: Config,
  name: string,
  work: (register: Register, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const register = registerNamed(config.registers, name)
  await using line = await openLine(register.address, signal)
  return await work(await driverNamed(register.driver).connect(line, register.settings, signal), signal)
}
