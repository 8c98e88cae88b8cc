/** The daemon: opens what is kept, runs every task under one signal, tells systemd when it is ready. */
import { join } from 'node:path'
import { pause } from '../drivers/index.ts'
import type { LedgerScope } from './bitrix/ledger.ts'
import type { Config } from './config.ts'
import type { Desk } from './desk/desk.ts'
import type { Premises } from './desk/premises.ts'
import { refuseSecond, runsAlready, serveDesk } from './desk/server.ts'
import { destinationsOf } from './destinations.ts'
import { DiskWatch } from './disk.ts'
import { Dispatch } from './dispatch.ts'
import { controlSocket, type Environment, socketsOf } from './environment.ts'
import { type House, keepHouse } from './housekeeping.ts'
import { type Installation, openInstallation, outboxPath } from './installation.ts'
import { Journaling, openBeside } from './journaling.ts'
import { LastDocuments } from './lastdocument.ts'
import { askBeginning, askSite, type Reach } from './ledgers.ts'
import type { Log, LogTail } from './log.ts'
import { registerNamed } from './named.ts'
import { PageState } from './pagestate.ts'
import { Pauses } from './pauses.ts'
import { Works } from './progress.ts'
import { feedWatchdog, Pulse } from './pulse.ts'
import { Rebuilt } from './rebuilt.ts'
import { SiteBook } from './sites.ts'
import { machineId } from './startfile.ts'
import { Station, type Yard } from './station.ts'
import { Counters } from './status/counters.ts'
import type { Gate } from './status/gate.ts'
import { type Snapshot, type Subject, takeSnapshot } from './status/snapshot.ts'
import { StoreError } from './store/faults.ts'
import { holdAlone } from './store/sole.ts'
import { type Notifier, openNotifier } from './systemd.ts'
import { type Text, text } from './text.ts'
import { type Task, together } from './together.ts'
import { understand } from './understand.ts'
import { Failure } from './usage.ts'
import { version } from './version.ts'

/** What a daemon is made of. */
export interface AgentOptions {
  readonly config: Config
  readonly configPath: string
  readonly environment: Environment
  /** Trials only: sends from a debug drive too. */
  readonly allowDebugDrive: boolean
  readonly log: Log
  /** The newest lines of `log`, for the support bundle. */
  readonly logTail?: LogTail
  readonly clock: () => number
  readonly random: () => number
}

/** No task is silent for longer between two beats: opening a line and finding a register may take a minute each. */
const longestSilenceMs = 150_000

/** Runs until the signal aborts. Throws `UsageError` or `Failure` when it cannot start; anything else is a bug. */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { config, environment, configPath, log, clock } = options
  await refuseSecond(controlSocket(environment, config.stateDir), signal)
  const destinations = destinationsOf(config, environment, configPath)
  using _sole = soleOrFail(config.stateDir)
  using notifier = openNotifier(environment.notifySocket)
  const gate = gateOf(options)
  const installation = await openOrWait(options, gate, notifier, signal)
  if (installation === null) return
  using _outbox = installation.outbox
  if (installation.trouble !== null) log.error({ why: installation.trouble.en }, 'outbox was rebuilt')
  // Of its own clock: a wall clock that is put right must not look like tasks that hang.
  const pulse = new Pulse(longestSilenceMs, () => performance.now())
  const sites = new SiteBook(config.stateDir, clock, log)
  const reach: Reach = {
    ...{ receivers: destinations, sites, clock },
    ...{ version: version(), instance: installation.instance },
  }
  const rebuilt = new Rebuilt({
    ...{ ask: (...asked) => askSite(reach, ...asked), sites },
    ...{ zone: config.timezone, clock, log },
  })
  const journaling = new Journaling({
    open: (trouble) => openBeside(config.stateDir, outboxPath(config.stateDir), trouble),
    ...{ keepDays: config.keepDays, clock, log },
  })
  const counters = new Counters()
  const dispatch = new Dispatch({
    ...options,
    outbox: installation.outbox,
    destinations,
    zone: config.timezone,
    understand: (document) => understand(document, config),
    version: version(),
    instance: installation.instance,
    beat: () => pulse.beat('dispatch'),
    sawSite: (register, mark) => sites.saw(register, mark),
    judge: (...document) => rebuilt.judge(...document),
    noteAttempt: (document, attempt) => {
      journaling.note(document, attempt)
      counters.attempted(document.register, attempt.outcome, attempt.tookMs)
    },
  })
  const shared = { options, gate, installation, reach, rebuilt, dispatch, journaling }
  const parts = { ...shared, counters, pulse, notifier }
  const daemon = new Daemon(parts)
  log.info({ version: version(), registers: config.registers.map(({ id }) => id) }, 'started')
  await together(signal, daemon.tasks())
  notifier.stopping()
  log.info('stopped')
}

/** After a start nobody waits longer for the page, milliseconds. */
const longestBlindMs = 1_500

