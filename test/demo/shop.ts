/**
 * A whole shop: simulated registers, the real agent as a process of its own, and the sample receiver, with verbs
 * for everything that may happen to them. It leaves nothing behind: no process, no socket, no folder.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { remoteDesk } from '../../agent/desk/remote.ts'
import type { Snapshot } from '../../agent/status/snapshot.ts'
import { pause } from '../../drivers/index.ts'
import { type Behaviour, type Bitrix, openBitrix, type Received } from '../fakes/bitrix.ts'
import { createRegister, type RegisterOptions, type SimulatedRegister } from '../fakes/register.ts'
import { AgentProcess, type Ending, type Printed, runCommand } from './agent.ts'
import { countKept, misbooked, readKept, type Tally, tallyOf } from './tally.ts'

/** One register of the shop and what its part of the config says beyond the usual. */
export interface TillOptions extends RegisterOptions {
  readonly config?: Readonly<Record<string, unknown>>
}

export interface ShopOptions {
  /** Default: one register, `till-1`. */
  readonly tills?: Readonly<Record<string, TillOptions>>
  readonly line?: 'tcp' | 'pty'
  /** What the config's `bitrix` says beyond address and secret. */
  readonly bitrix?: Readonly<Record<string, unknown>>
  /** What the config says beside that. */
  readonly config?: Readonly<Record<string, unknown>>
  /** As systemd would, so long after a death; default: never. */
  readonly restartMs?: number
  /** More words after `chekpost run`. */
  readonly words?: readonly string[]
  /** Words to Node itself, before the program. */
  readonly runtime?: readonly string[]
  readonly agentEnded?: (ending: Ending) => void
  /** Told of every genuine request before it is answered. */
  readonly received?: (received: Received) => void
}

interface Till {
  readonly name: string
  readonly register: SimulatedRegister
  address: string
  readonly config: Readonly<Record<string, unknown>>
}

const store = 'shop'
/** How long something that must come true may take; far beyond what it takes. */
const patienceMs = 150_000
const lookMs = 25
const forEver = new AbortController().signal

