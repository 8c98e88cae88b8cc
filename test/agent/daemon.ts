/** A daemon in this process with a simulated register and a receiver on loopback, for tests of the whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Context } from '../../agent/commands/context.ts'
import { readConfig } from '../../agent/config.ts'
import type { Desk } from '../../agent/desk/desk.ts'
import { isAlive, remoteDesk } from '../../agent/desk/remote.ts'
import { openLog } from '../../agent/log.ts'
import { runAgent } from '../../agent/main.ts'
import type { Snapshot } from '../../agent/status/snapshot.ts'
import { pause } from '../../drivers/index.ts'
import { type Bitrix, openBitrix } from '../fakes/bitrix.ts'
import { createRegister, type RegisterOptions, type SimulatedRegister } from '../fakes/register.ts'

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
export const never = new AbortController().signal
export const environment = {
  language: 'en',
  credentialsDirectory: null,
  runtimeDirectory: null,
  notifySocket: null,
  watchdogMs: null,
} as const

/** What the config says of the register and of the site beyond the usual, as YAML. */
interface Configured {
  readonly register?: string
  readonly bitrix?: string
  /** Another receiver than the one on loopback. */
  readonly url?: string
  readonly status?: string
}

/** Everything is closed and removed when the test is over. */
export class Daemon {
  readonly folder = mkdtempSync(join(tmpdir(), 'chekpost-daemon-'))
  readonly stateDir = join(this.folder, 'state')
  readonly configPath = join(this.folder, 'chekpost.yaml')
  readonly socket = join(this.stateDir, 'control.sock')
  readonly desk: Desk = remoteDesk(this.socket)
  readonly log: string[] = []
  readonly register: SimulatedRegister
  readonly bitrix: Bitrix
  /** The secrets of this register on the site. */
  readonly known: string[]
  /** Added to the clock of the daemon. */
  ahead = 0
  random = 0
  #address = ''
  #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  private constructor(register: SimulatedRegister, bitrix: Bitrix, known: string[]) {
    this.register = register
    this.bitrix = bitrix
    this.known = known
  }

  static async open(options: RegisterOptions = {}, more: Configured = {}): Promise<Daemon> {
    const known = [secret]
    const bitrix = await openBitrix({ secrets: { 'shop/till-1': known } })
    const made = new Daemon(createRegister(options), bitrix, known)
    onTestFinished(() => made.#close())
    made.#address = (await made.register.listenTcp()).address
    writeFileSync(join(made.folder, 'webhook'), `${secret}\n`)
    made.configure(more)
    return made
  }

  configure({ register = 'from: first', bitrix = '', url = this.bitrix.url, ...more }: Configured): void {
    writeFileSync(
      this.configPath,
      `store: shop
timezone: Europe/Moscow
stateDir: ${this.stateDir}
registers:
  - { name: till-1, driver: shtrih, address: '${this.#address}', pollSeconds: 0.05, quietSeconds: 0, ${register} }
bitrix: { url: '${url}', secretFile: webhook, ${bitrix} }
status: { ${more.status ?? 'listen: null'} }
`,
    )
  }

  async start(): Promise<void> {
    this.#stop = new AbortController()
    const sink = new Writable({ write: (chunk, _, done) => done(void this.log.push(String(chunk))) })
    this.#running = runAgent(
      {
        ...{ config: readConfig(this.configPath), configPath: this.configPath, environment },
        ...{ allowDebugDrive: false, log: openLog('info', sink), random: () => this.random },
        clock: () => Date.now() + this.ahead,
      },
      this.#stop.signal,
    )
    await this.until(() => isAlive(this.socket, never))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  sell(count: number): void {
    for (let sold = 0; sold < count; sold++) this.register.closeReceipt()
  }

  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await pause(20, never)
  }

  async statusWhere(holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    for (;;) {
      const snapshot = await this.desk.status({}, never)
      if (holds(snapshot)) return snapshot
      await pause(20, never)
    }
  }

  /** Everything that was sold has been delivered. */
  async delivered(count: number): Promise<void> {
    await this.statusWhere(({ outbox }) => outbox.accepted === count && outbox.waiting === 0)
  }

  lose(...names: readonly string[]): void {
    for (const name of names) rmSync(join(this.stateDir, name), { force: true, recursive: true })
  }

  loseOutbox(): void {
    this.lose('outbox.db', 'outbox.db-wal', 'outbox.db-shm')
  }

  /** What a command is given; what it prints stands in `out`. */
  context(): Context & { readonly out: PassThrough } {
    const out = new PassThrough()
    const language = 'en' as const
    return {
      ...{ environment, language, configPath: this.configPath, out },
      ...{ input: process.stdin, interactive: false, signal: never },
    }
  }

  async #close(): Promise<void> {
    await this.stop()
    await this.register[Symbol.asyncDispose]()
    await this.bitrix[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
