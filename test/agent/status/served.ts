/** The real page over a desk that knows one answer, and a client that sends any bytes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { pino } from 'pino'
import { parseConfig } from '../../../agent/config.ts'
import type { Desk } from '../../../agent/desk/desk.ts'
import type { Log } from '../../../agent/log.ts'
import type { Keys } from '../../../agent/status/gate.ts'
import { type Limits, usualLimits } from '../../../agent/status/listener.ts'
import { type PageOptions, servePage } from '../../../agent/status/server.ts'
import { Sessions } from '../../../agent/status/sessions.ts'
import type { Snapshot } from '../../../agent/status/snapshot.ts'
import { pause } from '../../../drivers/index.ts'
import { keepPort } from '../../fakes/ports.ts'
import { factsOf } from './facts.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ServedOptions {
  readonly desk?: Partial<Desk>
  readonly snapshot?: () => Snapshot
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  /** Then the page is asked as from another computer. */
  readonly password?: string
  /** In place of the keys that are there at once. */
  readonly keysOr?: (keys: Keys) => Keys
  readonly tell?: PageOptions['tell']
  /** Of the sessions. */
  readonly clock?: () => number
  readonly limits?: Partial<Limits>
  /** One that somebody else keeps. */
  readonly port?: number
}

const forEver = new AbortController().signal

export interface Served extends AsyncDisposable {
  readonly port: number
  /** What our own page sends in `Host`. */
  readonly host: string
  readonly origin: string
  readonly sessions: Sessions
  readonly log: readonly string[]
  /** Aborts when it is stopped. */
  readonly signal: AbortSignal
  /** A `Cookie` of somebody who is logged in. */
  cookie(): string
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** As our own page does it. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Whatever the bytes; resolves when the server closes the connection. */
  say(bytes: string): Promise<Answer>
  until(holds: () => boolean | Promise<boolean>): Promise<void>
  stop(): Promise<void>
}

export async function openServed(options: ServedOptions = {}): Promise<Served> {
  const kept = await keepPort()
  const port = options.port ?? kept.port
  const stateDir = mkdtempSync(join(tmpdir(), 'chekpost-page-'))
  const isFar = options.password !== undefined
  const host = isFar ? '127.0.0.1.nip.example' : '127.0.0.1'
  const page = { host: '127.0.0.1', port, hosts: [], tls: options.tls ?? null, passwordFile: null }
  const lines: string[] = []
  const log: Log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const password = options.password ?? null
  const sessions = new Sessions({
    stateDir,
    password,
    clock: options.clock ?? Date.now,
    lost: () => undefined,
  })
  const stop = new AbortController()
  const snapshot = options.snapshot ?? (() => factsOf().snapshot)
  const desk = { status: () => Promise.resolve(snapshot()), ...options.desk } as Desk
  const face = {
    desk,
    config: config(),
    clock: Date.now,
    listenWire: () => ({ [Symbol.dispose]: () => undefined }),
    lastTalk: () => [],
  }
  const serving = servePage(
    {
      page: isFar ? { ...page, host: '0.0.0.0', hosts: [host] } : page,
      keys: () => options.keysOr?.({ sessions, password }) ?? { sessions, password },
      ...{ face, log },
      ...(options.tell !== undefined && { tell: options.tell }),
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', body: 'chekpost_up 1\n' }),
      readiness: () => ({ ok: true, checks: [] }),
      limits: { ...usualLimits, ...options.limits },
    },
    stop.signal,
  )
  const origin = `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const say = (bytes: string) => exchange(port, options.tls !== undefined, bytes)
  const ask = (method: string, path: string, headers: Readonly<Record<string, string>>, body = '') => {
    const all = { host: `${host}:${port}`, connection: 'close', ...headers }
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    return say(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
  }
  const served: Served = {
    ...{ port, host: `${host}:${port}`, origin, sessions, log: lines, say, signal: stop.signal },
    cookie: () =>
      `${options.tls === undefined ? '' : '__Host-'}chekpost-${port}=${sessions.open('anna', 'token')}`,
    get: (path, headers = {}) => ask('GET', path, headers),
    post: (path, body, headers = {}) => {
      const json = JSON.stringify(body)
      const own = { origin, 'x-chekpost': '1', 'content-type': 'application/json' }
      return ask(
        'POST',
        path,
        { ...own, 'content-length': String(Buffer.byteLength(json)), ...headers },
        json,
      )
    },
    until: async (holds) => {
      while (!(await holds())) await pause(20, forEver)
    },
    stop: async () => {
      stop.abort()
      await serving
    },
    [Symbol.asyncDispose]: async () => {
      await served.stop()
      await kept[Symbol.asyncDispose]()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
  await served.until(() => lines.length > 0 || isServed(served))
  return served
}

async function isServed({ get }: Served): Promise<boolean> {
  return await get('/healthz').then(
    ({ status }) => status === 200,
    () => false,
  )
}

function config() {
  const register = { name: 'till-1', driver: 'shtrih', address: 'tcp:127.0.0.1:9' }
  const bitrix = { mode: 'webhook', url: 'https://shop.example/sale.php', secretFile: 'x' }
  const source = { store: 'shop', timezone: 'Europe/Moscow', registers: [register], bitrix }
  return parseConfig(JSON.stringify(source), 'chekpost.yaml')
}

function exchange(port: number, isTls: boolean, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : createConnection({ port, host: '127.0.0.1' })
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    let failure = new Error('closed without an answer')
    // Who answers before all was read may reset the connection behind the answer.
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      const answer = read(Buffer.concat(parts).toString('utf8'))
      if (answer === null) reject(failure)
      else resolve(answer)
    })
    socket.write(bytes)
  })
}

function read(text: string): Answer | null {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(first) ?? []
  if (status === undefined) return null
  const headers = lines.map((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const
  })
  return { status: Number(status), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}
