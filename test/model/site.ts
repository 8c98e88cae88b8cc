/**
 * The receiver of the model: a real HTTP server that takes every request and answers none until it is told how. So
 * the moment between the booking and the answer can be held for as long as a crash needs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Body, take } from '../fakes/bitrix/booking.ts'
import { Ledger } from '../fakes/bitrix/ledger.ts'
import { isGenuine } from '../fakes/bitrix/signature.ts'
import { type KeptPort, keepPort } from '../fakes/ports.ts'
import type { AnswerClass } from './answers.ts'

/** One request that waits for its answer. */
export interface Held {
  readonly id: string
  /** `<store>/<name>`, as it was signed. */
  readonly register: string
  readonly body: string
  /** It came over a connection that had carried an answer before. */
  readonly reused: boolean
  readonly replay: boolean
  /** The ledger knew this key already. */
  readonly known: boolean
  readonly response: ServerResponse
}

export class Site implements AsyncDisposable {
  readonly ledger = new Ledger(null)
  readonly held: Held[] = []
  /** Every request since it was last looked at, in the order they came. */
  readonly arrived: Held[] = []
  /** Signed wrongly, or with a body that is not what its headers say. */
  readonly forged: string[] = []
  /** The process that is alive; what a dead one had still on the wire gets lost there. */
  sender = ''
  readonly #secrets: Readonly<Record<string, string>>
  readonly #clock: () => number
  readonly #sockets = new Map<Socket, number>()
  #server: ReturnType<typeof createServer> | null = null
  #kept: KeptPort | null = null

  constructor(secrets: Readonly<Record<string, string>>, clock: () => number) {
    this.#secrets = secrets
    this.#clock = clock
  }

  get url(): string {
    return `http://127.0.0.1:${this.#kept?.port}/sale.php`
  }

  get isUp(): boolean {
    return this.#server !== null
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => void this.#take(request, response))
    server.keepAliveTimeout = 0
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, 0)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#kept ??= await keepPort()
    const { port } = this.#kept
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#server = server
  }

  /** Closes the port; whoever waits for an answer gets none. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = null
    this.held.splice(0)
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy()
    if (server !== null) await new Promise((resolve) => server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
    await this.#kept?.[Symbol.asyncDispose]()
    this.ledger[Symbol.dispose]()
  }

  /** The sender is gone; `books` says which of what it had sent was booked all the same. */
  forsake(books: (held: Held) => boolean): void {
    for (const held of this.held.splice(0)) {
      if (books(held)) take(bodyOf(held), this.ledger, 'booked')
      held.response.destroy()
    }
  }

  /** Answers one held request; `retryAt` is for the classes that name a time. Returns what the ledger says of it now. */
  answer(held: Held, { how, books }: AnswerClass, retryAt: number): string | null {
    this.held.splice(this.held.indexOf(held), 1)
    const { response } = held
    const verdict = books === null ? null : take(bodyOf(held), this.ledger, books)
    const json = { 'content-type': 'application/json' }
    if (typeof how === 'object') {
      const { status, retryAfter, cut } = how
      const seconds = Math.round((retryAt - this.#clock()) / 1000)
      const value = retryAfter === 'date' ? new Date(retryAt).toUTCString() : String(seconds)
      const later = retryAfter === undefined ? {} : { 'retry-after': value }
      response.writeHead(status, { ...json, ...later, ...(cut ? { 'content-length': '100' } : {}) })
      if (cut) response.write('{', () => response.socket?.destroy())
      else response.end('{}')
      return null
    }
    const acknowledgement = JSON.stringify(verdict?.answer ?? {})
    const wrong = JSON.stringify({ eventId: 'FN0000000000000000-FD1', state: 'booked' })
    const ways = {
      verdict: () => response.writeHead(verdict?.status ?? 200, json).end(acknowledgement),
      untyped: () => response.writeHead(200).end(acknowledgement),
      html: () => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
      notJson: () => response.writeHead(200, json).end('<br />Warning: Undefined variable'),
      wrongKey: () => response.writeHead(200, json).end(wrong),
      half: () => {
        response.writeHead(200, { ...json, 'content-length': String(acknowledgement.length) })
        response.write(acknowledgement.slice(0, 20), () => response.socket?.destroy())
      },
      reset: () => response.socket?.resetAndDestroy(),
    }
    ways[how]()
    const state = verdict?.answer['state']
    return typeof state === 'string' ? state : null
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, socket } = request
    const served = this.#sockets.get(socket) ?? 0
    this.#sockets.set(socket, served + 1)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return // The sender went away in the middle of its request.
    }
    if (headers['chekpost-instance'] !== this.sender) return void response.destroy()
    const body = Buffer.concat(chunks)
    const register = String(headers['chekpost-register'])
    const id = String(headers['webhook-id'])
    const held: Held = {
      id,
      register,
      body: body.toString('utf8'),
      reused: served > 0,
      replay: headers['chekpost-replay'] === '1',
      known: this.ledger.entries.has(id),
      response,
    }
    const secret = this.#secrets[register]
    // Only the signature: the sender's clock leaps, the receiver's is not part of this.
    const signedAt = Number(headers['webhook-timestamp']) * 1000
    const genuine = isGenuine(secret === undefined ? [] : [secret], headers, body, signedAt)
    if (!genuine || bodyOf(held).eventId !== id || bodyOf(held).register.id !== register) this.forged.push(id)
    this.held.push(held)
    this.arrived.push(held)
  }
}

function bodyOf({ body }: Held): Body {
  return JSON.parse(body)
}