const noPage = text(
  'Страница выключена: в настройках status.listen: null. Укажите адрес, например 127.0.0.1:8321, и перезапустите службу',
  'The page is off: status.listen is null in the config. Name an address, e.g. 127.0.0.1:8321, and restart the daemon',
)

/** What the tasks of one run share. */
interface Household {
  readonly options: AgentOptions
  readonly gate: () => Promise<Gate>
  readonly installation: Installation
  readonly reach: Reach
  readonly rebuilt: Rebuilt
  readonly dispatch: Dispatch
  readonly journaling: Journaling
  readonly counters: Counters
  readonly pulse: Pulse
  readonly notifier: Notifier
}

type Asked = readonly [register: string, scope: LedgerScope, signal: AbortSignal]

/** The tasks of one run. */
class Daemon {
  readonly #has: Household
  readonly #stations: readonly Station[]
  readonly #startedAt: number
  readonly #works = new Works()
  readonly #disk: DiskWatch
  readonly #subject: Subject
  #trouble: Text | null
  readonly #pageState = new PageState()

  constructor(has: Household) {
    const { options, installation, dispatch, pulse } = has
    this.#has = has
    this.#startedAt = options.clock()
    this.#trouble = installation.trouble
    this.#disk = new DiskWatch(options.config.stateDir, outboxPath(options.config.stateDir), options.clock)
    const yard: Yard = {
      ...options,
      installation,
      pauses: new Pauses(options.config.stateDir, options.log),
      stateDir: options.config.stateDir,
      nudge: () => dispatch.nudge(),
      beat: (task) => pulse.beat(task),
      zone: options.config.timezone,
      ledgerOf: (...asked) => askBeginning(has.reach, ...asked),
    }
    this.#stations = options.config.registers.map((register) => new Station(register, yard))
    this.#subject = this.#known()
  }

