/**
 * One signed POST and whatever came back.
 *
 * The clock rule: a shop's PC may have lost its battery. On 401 with a `Date` more than two minutes away, from a
 * peer that proved itself by certificate, the request is signed again with the receiver's clock at once; the offset
 * is shown red and used until the local clock agrees again.
 */
import { httpDate, type Reading } from './answer.ts'
import { type Answer, Post, type PostOptions } from './post.ts'
import { sign } from './sign.ts'
import { readTrouble } from './trouble.ts'

/** What is sent in one attempt. */
export interface Message {
  readonly eventId: string
  /** `<store>/<name>` */
  readonly register: string
  /** JSON text: the same on every attempt. */
  readonly body: string
  readonly keys: readonly Uint8Array[]
  /** What differs from attempt to attempt. */
  readonly circumstances: Circumstances
}

/** Not part of the body, and never to be booked by: for the receiver's own status page. */
export interface Circumstances {
  readonly version: string
  /** Tells two installations apart that claim to be the same register. */
  readonly instance: string
  /** From 1. */
  readonly attempt: number
  readonly replay: boolean
  /** Documents of this register that still wait, this one included. */
  readonly waiting: number
  /** Seconds since the oldest waiting one was read. */
  readonly oldestSeconds: number
}

/** An answer and when it came, or why there was none. */
export type Exchange =
  | { readonly answer: Answer; readonly at: number; readonly trouble: null }
  | { readonly answer: null; readonly trouble: Reading }

/** Beyond this the two clocks disagree, milliseconds. */
const clockLimitMs = 120_000

/** One address that takes signed requests. */
export class SignedPost implements Disposable {
  readonly #post: Post
  readonly #clock: () => number
  #signOffsetMs = 0
  #offsetMs: number | null = null

  constructor(options: PostOptions, clock: () => number) {
    this.#post = new Post(options)
    this.#clock = clock
  }

  /** How far the receiver's clock is ahead of ours, when that is more than two minutes, else null. */
  get clockOffsetMs(): number | null {
    return this.#offsetMs
  }

  /** Never rejects for what the network or the receiver does; rejects with the signal's reason, or with a bug. */
  async send(message: Message, signal: AbortSignal): Promise<Exchange> {
    const signedWith = this.#signOffsetMs
    const first = await this.#once(message, signal)
    if (first.answer?.status !== 401 || !this.#adoptClock(signedWith)) return first
    return await this.#once(message, signal)
  }

  [Symbol.dispose](): void {
    this.#post[Symbol.dispose]()
  }

  async #once(message: Message, signal: AbortSignal): Promise<Exchange> {
    const body = Buffer.from(message.body, 'utf8')
    const seconds = Math.floor((this.#clock() + this.#signOffsetMs) / 1000)
    try {
      const headers = headersOf(message, body, seconds, this.#signOffsetMs)
      const answer = await this.#post.send(headers, body, signal)
      const at = this.#clock()
      this.#compareClocks(answer, at)
      return { answer, at, trouble: null }
    } catch (error) {
      if (signal.aborted) throw error
      const trouble = readTrouble(error)
      if (trouble === null) throw error
      return { answer: null, trouble }
    }
  }

  #compareClocks({ headers, proved }: Answer, now: number): void {
    const date = headers['date']
    const theirs = proved && typeof date === 'string' ? httpDate(date) : null
    if (theirs === null) return
    const offset = theirs - now
    const apart = Math.abs(offset) > clockLimitMs
    this.#offsetMs = apart ? offset : null
    if (!apart) this.#signOffsetMs = 0
  }

  /**
   * True when signing again may help: what was refused was signed with another offset than is right now. That is so
   * when the receiver's clock is far away, and when ours was put right since.
   */
  #adoptClock(signedWithMs: number): boolean {
    const offsetMs = this.#offsetMs ?? 0
    if (Math.abs(offsetMs - signedWithMs) <= clockLimitMs) return false
    this.#signOffsetMs = offsetMs
    return true
  }
}

function headersOf(message: Message, body: Buffer, seconds: number, signOffsetMs: number) {
  const { eventId, circumstances } = message
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': `chekpost/${circumstances.version}`,
    'webhook-id': eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': sign(message.keys, eventId, seconds, body),
    'idempotency-key': `"${eventId}"`,
    'chekpost-register': message.register,
    'chekpost-instance': circumstances.instance,
    'chekpost-version': circumstances.version,
    'chekpost-attempt': String(circumstances.attempt),
    'chekpost-waiting': String(circumstances.waiting),
    'chekpost-oldest': String(circumstances.oldestSeconds),
    ...(circumstances.replay ? { 'chekpost-replay': '1' } : {}),
    ...(signOffsetMs === 0 ? {} : { 'chekpost-clock-offset': String(Math.round(signOffsetMs / 1000)) }),
  }
}
