/**
 * The real pieces on one bench: the outbox on a real file, the dispatcher with its real webhook, and a receiver that
 * answers when told. The process "dies" by taking a copy of the file at that very moment and throwing all else away.
 */
import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
// The first post would wait for it to be read from the disk, and `quiet` counts rounds.
import 'got'
import { Dispatch } from '../../agent/dispatch.ts'
import { decodeBody } from '../../agent/fiscal/decode.ts'
import { openLog } from '../../agent/log.ts'
import { type DocumentKey, eventId, type Outbox, type OutboxCounts } from '../../agent/outbox.ts'
import { type Database, openDatabase } from '../../agent/store/database.ts'
import { SqliteOutbox } from '../../agent/store/sqlite.ts'
import { drives, sendsAll, tills } from './documents.ts'
import { Crashed, FaultyDisk } from './faults.ts'
import { Site } from './site.ts'

export const pace = {
  retryFirstMs: 1_000,
  retryLongestMs: 300_000,
  probe: { firstMs: 10_000, longestMs: 600_000 },
  breaker: { failures: 3, firstMs: 1_000, longestMs: 30_000, longestHoldMs: 3_600_000, widenAfter: 50 },
  shutdownMs: 0,
}

export const t0 = Date.parse('2026-08-21T10:00:00Z')
const secretOf = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`
const secrets = { 'shop-12/till-1': secretOf(1), 'shop-12/till-2': secretOf(2) } as const
/** After so long a bench that never comes to rest is a failure of its own; rounds are no measure of a busy machine. */
const patienceMs = 60_000

/** A write of the dispatcher or of a person that failed; `after`: what it wrote is there all the same. */
export interface Failed {
  readonly verb: string
  readonly key: string | null
  readonly after: boolean
  readonly error: unknown
}

/** Power is not cut here, so a file in memory will do and is much faster. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const writing = new Set(['keepDocument', 'keepDocuments', 'settle', 'replay', 'maskOlder', 'emptyOlder'])

export class Rig implements AsyncDisposable {
  readonly site: Site
  readonly disk: FaultyDisk
  readonly lanes: number
  now = t0
  /** The process was killed by a fault and has not been started again. */
  dead = false
  readonly failed: Failed[] = []
  /** Keys whose outcome is written, since somebody looked. */
  readonly settled: string[] = []
  /** Registers whose tests found the way still stopped, since somebody looked. */
  readonly testsFailed: string[] = []
  readonly #folder = mkdtempSync(join(memory, 'model-'))
  readonly #random: () => number
  #generation = 0
  #instance = ''
  #database: Database | null = null
  #plain: Outbox | null = null
  #outbox: Outbox | null = null
  #dispatch: Dispatch | null = null
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #bug: unknown = null
  #beats = 0
  #stirs = 0
  #testsUnderWay = 0

  constructor(lanes: number, random: () => number) {
    this.lanes = lanes
    this.#random = random
    this.site = new Site(secrets, () => this.now)
    this.disk = new FaultyDisk(() => this.#die())
  }

  get outbox(): Outbox {
    if (this.#outbox === null) throw new Error('nothing is open')
    return this.#outbox
  }

  /** What SQLite says of `synchronous`: 2 is FULL. */
  get synchronous(): unknown {
    return this.#database?.pragma('synchronous', { simple: true })
  }

  get dispatch(): Dispatch {
    if (this.#dispatch === null) throw new Error('nothing is open')
    return this.#dispatch
  }

  /** As the outbox tells them, without being taken for the beginning of an attempt. */
  countsOf(register?: string): OutboxCounts {
    if (this.#plain === null) throw new Error('nothing is open')
    return this.#plain.counts(register)
  }

  /** Starts the process on the file as it is. */
  begin(): void {
    this.dead = false
    const database = openDatabase(this.#path)
    this.#database = database
    this.#plain = new SqliteOutbox(this.disk.around(database), (why) => {
      throw new Error(`the file was condemned: ${why}`)
    })
    this.#outbox = this.#watched(this.#plain)
    for (const { storage, till, first, debug } of drives)
      this.#outbox.beginStorage({
        ...{ storage, register: till, first, debug },
        ...{ why: 'first', serial: '0141870012176301', inn: null, address: null, seenAt: t0 },
      })
    this.#stopping = new AbortController()
    this.#testsUnderWay = 0
    this.#instance = randomUUID()
    this.site.sender = this.#instance
    this.#dispatch = this.#newDispatch(this.#outbox)
    this.#running = this.#dispatch.run(this.#stopping.signal).catch((error: unknown) => {
      if (!(error instanceof Crashed)) this.#bug ??= error
    })
  }

  /** Ends the process: stopped in good order, or killed (its file is what it was at that moment). */
  async end(how: 'stopped' | 'killed'): Promise<void> {
    if (how === 'killed' && !this.dead) this.#die()
    this.#stopping.abort()
    await this.#running
    this.#database?.close()
    this.#database = null
    this.disk.arm(null)
    if (how === 'killed') this.#generation++
    this.#throwBug()
  }

  /** A new file, for an import; the old one stays where it is. */
  moveHouse(): void {
    this.#generation++
  }

  /** The disk has not one page left for the database, or enough again. */
  setFull(isFull: boolean): void {
    const pages = Number(this.#database?.pragma('page_count', { simple: true }))
    this.#database?.pragma(`max_page_count = ${isFull ? pages : 1_000_000}`)
  }

  /** Resolves when whatever could be done at this hour is done: all that is under way waits for the receiver. */
  async quiet(): Promise<void> {
    for (const end = performance.now() + patienceMs; !this.dead; ) {
      if (performance.now() > end) throw new Error('it never comes to rest')
      const stirs = this.#stirs
      const beats = this.#beats
      this.dispatch.nudge()
      while (this.#beats === beats && !this.dead && this.#bug === null) await setImmediate()
      await setImmediate()
      this.#throwBug()
      const active = this.dispatch.view().underWay + this.#testsUnderWay
      if (active === this.site.held.length && stirs === this.#stirs) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#running
    this.#database?.close()
    await this.site[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #path(): string {
    return this.#pathOf(this.#generation)
  }

  #pathOf(generation: number): string {
    return join(this.#folder, String(generation), 'outbox.db')
  }

  /** The file and its log as they are now, half a transaction included, become the next generation. */
  #die(): void {
    this.dead = true
    mkdirSync(join(this.#folder, String(this.#generation + 1)))
    const next = this.#pathOf(this.#generation + 1)
    for (const part of ['', '-wal'])
      if (existsSync(this.#path + part)) copyFileSync(this.#path + part, next + part)
  }

  #throwBug(): void {
    if (this.#bug !== null) throw this.#bug
  }

  #newDispatch(outbox: Outbox): Dispatch {
    const way = (register: (typeof tills)[number]) => ({
      register,
      store: 'shop-12',
      secrets: [secrets[`shop-12/${register}`]],
      sendAll: sendsAll[register],
    })
    const times = { connectMs: 20_000, answerMs: 60_000, totalMs: 60_000 }
    return new Dispatch({
      outbox,
      destinations: [
        {
          ...{ url: this.site.url, proxy: null, ca: null, pinnedKeys: [], lanes: this.lanes },
          ...times,
          ways: tills.map(way),
        },
      ],
      zone: 'Europe/Moscow',
      understand: ({ type, bytes }) => decodeBody(type ?? 0, bytes ?? new Uint8Array()),
      allowDebugDrive: false,
      version: '0.1.0',
      instance: this.#instance,
      log: openLog('info', new Writable({ write: (line, _, done) => done(this.#heard(String(line))) })),
      clock: () => this.now,
      random: this.#random,
      beat: () => void this.#beats++,
      limits: pace,
    })
  }

  /** The log is the only place where the end of a test is told. */
  #heard(line: string): undefined {
    const { msg, register } = JSON.parse(line)
    if (msg !== 'the way is still stopped' && msg !== 'the way is open again') return
    this.#testsUnderWay--
    this.#stirs++
    if (msg === 'the way is still stopped') this.testsFailed.push(String(register))
  }

  /** The same outbox: dead once the process is, telling of every attempt that begins and of every write that failed. */
  #watched(outbox: Outbox): Outbox {
    let preparing = false
    const noteRead = (verb: string, values: readonly unknown[]) => {
      // An attempt begins by counting what waits; before a document it was prepared, before a test nothing was.
      if (verb === 'counts' && values.length === 1) {
        this.#stirs++
        if (!preparing) this.#testsUnderWay++
      }
      preparing = verb === 'storages'
    }
    return new Proxy(outbox, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        return (...values: unknown[]) => {
          if (this.dead) throw new Crashed('the process was killed')
          noteRead(name, values)
          return writing.has(name)
            ? this.#write(name, values, () => member.apply(target, values))
            : member.apply(target, values)
        }
      },
    })
  }

  #write(verb: string, [what]: readonly unknown[], write: () => unknown): unknown {
    this.#stirs++
    const before = this.disk.strikes
    const key = isKey(what) ? eventId(what) : null
    let written = true
    try {
      return write()
    } catch (error) {
      const { strikes, struck } = this.disk
      written = strikes > before && struck?.point === 'afterCommit'
      this.failed.push({ verb, key, after: written, error })
      throw error
    } finally {
      if (verb === 'settle' && key !== null && written) this.settled.push(key)
    }
  }
}

function isKey(value: unknown): value is DocumentKey {
  return typeof value === 'object' && value !== null && 'storage' in value && 'number' in value
}