/** Opens registers and receiver and writes the config; the agent is not started yet. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-shop-'))
  const registers: SimulatedRegister[] = []
  try {
    const tills: Till[] = []
    for (const [index, [name, { config = {}, ...made }]] of Object.entries(
      options.tills ?? { 'till-1': {} },
    ).entries()) {
      const register = createRegister({ seed: index + 1, ...made })
      registers.push(register)
      const { address } =
        options.line === 'pty'
          ? await register.listenPty({ link: join(folder, name) })
          : await register.listenTcp()
      tills.push({ name, register, address, config })
    }
    const secrets = Object.fromEntries(tills.map(({ name }) => [`${store}/${name}`, [newSecret()]]))
    const bitrix = await openBitrix({ secrets, ledger: join(folder, 'ledger') })
    return new Shop(folder, tills, bitrix, secrets, options)
  } catch (error) {
    for (const register of registers) await register[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

export class Shop implements AsyncDisposable {
  readonly folder: string
  readonly stateDir: string
  readonly configPath: string
  readonly bitrix: Bitrix
  readonly agent: AgentProcess
  /** Every secret of this shop; none may ever be seen in a log. */
  readonly secrets: readonly string[]
  /** What the receiver does with everything that arrives, tests of the way included. */
  behaviour: Behaviour | ((received: Received) => Behaviour) = 'accept'
  readonly #unplugged = new Set<string>()
  #receiving = true
  readonly #tills: readonly Till[]
  readonly #sendsAll: boolean
  readonly #writeConfig: () => void

  constructor(
    folder: string,
    tills: readonly Till[],
    bitrix: Bitrix,
    secrets: Readonly<Record<string, readonly string[]>>,
    options: ShopOptions,
  ) {
    this.folder = folder
    this.stateDir = join(folder, 'state')
    this.configPath = join(folder, 'chekpost.yaml')
    this.bitrix = bitrix
    this.secrets = Object.values(secrets).flat()
    this.#tills = tills
    this.#sendsAll = options.bitrix?.['sendAll'] === true
    bitrix.behave = (received) => {
      options.received?.(received)
      return typeof this.behaviour === 'function' ? this.behaviour(received) : this.behaviour
    }
    this.#writeConfig = () => this.#configure(secrets, options)
    this.#writeConfig()
    this.agent = new AgentProcess({
      configPath: this.configPath,
      logPath: join(folder, 'agent.log'),
      restartMs: options.restartMs ?? null,
      words: options.words ?? [],
      runtime: options.runtime ?? [],
      ended: options.agentEnded ?? (() => undefined),
    })
  }

  /** A register by name; without one the first. */
  register(name = this.#first.name): SimulatedRegister {
    return this.#till(name).register
  }

  get registers(): readonly SimulatedRegister[] {
    return this.#tills.map(({ register }) => register)
  }

  get outboxPath(): string {
    return join(this.stateDir, 'outbox.db')
  }

  /** How the agent reaches the register. */
  address(name = this.#first.name): string {
    return this.#till(name).address
  }

  get #first(): Till {
    const [first] = this.#tills
    if (first === undefined) throw new Error('a shop without a register')
    return first
  }

  #till(name: string): Till {
    const till = this.#tills.find((each) => each.name === name)
    if (till === undefined) throw new Error(`the shop has no register ${name}`)
    return till
  }

  start(): void {
    this.agent.start()
  }

  /** SIGKILL, in the middle of whatever it does. */
  async killAgent(): Promise<void> {
    await this.agent.kill()
  }

  /** What systemd does after a death, without its pause. */
  async restartAgent(): Promise<void> {
    await this.agent.destroy()
    this.agent.start()
  }

  /** The site is reachable. */
  get receiving(): boolean {
    return this.#receiving
  }

  async stopReceiver(): Promise<void> {
    if (!this.#receiving) return
    this.#receiving = false
    await this.bitrix.down()
  }

  async startReceiver(): Promise<void> {
    if (this.#receiving) return
    await this.bitrix.up()
    this.#receiving = true
  }

  /** The cable of the register is in. */
  isPlugged(name = this.#first.name): boolean {
    return !this.#unplugged.has(name)
  }

  unplugRegister(name = this.#first.name): void {
    this.#unplugged.add(name)
    this.register(name).unplug()
  }

  async plugRegister(name = this.#first.name): Promise<void> {
    await this.register(name).plug()
    this.#unplugged.delete(name)
  }

  /** Each of the two answers at the other's address; the agent sees it when it is started again. */
  swapCables(one: string, other: string): void {
    const [a, b] = [this.#till(one), this.#till(other)]
    const { address } = a
    a.address = b.address
    b.address = address
    this.#writeConfig()
  }

  /** Everything that was broken is whole again; the agent runs. */
  async mend(): Promise<void> {
    for (const { name, register } of this.#tills) {
      register.silence(false)
      register.noise(0)
      register.loseAnswers(0)
      register.powerOn()
      if (!this.isPlugged(name)) await this.plugRegister(name)
    }
    this.behaviour = 'accept'
    await this.startReceiver()
    this.start()
  }

  /** `garbage`: every byte of it is overwritten in place, as a dying disk does; `removed`: the files are gone. */
  destroyDatabase(how: 'garbage' | 'removed'): void {
    for (const part of ['', '-wal', '-shm']) {
      const path = this.outboxPath + part
      if (!existsSync(path)) continue
      if (how === 'removed') rmSync(path)
      else overwrite(path)
    }
  }

  /** Loses `start.json`, which says where reading began. */
  loseStartFile(): void {
    rmSync(join(this.stateDir, 'start.json'), { force: true })
  }

  /** One command of the program with this shop's config. */
  async command(...words: readonly string[]): Promise<Printed> {
    return await runCommand([...words, '--config', this.configPath])
  }

  /** The running agent's own word of itself; null while nobody answers. */
  async status(): Promise<Snapshot | null> {
    const desk = remoteDesk(join(this.stateDir, 'control.sock'))
    return await desk.status({}, AbortSignal.timeout(5_000)).catch(() => null)
  }

  /** Resolves with the first status that fits. */
  async statusWhere(holds: (status: Snapshot) => boolean, what: string): Promise<Snapshot> {
    let last: Snapshot | null = null
    await this.until(async () => {
      last = await this.status()
      return last !== null && holds(last)
    }, what)
    if (last === null) throw new Error(what)
    return last
  }

  /** Looks again and again until it holds; rejects with everything known when it does not come true. */
  async until(
    holds: () => boolean | Promise<boolean>,
    what: string,
    limitMs = patienceMs,
    impatient = forEver,
  ): Promise<void> {
    const end = performance.now() + limitMs
    while (!(await holds())) {
      impatient.throwIfAborted()
      if (performance.now() > end) {
        const [tally, status] = [this.tally(), await this.status()]
        const tail = this.agent.log.split('\n').slice(-15).join('\n')
        throw new Error(`never: ${what}\n${JSON.stringify({ tally, status }, null, 1)}\n${tail}`)
      }
      await pause(lookMs, forEver)
    }
  }

  /** Every receipt is where it belongs and nothing is owed any more. */
  async waitUntilDrained(limitMs = patienceMs, impatient?: AbortSignal): Promise<void> {
    await this.until(() => this.isDrained(), 'drained', limitMs, impatient)
  }

  isDrained(): boolean {
    const closed = this.registers.reduce((all, { counters }) => all + counters.receipts, 0)
    const { receipts, waiting } = countKept(this.outboxPath)
    if (receipts < closed || waiting > 0) return false
    const { kept, lost } = this.tally()
    return kept === closed && lost === 0
  }

  tally(): Tally {
    return tallyOf(this.registers, readKept(this.outboxPath), this.bitrix.ledger, this.#sendsAll)
  }

  /** Keys booked otherwise than sold; empty unless something is very wrong. */
  misbooked(): string[] {
    return misbooked(this.registers, this.bitrix.ledger)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const register of this.registers) register.stopSelling()
    await this.agent.destroy()
    await this.bitrix[Symbol.asyncDispose]()
    for (const register of this.registers) await register[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** JSON is YAML. */
  #configure(secrets: Readonly<Record<string, readonly string[]>>, options: ShopOptions): void {
    const site = (name: string) => {
      const secretFile = join(this.folder, `${name}.secret`)
      writeFileSync(secretFile, `${secrets[`${store}/${name}`]?.join('\n')}\n`, { mode: 0o600 })
      return { url: this.bitrix.url, secretFile, ...options.bitrix }
    }
    const registers = this.#tills.map(({ name, address, config }) => ({
      name,
      driver: 'shtrih',
      address,
      from: 'first',
      pollSeconds: 0.2,
      quietSeconds: 0,
      bitrix: site(name),
      ...config,
    }))
    const config = {
      store,
      timezone: 'Europe/Moscow',
      stateDir: this.stateDir,
      registers,
      bitrix: registers[0]?.bitrix,
      status: { listen: null },
      ...options.config,
    }
    writeFileSync(this.configPath, JSON.stringify(config, null, 2), { mode: 0o600 })
  }
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, randomBytes(statSync(path).size), 0, undefined, 0)
  } finally {
    closeSync(file)
  }
}
