/**
 * A receiver such as stands on a site: a real HTTP(S) server that checks signatures, books stock in memory exactly
 * once by key, and can misbehave in every way that hostings, proxies and networks do. Also the demo's sample
 * receiver; with a ledger file it may be killed at any moment and lose nothing.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { type Body, take, type Verdict } from './bitrix/booking.ts'
import { ledgerAnswer } from './bitrix/inquiry.ts'
import { Ledger } from './bitrix/ledger.ts'
import { isGenuine } from './bitrix/signature.ts'
import { type KeptPort, keepPort } from './ports.ts'

/** What the receiver does with a request; everything but the first three is a fault of the world. */
export type Behaviour =
  | 'accept'
  | 'park'
  | 'ignore'
  /** Books and breaks the connection before the answer. */
  | 'forget'
  /** 200 with a page, as a hosting's placeholder does. */
  | 'html'
  /** The right answer without Content-Type. */
  | 'untyped'
  | 'redirect'
  /** 200 and bytes without end. */
  | 'endless'
  /** 200 and a byte now and then. */
  | 'slow'
  | 'reset'
  | 'hang'
  /** Acknowledges another document. */
  | 'wrongKey'
  /** Keeps it and sets it aside, for these reasons. */
  | { readonly park: readonly string[] }
  /** Books, and answers so much later: what a site far away and a busy Bitrix take. */
  | { readonly afterMs: number }
  /** Refuses with this status, headers and JSON body. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }

/** One request as it came, judged. */
export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly genuine: boolean
  readonly type: string
}

export interface BitrixOptions {
  /** `<store>/<name>` → its `whsec_…` secrets. */
  readonly secrets: Readonly<Record<string, readonly string[]>>
  readonly port?: number
  /** A file that survives the process. */
  readonly ledger?: string
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly clock?: () => number
}

/** What the receiver saw, counted by itself. */
export interface BitrixCounts {
  /** Genuine requests with a document, repeats included. */
  readonly deliveries: number
  readonly duplicates: number
  readonly booked: number
  readonly parked: number
  readonly ignored: number
  /** Keys that moved stock more than once. */
  readonly twice: number
}

/** Opens the server on loopback. */
export async function openBitrix(options: BitrixOptions): Promise<Bitrix> {
  const bitrix = new Bitrix(options)
  await bitrix.up()
  return bitrix
}

export class Bitrix implements AsyncDisposable {
  readonly received: Received[] = []
  /** Heartbeats and questions about the ledger; they are no part of `received`. */
  readonly asides: Received[] = []
  /** Decides for each genuine request; set it to whatever the test needs. */
  behave: (received: Received) => Behaviour = () => 'accept'
  /** The same for heartbeats and questions about the ledger. */
  behaveAside: (received: Received) => Behaviour = () => 'accept'
  /** Who it says it is. */
  host = 'shop.example'
  /** How many ranges one answer about the ledger holds. */
  ledgerPiece = 1_000
  #ledger: Ledger
  readonly #options: BitrixOptions
  readonly #sockets = new Set<Socket>()
  readonly #waiters = new Set<() => void>()
  #server: ReturnType<typeof createServer> | null = null
  #port: number
  #kept: KeptPort | null = null
  #deliveries = 0
  #duplicates = 0

  constructor(options: BitrixOptions) {
    this.#options = options
    this.#port = options.port ?? 0
    this.#ledger = new Ledger(options.ledger ?? null)
  }

  get ledger(): Ledger {
    return this.#ledger
  }

  /** As after a new installation on the site: an empty ledger with another id. */
  reinstall(): void {
    this.#ledger[Symbol.dispose]()
    this.#ledger = new Ledger(null)
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://localhost:${this.#port}/sale.php`
  }

  get port(): number {
    return this.#port
  }

  /** Every distinct TCP connection so far that is still open. */
  get connections(): number {
    return this.#sockets.size
  }

  counts(): BitrixCounts {
    const states = [...this.ledger.entries.values()].map(({ state }) => state)
    const count = (wanted: string) => states.filter((state) => state === wanted).length
    return {
      deliveries: this.#deliveries,
      duplicates: this.#duplicates,
      booked: count('booked'),
      parked: count('parked'),
      ignored: count('ignored'),
      twice: this.ledger.twice.size,
    }
  }

