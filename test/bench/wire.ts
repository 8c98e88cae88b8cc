/** How much of the time on a slow line is spent on bytes that had to be there. */

import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Aside } from '../../agent/aside.ts'
import { Backlog } from '../../agent/backlog.ts'
import { Bell } from '../../agent/bell.ts'
import { parseConfig, type RegisterConfig } from '../../agent/config.ts'
import { openInstallation } from '../../agent/installation.ts'
import { openLog } from '../../agent/log.ts'
import { Respite } from '../../agent/respite.ts'
import { newView } from '../../agent/view.ts'
import { watchRegister } from '../../agent/watch.ts'
import { drivers, type Line } from '../../drivers/index.ts'
import { realDocuments } from '../fakes/register/archive.ts'
import { createRegister, type SimulatedRegister } from '../fakes/register.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { type Frames, idealBytes, wireSeconds } from './ideal.ts'
import { Warp } from './warp.ts'

const baud = 115_200

/** The agent's own reading, from the first byte of the connection to the last document kept. */
export const wire: Figure = {
  name: 'wire',
  how:
    'A register at 115200 baud (10 bits a byte, it thinks 0 ms) holds a backlog of 2,000 real receipts, read by the ' +
    "agent's own watching and following into a real outbox. Ideal = per document 10h, FF0A, FF3A and FF3B to the end " +
    'mark, each with ENQ (v2: without, it has none). The wire is waited for in virtual time; work of processor ' +
    "and disk, the simulated register's own included, is charged as real time.",
  reach: 'at least 0.90 with v1 and with v2',
  async measure(bench: Bench): Promise<readonly Row[]> {
    return [await efficiency('v1', bench), await efficiency('v2', bench)]
  },
}

/** A drive with `receipts` receipts: the real documents of the archive in turn, under new numbers. */
export function backlog(register: SimulatedRegister, receipts: number): void {
  const real = realDocuments().filter(({ real, type }) => real && type === 3)
  for (let i = 0; i < receipts; i++) {
    const document = real[i % real.length]
    if (document !== undefined) register.closeReceipt({ real: document.id })
  }
}

async function efficiency(frames: Frames, { quick, folder, say }: Bench): Promise<Row> {
  await using register = createRegister({ frames })
  backlog(register, quick ? 20 : 2_000)
  const last = register.documents.length
  const ideal = wireSeconds(idealBytes(register, 1, last, frames), baud)
  register.pace(baud)
  const read = await readBacklog(register, frames, join(folder, frames))
  say(
    `${frames}: ${last} documents, ${read.seconds.toFixed(1)} s, of them ${read.waited.toFixed(1)} s waited`,
  )
  return {
    what: `time of the ideal wire / time needed, ${frames}`,
    value: ideal / read.seconds,
    unit: '',
    reach: { least: 0.9 },
    note:
      `${last} documents: ideal ${ideal.toFixed(1)} s; ${read.seconds.toFixed(1)} s needed, ` +
      `${read.worked.toFixed(1)} s of them processor time`,
  }
}

/** Reads everything the register holds in virtual time; seconds from the first byte to the last document kept. */
async function readBacklog(register: SimulatedRegister, frames: Frames, stateDir: string) {
  const config = configOf(frames, stateDir)
  const installation = openInstallation(stateDir, 'bench', Date.now())
  using outbox = installation.outbox
  using warp = new Warp()
  const stop = new AbortController()
  const line = new TimedLine(register.openLine(), () => warp.now())
  const bell = new Bell()
  const before = process.cpuUsage()
  let missing = register.documents.length
  let endedAt = 0
  const view = newView(config, Date.now())
  await watchRegister(
    {
      config,
      view,
      driver: drivers.shtrih,
      openLine: () => Promise.resolve(line),
      outbox,
      stateDir,
      zone: 'Europe/Moscow',
      ledgerOf: () => Promise.reject(new Error('the wire asks no site')),
      origin: installation.origin,
      started: installation.started,
      log: openLog('info', new Writable({ write: (_chunk, _encoding, done) => done() })),
      clock: Date.now,
      random: Math.random,
      allowDebugDrive: false,
      beat: () => undefined,
      nudge: () => {
        if (--missing > 0) return
        endedAt = warp.now()
        stop.abort()
      },
      wakeable: (ms, signal) => bell.wait(ms, signal),
      takeRequest: () => undefined,
      backlog: new Backlog(),
      aside: new Aside(Date.now, Math.random),
      respite: new Respite(view, { clock: Date.now, zone: 'UTC' }),
    },
    stop.signal,
  )
  const { user, system } = process.cpuUsage(before)
  const [seconds, waited] = [(endedAt - line.beganAt) / 1_000, warp.skipped / 1_000]
  return { seconds, waited, worked: (user + system) / 1_000_000 }
}

function configOf(frames: Frames, stateDir: string): RegisterConfig {
  const register = {
    name: 'till-1',
    driver: 'shtrih',
    address: 'tcp:127.0.0.1:1',
    settings: { frames },
    from: 'first',
    quietSeconds: 0,
  }
  const bitrix = { url: 'http://127.0.0.1:1/', secretFile: 'none' }
  const config = { store: 'bench', timezone: 'Europe/Moscow', stateDir, registers: [register], bitrix }
  const [only] = parseConfig(JSON.stringify(config), 'bench').registers
  if (only === undefined) throw new Error('a config without its register')
  return only
}

/** Knows when its first byte was given to it. */
class TimedLine implements Line {
  readonly #line: Line
  readonly #now: () => number
  beganAt = Number.NaN

  constructor(line: Line, now: () => number) {
    this.#line = line
    this.#now = now
  }

  write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    if (Number.isNaN(this.beganAt)) this.beganAt = this.#now()
    return this.#line.write(bytes, signal)
  }

  read(signal: AbortSignal): Promise<Uint8Array> {
    return this.#line.read(signal)
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#line[Symbol.asyncDispose]()
  }
}
