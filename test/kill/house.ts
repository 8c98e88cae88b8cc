/** One shop in which the agent dies again and again: a scene is played, the agent dies in it, lives again, and all is counted. */
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { pause } from '../../drivers/index.ts'
import { openShop, type Shop, type ShopOptions } from '../demo/shop.ts'
import { isAtRest, lookAt, type Rest, type Wrongs, wrongsOf } from './account.ts'
import type { Scene } from './scenes.ts'
import { type Target, Victim } from './victim.ts'

/** How the register is reached. */
export type Line = 'tcp' | 'tcp-v2' | 'pty'
export const lanes = 4

/** What one death, or one scene without any, came to. */
export interface Run {
  readonly died: boolean
  /** From the start of the next process until everything is read and delivered; null when it did not die. */
  readonly drainedMs: number | null
  /** Repeats on the wire. */
  readonly repeats: number
  readonly wrongs: Wrongs
  /** How often each point was met; empty after a death. */
  readonly meetings: readonly number[]
}

const forEver = new AbortController().signal
const lookMs = 12
/** Far beyond what anything takes. */
const patienceMs = 60_000

/** A busy machine may keep an answer for a second; what is lost on purpose is not waited for much longer. */
const limits = { answerTimeoutMs: 3_000, stillMs: 20 }

function shopOn(line: Line, received: ShopOptions['received']): ShopOptions {
  const frames = line === 'tcp-v2' ? 'v2' : 'v1'
  return {
    tills: { 'till-1': { frames, config: { settings: { ...limits, frames } } } },
    line: line === 'pty' ? 'pty' : 'tcp',
    bitrix: { lanes },
    ...(received !== undefined && { received }),
  }
}

export class House implements AsyncDisposable {
  readonly shop: Shop
  readonly #program: string
  readonly #patienceMs: number
  readonly #jobs = new Set<Promise<unknown>>()
  readonly #onWire: { repeats: number }
  #victim: Victim
  #drives = 0
  #allowed = 0

  private constructor(shop: Shop, program: string, patience: number, onWire: { repeats: number }) {
    this.shop = shop
    this.#program = program
    this.#patienceMs = patience
    this.#onWire = onWire
    this.#victim = this.#spawn()
  }

  /** `patience`: how many milliseconds something that never comes to rest is waited for. */
  static async open(line: Line, program: string, patience = patienceMs): Promise<House> {
    const onWire = { repeats: 0 }
    const shop: Shop = await openShop(
      shopOn(line, ({ id, type }) => {
        if (type !== 'pos.test' && shop.bitrix.ledger.entries.has(id)) onWire.repeats++
      }),
    )
    shop.register().closeReceipt()
    const house = new House(shop, program, patience, onWire)
    await house.#untilRest()
    return house
  }

  get victim(): Victim {
    return this.#victim
  }

  get lives(): boolean {
    return this.#victim.ended === null
  }

  get rest(): Rest {
    return lookAt(this.shop.outboxPath)
  }

  /** The newest number of the drive in the register. */
  get newest(): number {
    return this.shop.register().documents.at(-1)?.number ?? 0
  }

  nextDrive(): string {
    this.#drives++
    return `92524403002${String(this.#drives).padStart(5, '0')}`
  }

  /** So many repeats on the wire were wanted. */
  mayRepeat(times: number): void {
    this.#allowed += times
  }

