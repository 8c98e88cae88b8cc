/** One register's place in the daemon: its view, its bell, and what people ask of it. */
import { driverNamed, type Identity, type Newest, openLine, type Register, Tap } from '../drivers/index.ts'
import { Aside } from './aside.ts'
import { Backlog } from './backlog.ts'
import { type LedgerFacts, storageFrom } from './beginning.ts'
import { Bell } from './bell.ts'
import type { RegisterConfig } from './config.ts'
import type { Installation } from './installation.ts'
import type { Log } from './log.ts'
import type { Pauses } from './pauses.ts'
import { CatchUp, type ProgressView } from './progress.ts'
import { Requests } from './requests.ts'
import { Respite } from './respite.ts'
import { beginDrive } from './startfile.ts'
import { text } from './text.ts'
import { Failure } from './usage.ts'
import { newView, type RegisterView } from './view.ts'
import { type Watching, watchRegister } from './watch.ts'
import { type WireRow, Wiretap } from './wiretap.ts'

/** What all stations share. */
export interface Yard {
  readonly installation: Installation
  readonly pauses: Pauses
  readonly stateDir: string
  readonly allowDebugDrive: boolean
  readonly log: Log
  readonly clock: () => number
  readonly random: () => number
  readonly nudge: () => void
  readonly beat: (task: string) => void
  /** IANA zone of the registers' clocks. */
  readonly zone: string
  readonly ledgerOf: (register: string, storage: string, signal: AbortSignal) => Promise<LedgerFacts>
}

/** How long a person waits for a port: for the document under way, what is begun after it, and the line's end. */
const leavingLimitMs = 120_000
/** How long a person's question waits for a register that is busy, milliseconds. */
const requestLimitMs = 30_000

export class Station {
  readonly view: RegisterView
  readonly #watching: Watching
  readonly #requests: Requests
  readonly #bell = new Bell()
  readonly #yard: Yard
  readonly #tap: Tap
  readonly #wiretap: Wiretap
  readonly #catchUp: CatchUp

  constructor(config: RegisterConfig, yard: Yard) {
    this.#yard = yard
    this.view = newView(config, yard.clock())
    this.#requests = new Requests(() => this.#bell.ring())
    this.#tap = new Tap(yard.clock)
    this.#catchUp = new CatchUp(config.name)
    this.#watching = {
      ...watchingOf(config, yard, this.view, this.#bell, this.#requests, this.#tap),
      fellBehind: (count) => this.#catchUp.note(count),
    }
    this.#wiretap = new Wiretap(this.#tap, this.#watching.driver)
  }

  get config(): RegisterConfig {
    return this.#watching.config
  }

  get name(): string {
    return this.config.name
  }

  /** The register was asked once, or did not answer, or may not be asked. */
  get wasAsked(): boolean {
    const { newest, trouble, state, pausedUntil, leaving } = this.view
    return newest !== null || trouble !== null || state !== null || pausedUntil !== null || leaving
  }

  watch(signal: AbortSignal): Promise<void> {
    return watchRegister(this.#watching, signal)
  }

  /** Runs `work` between two polls; rejects with `Failure` when the register is not free in time. */
  async ask<Result>(
    work: (register: Register, signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { respite } = this.#watching
    return await respite.whileOurs(() => this.#requests.ask(work, requestLimitMs, signal))
  }

  /**
   * Lets go of the port for so long, so that another program can use it; resolves when it is free, with the end
   * (milliseconds). `note` writes down who wants it: what it throws leaves the port as it was.
   */
  async pause(ms: number, note: () => void, signal: AbortSignal): Promise<number> {
    const { respite } = this.#watching
    note()
    respite.want(ms)
    this.#requests.refuse(respite.refusal())
    this.#bell.ring()
    return await respite.untilFree(leavingLimitMs, signal)
  }

  /** False when it was not paused; `note` as with `pause`. */
  resume(note: () => void): boolean {
    const { respite } = this.#watching
    if (!respite.isWanted) return false
    note()
    respite.end()
    this.#bell.ring()
    return true
  }

  /** Tells what is said on the line, explained and without what is private, until disposed of. */
  listenWire(hear: (rows: readonly WireRow[]) => void): Disposable {
    return this.#wiretap.listen(hear)
  }

  /** The latest that was said on the line. */
  lastTalk(): readonly WireRow[] {
    return this.#wiretap.lastTalk()
  }

  /** Reading of what has gathered, while it goes on. */
  work(): ProgressView[] {
    const view = this.view.line === 'connected' ? this.#catchUp.view() : null
    return view === null ? [] : [view]
  }

  /** As the last poll saw it while the register is connected; else it is asked. */
  newest(signal: AbortSignal): Promise<Newest> {
    const { line, newest } = this.view
    if (line === 'connected' && newest !== null) return Promise.resolve(newest)
    return this.ask((register, lineSignal) => register.newest(lineSignal), signal)
  }

  /** A person says where reading of a drive begins; null = the drive that the register showed last. */
  begin(storage: string | null, at: number): string {
    const { installation, stateDir, clock } = this.#yard
    const drive = driveOf(installation, this.config.name, this.view.identity, storage)
    const row = storageFrom({ register: this.config.name, identity: drive, now: clock() }, at, 'person')
    beginDrive(stateDir, installation.outbox, row)
    this.#bell.ring()
    return row.storage
  }
}

function watchingOf(
  config: RegisterConfig,
  yard: Yard,
  view: RegisterView,
  bell: Bell,
  requests: Requests,
  tap: Tap,
): Watching {
  const { installation, log } = yard
  return {
    ...yard,
    config,
    view,
    driver: driverNamed(config.driver),
    openLine: async (address, signal) => tap.over(await openLine(address, signal)),
    outbox: installation.outbox,
    origin: installation.origin,
    started: installation.started,
    log: log.child({ register: config.name }),
    beat: () => yard.beat(`watch ${config.name}`),
    ledgerOf: (storage, signal) => yard.ledgerOf(config.name, storage, signal),
    wakeable: (ms, signal) => bell.wait(ms, signal),
    takeRequest: () => requests.take(),
    backlog: new Backlog(),
    aside: new Aside(yard.clock, yard.random),
    respite: new Respite(view, yard, yard.pauses.of(config.name)),
  }
}

/** Who the drive belongs to: as the register says now, or as it was written down before. */
export function driveOf(
  { outbox }: Pick<Installation, 'outbox'>,
  register: string,
  shown: Identity | null,
  storage: string | null,
): Identity {
  if (shown !== null && (storage === null || storage === shown.storage)) return shown
  if (storage === null)
    throw new Failure(
      text(
        `Касса ${register} ещё не показала свой ФН. Подключите её или укажите номер: --fn 9…`,
        `Register ${register} has not shown its drive yet. Connect it, or name the drive: --fn 9…`,
      ),
    )
  const known = outbox.storages().find((drive) => drive.storage === storage)
  return {
    model: '',
    firmware: null,
    serial: known?.serial ?? null,
    registrationNumber: null,
    inn: known?.inn ?? null,
    organisation: null,
    address: known?.address ?? null,
    storage,
    debugStorage: known?.debug ?? false,
    storageExpires: null,
  }
}