  /** Resolves once `holds` is true, looking after every request. */
  async until(holds: (bitrix: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#waiters.add(resolve))
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    const { tls } = this.#options
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response)
    const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    if (this.#port === 0) {
      this.#kept = await keepPort()
      this.#port = this.#kept.port
    }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#server = server
  }

  /** Closes the port and every connection. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.destroy()
    if (server !== null) await new Promise((resolve) => server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await this.#kept?.[Symbol.asyncDispose]()
    this.ledger[Symbol.dispose]()
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      this.#judge(request, response, Buffer.concat(chunks))
    } catch {
      response.destroy() // The sender went away in the middle of its request.
    } finally {
      for (const wake of this.#waiters) wake()
      this.#waiters.clear()
    }
  }

  #judge(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
    const { headers } = request
    const register = String(headers['chekpost-register'])
    const now = this.#options.clock?.() ?? Date.now()
    response.setHeader('date', new Date(now).toUTCString())
    const genuine = isGenuine(this.#options.secrets[register] ?? [], headers, bytes, now)
    const body = bytes.toString('utf8')
    const parsed = genuine ? bodyOf(body) : null
    const received = { id: String(headers['webhook-id']), headers, body, genuine, type: parsed?.type ?? '' }
    const isAside = parsed !== null && asides.has(parsed.type)
    if (isAside) this.asides.push(received)
    else this.received.push(received)
    if (request.method !== 'POST') send(response, { status: 405, answer: {} })
    else if (!genuine) send(response, { status: 401, answer: { error: 'signature' } })
    else if (parsed === null || parsed.eventId !== received.id || parsed.register.id !== register)
      send(response, { status: 400, answer: { error: 'body' } })
    else if (isAside) this.#answer(response, parsed, this.behaveAside(received))
    else {
      if (parsed.type !== 'pos.test') this.#deliveries++
      this.#answer(response, parsed, this.behave(received))
    }
  }

  #answer(response: ServerResponse, body: Body, behaviour: Behaviour): void {
    if (typeof behaviour === 'object' && 'afterMs' in behaviour) {
      setTimeout(() => send(response, this.#book(body, 'booked')), behaviour.afterMs)
      return
    }
    if (typeof behaviour === 'object' && 'park' in behaviour) {
      send(response, this.#book(body, 'parked', behaviour.park))
      return
    }
    if (typeof behaviour === 'object') {
      response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers })
      response.end(behaviour.body ?? '{}')
      return
    }
    const answers: Record<typeof behaviour, () => void> = {
      accept: () => send(response, this.#book(body, 'booked')),
      park: () => send(response, this.#book(body, 'parked')),
      ignore: () => send(response, this.#book(body, 'ignored')),
      forget: () => {
        this.#book(body, 'booked')
        response.socket?.resetAndDestroy()
      },
      untyped: () => response.writeHead(200).end(JSON.stringify(this.#book(body, 'booked').answer)),
      wrongKey: () =>
        send(response, { status: 200, answer: { eventId: 'FN0000000000000000-FD1', state: 'booked' } }),
      html: () => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
      redirect: () => response.writeHead(302, { location: `${this.url}?again` }).end(),
      endless: () => flood(response),
      slow: () => drip(response),
      reset: () => response.socket?.resetAndDestroy(),
      hang: () => undefined,
    }
    answers[behaviour]()
  }

  #book(body: Body, want: 'booked' | 'parked' | 'ignored', why?: readonly string[]): Verdict {
    if (body.type === 'pos.ledger') return ledgerAnswer(body, this.#ledger, this.host, this.ledgerPiece)
    const verdict = take(body, this.#ledger, want, { host: this.host, why })
    if (verdict.answer['duplicate'] === true) this.#duplicates++
    return verdict
  }
}

const asides = new Set(['pos.heartbeat', 'pos.ledger'])

function bodyOf(text: string): Body | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && 'eventId' in parsed && 'register' in parsed
      ? (parsed as Body)
      : null
  } catch {
    return null
  }
}

function send(response: ServerResponse, { status, answer }: Verdict): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(answer))
}

function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  }
  response.on('drain', more)
  more()
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const next = () => {
    if (response.destroyed) return
    response.write(' ')
    setTimeout(next, 20).unref()
  }
  next()
}
