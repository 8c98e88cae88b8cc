/**
 * A start on a full disk. To open the outbox SQLite makes the index of its write-ahead log, 32 KiB beside the file, and
 * where even those do not fit nothing can be kept, read or sent. A daemon that ended there would take its page along,
 * and be started again every two seconds with nobody told why. So it stays: it says what is wrong on the page and to
 * the commands, does nothing else but try again, and goes on as ever once the outbox opens.
 */
import { pause } from '../drivers/index.ts'
import type { Config } from './config.ts'
import { type Desk, inputs } from './desk/desk.ts'
import { serveDesk } from './desk/server.ts'
import { DiskWatch } from './disk.ts'
import { type Environment, socketsOf } from './environment.ts'
import { type Installation, outboxPath } from './installation.ts'
import type { Log } from './log.ts'
import { PageState } from './pagestate.ts'
import { feedWatchdog, Pulse } from './pulse.ts'
import { Counters } from './status/counters.ts'
import type { Gate } from './status/gate.ts'
import type { Health } from './status/health.ts'
import type { CountsStatus, Snapshot } from './status/snapshot.ts'
import type { Face } from './status/visit.ts'
import { StoreError } from './store/faults.ts'
import type { Notifier } from './systemd.ts'
import { text } from './text.ts'
import { together } from './together.ts'
import { version } from './version.ts'

/** What waiting needs of the daemon that it will be. */
export interface Waiting {
  readonly config: Config
  readonly environment: Environment
  /** Null as long as there is no room. */
  readonly open: () => Installation | null
  /** The daemon's own, so that whoever came in meanwhile stays in. */
  readonly gate: () => Promise<Gate>
  readonly notifier: Notifier
  readonly clock: () => number
  readonly log: Log
}

/** Between two tries. */
const everyMs = 2_000

/** The opened installation; null when the signal aborted before there was room. */
export async function waitForRoom(waiting: Waiting, signal: AbortSignal): Promise<Installation | null> {
  const { config, environment, open, notifier, clock, log } = waiting
  const disk = new DiskWatch(config.stateDir, outboxPath(config.stateDir), clock)
  await disk.look()
  const startedAt = clock()
  const snapshot = () => unopened(healthOf(config.stateDir, disk), startedAt, clock())
  log.error({ why: snapshot().health.text.en }, 'the outbox cannot be opened')
  const pageState = new PageState()
  const desk = closedDesk(snapshot, waiting.gate, pageState)
  const over = new AbortController()
  let installation: Installation | null = null
  await together(AbortSignal.any([signal, over.signal]), {
    room: async (within) => {
      while (installation === null) {
        await pause(everyMs, within)
        await disk.look()
        installation = open()
      }
      over.abort()
    },
    desk: (within) => {
      const sockets = socketsOf(environment, config.stateDir)
      return serveDesk(desk, sockets, log, () => notifier.ready('no room on the disk'), within)
    },
    ...(config.page !== null && {
      page: (within: AbortSignal) => servePageOf(waiting, { desk, snapshot, disk, pageState }, within),
    }),
    watchdog: (within) =>
      feedWatchdog(new Pulse(Number.POSITIVE_INFINITY, clock), notifier, environment.watchdogMs, log, within),
  })
  return installation
}

/** What the page of a closed outbox is made of. */
interface Room {
  readonly desk: Desk
  readonly snapshot: () => Snapshot
  readonly disk: DiskWatch
  readonly pageState: PageState
}

async function servePageOf(
  { config, gate, clock, log }: Waiting,
  { desk, snapshot, disk, pageState: { tell, rest } }: Room,
  signal: AbortSignal,
): Promise<void> {
  const { servePage } = await import('./status/server.ts')
  const { Machines } = await import('./status/machines.ts')
  const { metrics, readiness } = new Machines({
    counters: new Counters(),
    disk: () => disk.facts,
    snapshot,
  })
  const listenWire = () => {
    throw closedBy(snapshot())
  }
  const face: Face = { desk, config, clock, listenWire, lastTalk: () => [] }
  const { page, keys } = await gate()
  await servePage({ page, keys, face, metrics, readiness, tell, rest, log }, signal)
}

/** Who may look is let in and told how it is; everything else would need the outbox. */
function closedDesk(snapshot: () => Snapshot, gate: () => Promise<Gate>, pageState: PageState): Desk {
  const closed = Object.keys(inputs).map((verb) => [verb, () => Promise.reject<never>(closedBy(snapshot()))])
  return {
    ...(Object.fromEntries(closed) as Desk),
    status: () => Promise.resolve(snapshot()),
    token: async ({ who }, signal) => {
      const opened = await gate()
      await pageState.demand(signal)
      return opened.issue(who)
    },
  }
}

function closedBy({ health }: Snapshot): StoreError {
  const { text: said, hint } = health
  return new StoreError('full', text(`${said.ru}. ${hint?.ru}`, `${said.en}. ${hint?.en}`))
}

function healthOf(stateDir: string, { facts }: DiskWatch): Health {
  const free = Math.floor((facts?.freeBytes ?? 0) / 1024 / 1024)
  return {
    colour: 'red',
    text: text(
      `Диск заполнен (${stateDir}: свободно ${free} МБ): база не открывается, чеки остаются в ФН и будут прочитаны`,
      `The disk is full (${stateDir}: ${free} MB free): the database cannot be opened, receipts wait in the fiscal drive and will be read`,
    ),
    hint: text(
      'Освободите место: df -h, journalctl --vacuum-size=200M. Дальше служба пойдёт сама',
      'Free some space: df -h, journalctl --vacuum-size=200M. The daemon goes on by itself',
    ),
  }
}

const nothing: CountsStatus = {
  documents: 0,
  waiting: 0,
  parked: 0,
  accepted: 0,
  withoutBytes: 0,
  oldestWaitingAt: null,
  oldestWaitingSeconds: null,
  lastReadAt: null,
  lastAcceptedAt: null,
}

function unopened(health: Health, startedAt: number, now: number): Snapshot {
  return {
    at: new Date(now).toISOString(),
    version: version(),
    instance: '',
    startedAt: new Date(startedAt).toISOString(),
    unopened: true,
    health,
    also: [],
    registers: [],
    delivery: { ways: [], underWay: 0 },
    outbox: nothing,
    storageTrouble: null,
    hours: [],
    work: [],
  }
}
