/** Sends one signed body and understands the answer. */
import { randomBytes } from 'node:crypto'
import { text } from '../text.ts'
import { type Reading, readOutcome } from './answer.ts'
import type { PostOptions } from './post.ts'
import type { Test } from './schema.ts'
import { type Message, SignedPost } from './signed.ts'

export type { Circumstances, Message } from './signed.ts'

/** An attempt and what came of it; `status` null = nobody answered. */
export interface Attempted extends Reading {
  readonly status: number | null
  /** The body of the answer as it came, cut; null when there was none. */
  readonly answer: string | null
}

/** So much of an answer is looked at later, UTF-16 units. */
const longestAnswer = 4096

/** A body that asks whether the way works; never booked. */
export function newTest(id: string, store: string): Test {
  const eventId = `TEST-${randomBytes(12).toString('hex')}`
  return { specVersion: '1', type: 'pos.test', eventId, register: { id }, store }
}

/** One receiver's address. */
export class Webhook implements Disposable {
  readonly #signed: SignedPost

  constructor(options: PostOptions, clock: () => number) {
    this.#signed = new SignedPost(options, clock)
  }

  /** How far the receiver's clock is ahead of ours, when that is more than two minutes, else null. */
  get clockOffsetMs(): number | null {
    return this.#signed.clockOffsetMs
  }

  /** Never rejects for what the network or the receiver does; rejects with the signal's reason, or with a bug. */
  async deliver(message: Message, signal: AbortSignal): Promise<Attempted> {
    const exchange = await this.#signed.send(message, signal)
    if (exchange.answer === null) return { ...exchange.trouble, status: null, answer: null }
    const { status, headers, body } = exchange.answer
    const reading = readOutcome(status, headers, body, message.eventId, exchange.at)
    const answer = body.slice(0, longestAnswer)
    return { ...reading, ...wrongClock(status, this.clockOffsetMs), status, answer }
  }

  [Symbol.dispose](): void {
    this.#signed[Symbol.dispose]()
  }
}

/** A signature refused by a receiver whose clock is far away has that for its hint. */
function wrongClock(status: number, offsetMs: number | null): Pick<Reading, 'hint'> | null {
  if (status !== 401 || offsetMs === null) return null
  const seconds = Math.round(offsetMs / 1000)
  return {
    hint: text(
      `Часы этого компьютера расходятся с сайтом на ${-seconds} с: поставьте верное время`,
      `This computer's clock is ${-seconds} s off the site's: set it right`,
    ),
  }
}