  /** Something that happens a moment after the scene began. */
  later(ms: number, act: () => unknown): void {
    const job = pause(ms, forEver).then(act)
    this.#jobs.add(job)
    void job.finally(() => this.#jobs.delete(job)).catch(() => undefined)
  }

  /** As after a new disk: nothing in the state directory is left. */
  forgetInstallation(): void {
    rmSync(this.shop.stateDir, { recursive: true, force: true })
  }

  /** An export of one document of a drive that was never here, delivered already. */
  foreignExport(): string {
    const [document] = this.shop.register().receipts
    const body = document?.body ?? new Uint8Array()
    const line = {
      fn: '9252440300777777',
      fd: this.newest,
      register: 'till-1',
      type: 3,
      format: 'tlv',
      readAt: Date.now(),
      summary: null,
      bytes: Buffer.from(body).toString('base64'),
      sha256: createHash('sha256').update(body).digest('hex'),
      masked: false,
      delivery: {
        ...{ state: 'accepted', attempts: 1, settledAt: Date.now(), outcome: 'accepted' },
        ...{ why: null, answer: null, replay: false },
      },
    }
    return [{ chekpost: 'outbox', version: 1 }, line, { documents: 1 }]
      .map((each) => JSON.stringify(each))
      .join('\n')
  }

  /** Plays the scene; with a target the agent dies at it, if it gets there. */
  async play(scene: Scene, target: Target | null): Promise<Run> {
    const before = this.#onWire.repeats
    this.#allowed = lanes
    const acting =
      scene.agent === 'working' ? await this.#duringWork(scene, target) : await this.#fromStart(scene, target)
    const calm = await this.#untilDeadOrRest(acting.done)
    const ending = this.#victim.ended
    const died = ending?.signal === 'SIGKILL'
    const meetings = died ? [] : difference(await this.#victim.counts(), acting.before)
    const drainedMs = ending === null ? null : await this.#liveAgain()
    const stuck = (!calm && !died) || !(await this.#sendParked())
    const repeats = this.#onWire.repeats - before
    const beyond = scene.anew ? 0 : repeats - this.#allowed
    const wrongs = wrongsOf(this.shop, beyond, stuck || drainedMs === Number.POSITIVE_INFINITY)
    return { died, drainedMs: died ? drainedMs : null, repeats, wrongs, meetings }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#jobs)
    await this.#victim.kill()
    await this.shop[Symbol.asyncDispose]()
  }

  async #duringWork(
    scene: Scene,
    target: Target | null,
  ): Promise<{ done: Promise<unknown>; before: readonly number[] }> {
    const before = target === null ? await this.#victim.counts() : []
    // What the scene does at once is done before the agent is armed: so the first meeting is one of this scene.
    const done = Promise.resolve(scene.act(this))
    if (target !== null) this.#victim.arm(target)
    return { done, before }
  }

  async #fromStart(
    scene: Scene,
    target: Target | null,
  ): Promise<{ done: Promise<unknown>; before: readonly number[] }> {
    await this.#victim.kill()
    const done = Promise.resolve(scene.act(this))
    this.#victim = this.#spawn(target)
    return { done, before: [] }
  }

  /** The world is whole again and the next process starts; returns how long it took, or infinity. */
  async #liveAgain(): Promise<number> {
    const { shop } = this
    shop.behaviour = 'accept'
    shop.register().corruptAnswers(0)
    shop.register().loseAnswers(0)
    if (!shop.isPlugged()) await shop.plugRegister()
    await shop.startReceiver()
    const began = performance.now()
    this.#victim = this.#spawn()
    return (await this.#untilRest()) ? performance.now() - began : Number.POSITIVE_INFINITY
  }

  /** A person sends once more what the site refused: then the account is the same as everywhere. */
  async #sendParked(): Promise<boolean> {
    this.shop.behaviour = 'accept'
    for (let tries = 0; tries < 3 && this.rest.parked > 0; tries++) {
      const selection = { state: 'parked' } as const
      await remoteDesk(join(this.shop.stateDir, 'control.sock'))
        .replay({ selection, who: 'shop', reason: 'sent once more' }, AbortSignal.timeout(5_000))
        .catch(() => pause(100, forEver))
      if (!(await this.#untilRest())) return false
    }
    return this.rest.parked === 0
  }

  #spawn(target: Target | null = null): Victim {
    const { configPath, folder } = this.shop
    return new Victim({
      ...{ program: this.#program, configPath, logPath: join(folder, 'victim.log') },
      ...(target !== null && { target }),
    })
  }

  /** False when patience ended first. */
  #untilRest(): Promise<boolean> {
    return this.#look(() => isAtRest(this.shop))
  }

  async #untilDeadOrRest(acting: Promise<unknown>): Promise<boolean> {
    let over = false
    // What a person asked of an agent that died stays unanswered.
    const acted = acting.catch(() => undefined).then(() => Promise.allSettled(this.#jobs))
    void acted.then(() => (over = true))
    return await this.#look(() => over && (!this.lives || isAtRest(this.shop)))
  }

  async #look(holds: () => boolean): Promise<boolean> {
    for (const end = performance.now() + this.#patienceMs; !holds(); await pause(lookMs, forEver))
      if (performance.now() > end) return false
    return true
  }
}

function difference(after: readonly number[], before: readonly number[]): number[] {
  return after.map((count, point) => count - (before[point] ?? 0))
}