  tasks(): Record<string, Task> {
    const { environment, log, config } = this.#has.options
    const { dispatch, journaling, pulse, notifier } = this.#has
    return {
      ...Object.fromEntries(
        this.#stations.map((station): [string, Task] => [
          `watch ${station.config.name}`,
          (signal) => station.watch(signal),
        ]),
      ),
      dispatch: (signal) => dispatch.run(signal),
      desk: (signal) => this.#serveDesk(signal),
      ...(config.page !== null && { page: (signal: AbortSignal) => this.#page(signal) }),
      disk: (signal) => this.#disk.watch(signal),
      house: (signal) => keepHouse(this.#house(), signal),
      journal: (signal) => journaling.run(this.#firstPoll(signal), signal),
      heartbeat: (signal) => this.#beat(signal),
      audit: (signal) => this.#audit(signal),
      watchdog: (signal) => feedWatchdog(pulse, notifier, environment.watchdogMs, log, signal),
    }
  }

  /** Loaded when the registers have been looked at; a register that does not answer keeps nobody from looking. */
  async #page(signal: AbortSignal): Promise<void> {
    const { config, clock, log } = this.#has.options
    await Promise.race([this.#firstPoll(signal), pause(longestBlindMs, signal)])
    const { servePage } = await import('./status/server.ts')
    const { page, keys } = await this.#has.gate()
    const listenWire: Premises['listenWire'] = (name, hear) => this.#station(name).listenWire(hear)
    const lastTalk: Premises['lastTalk'] = (name) => this.#station(name).lastTalk()
    const face = { desk: await this.#desk(), config, clock, listenWire, lastTalk }
    const { Machines } = await import('./status/machines.ts')
    const { metrics, readiness } = new Machines({
      counters: this.#has.counters,
      disk: () => this.#disk.facts,
      snapshot: () => this.#snapshot(),
    })
    const { tell, rest } = this.#pageState
    await servePage({ page, keys, face, metrics, readiness, tell, rest, log }, signal)
  }

  /** Loaded when the registers have been looked at. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { options, installation, reach, dispatch } = this.#has
    await this.#firstPoll(signal)
    const { keepBeating } = await import('./heartbeat.ts')
    await keepBeating(
      {
        ...options,
        ...reach,
        viewOf: (register) => this.#station(register).view,
        outbox: installation.outbox,
        dispatch: () => dispatch.view(),
        sawSite: (register, mark) => reach.sites.saw(register, mark),
      },
      signal,
    )
  }

  async #audit(signal: AbortSignal): Promise<void> {
    const { options, installation, reach, dispatch } = this.#has
    const { config, allowDebugDrive, clock, random, log } = options
    await this.#firstPoll(signal)
    const { compareNightly } = await import('./nightly.ts')
    const tools = {
      ...{ outbox: installation.outbox, allowDebugDrive, zone: config.timezone, clock },
      ask: (...asked: Asked) => askSite(reach, ...asked),
      newest: (name: string, within: AbortSignal) => this.#station(name).newest(within),
    }
    const registers = config.registers.map(({ name }) => name)
    const nudge = () => dispatch.nudge()
    await compareNightly({ tools, registers, sites: reach.sites, nudge, random, log }, signal)
  }

  /** Every register was asked once, or did not answer. */
  async #firstPoll(signal: AbortSignal): Promise<void> {
    while (!this.#stations.every((station) => station.wasAsked)) await pause(250, signal)
  }

  #house(): House {
    const { options, installation } = this.#has
    const { config, clock, log } = options
    const { outbox, unclean } = installation
    const { stateDir, keepDays } = config
    const firstPoll = (signal: AbortSignal) => this.#firstPoll(signal)
    return { outbox, unclean, path: outboxPath(stateDir), keepDays, firstPoll, clock, log }
  }

  #tellReady(): void {
    this.#has.notifier.ready(`${this.#stations.length} registers`)
  }

  #snapshot(): Snapshot {
    return takeSnapshot(this.#subject, this.#has.options.clock())
  }

  #known(): Subject {
    const { options, installation, reach, rebuilt, dispatch, journaling } = this.#has
    const { config } = options
    const { outbox, instance } = installation
    const lasts = new LastDocuments(outbox, (document) => understand(document, config).document)
    return {
      version: version(),
      instance,
      startedAt: this.#startedAt,
      views: this.#stations.map(({ view }) => view),
      dispatch: () => dispatch.view(),
      outbox,
      storageTrouble: () => this.#trouble,
      pageTrouble: () => this.#pageState.trouble,
      disk: () => this.#disk.facts,
      siteOf: (register: string) => reach.sites.of(register),
      heldOf: (register: string) => rebuilt.held(register),
      lastOf: (register: string) => lasts.of(register),
      hours: (now: number) => journaling.hours(now),
      work: () => [...this.#stations.flatMap((station) => station.work()), ...this.#works.list()],
    }
  }

  async #serveDesk(signal: AbortSignal): Promise<void> {
    const { config, environment, log } = this.#has.options
    const sockets = socketsOf(environment, config.stateDir)
    await serveDesk(await this.#desk(), sockets, log, () => this.#tellReady(), signal)
  }

  /** Loaded when the lines of the registers are being opened already. */
  async #desk(): Promise<Desk> {
    const { localDesk } = await import('./desk/local.ts')
    const { options, installation, reach, dispatch, journaling } = this.#has
    const { config, allowDebugDrive, logTail, clock } = options
    const { outbox } = installation
    return localDesk({
      config,
      allowDebugDrive,
      outbox,
      clock,
      snapshot: () => this.#snapshot(),
      withRegister: (name, work, signal) => this.#station(name).ask(work, signal),
      isDaemon: true,
      receivers: () => reach.receivers,
      newest: (name, signal) => this.#station(name).newest(signal),
      ask: (...asked) => askSite(reach, ...asked),
      sites: reach.sites,
      begin: (name, storage, at) => this.#station(name).begin(storage, at),
      nudge: () => dispatch.nudge(),
      works: this.#works,
      get journal() {
        return journaling.journal
      },
      ...(logTail !== undefined && { recentLog: () => logTail.lines() }),
      pause: (name, ...asked) => this.#station(name).pause(...asked),
      resume: (name, note) => this.#station(name).resume(note),
      listenWire: (name, hear) => this.#station(name).listenWire(hear),
      lastTalk: (name) => this.#station(name).lastTalk(),
      issueToken: async (who, signal) => {
        const gate = await this.#has.gate()
        await this.#pageState.demand(signal)
        return gate.issue(who)
      },
    })
  }

  #station(name: string): Station {
    return registerNamed(this.#stations, name)
  }
}

/** Two that start at the same moment both find nobody behind the socket: one of them ends here. */
function soleOrFail(stateDir: string): Disposable {
  try {
    return holdAlone(join(stateDir, 'daemon.lock'))
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new Failure(error.fault === 'busy' ? runsAlready(stateDir) : error.text, { cause: error })
  }
}

/** The page's keys, made when they are first wanted. Rejects with `Failure` when the config wants no page. */
function gateOf({ config, environment, configPath, clock, log }: AgentOptions): () => Promise<Gate> {
  const { page } = config
  let gate: Promise<Gate> | undefined
  return async () => {
    if (page === null) throw new Failure(noPage)
    gate ??= import('./status/gate.ts').then(({ openGate }) =>
      openGate(page, config, environment, configPath, clock, log),
    )
    return await gate
  }
}

/** Null when the signal aborted while the disk had no room. */
async function openOrWait(
  { config, environment, clock, log }: AgentOptions,
  gate: () => Promise<Gate>,
  notifier: Notifier,
  signal: AbortSignal,
): Promise<Installation | null> {
  const open = () => openIfRoom(config.stateDir, clock())
  const opened = open()
  if (opened !== null) return opened
  const { waitForRoom } = await import('./fulldisk.ts')
  return await waitForRoom({ config, environment, open, gate, notifier, clock, log }, signal)
}

/** Null on a full disk. Throws `Failure` for whatever else keeps it from being opened. */
function openIfRoom(stateDir: string, now: number): Installation | null {
  try {
    return openInstallation(stateDir, machineId(), now)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.fault === 'full') return null
    throw new Failure(error.text, { cause: error })
  }
}
