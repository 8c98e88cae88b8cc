/**
 * The talk over v2 frames («Протокол работы ККТ с ФН» 1.16 and 1.17, the alternative low level).
 *
 * The register executes a command only under the number that follows the last executed one, and answers anything
 * else with its last answer under the last number. So the same frame under the same number is executed at most
 * once, however often it is sent, and silence is answered by sending it again. The count is the register's: it is
 * asked for with an empty frame (type I) and never assumed.
 *
 * All clients of the register share that count. A command of another client under our number leaves ours
 * undone, and the other way round; so whoever meets a number or an answer that is not its own steps back until the
 * count stands still. A command that moves a cursor is never sent under a second number: whether the stream still
 * stands where we left it is then unknown.
 */
import type { Line } from '../contract.ts'
import { pause } from '../deadline.ts'
import { commands } from './commands.ts'
import { Ear } from './ear.ts'
import { AnswerLost, type Carried, type Carrier, garbled, othersSpeak, silent } from './exchange.ts'
import { longestBody, takeFrame2, wrapFrame2 } from './frame2.ts'
import type { Timing } from './standardtalk.ts'
import { readOpcode } from './wire.ts'

/** How often a question is put again under a new number, and the count looked at (3 in the vendor's Java driver). */
const mostTries = 3
const numbers = 0x1_0000
/** Repeats of a question may each be answered; answers this far behind the count are such echoes. */
const oldestEcho = 16
const syncFrame = wrapFrame2({ kind: 'sync' })

/** The last executed command as the register tells it; `answer` is null when it has executed none since power-on. */
interface Told {
  readonly kind: 'told'
  readonly number: number
  readonly answer: Uint8Array | null
}
type Heard = Told | { readonly kind: 'silent' | 'garbled' }

export class NumberedTalk implements Carrier {
  readonly #line: Line
  readonly #timing: Timing
  readonly #ear: Ear
  /** The number of the last command, ours, after an exchange that ended well; null when it has to be asked for. */
  #last: number | null = null

  constructor(line: Line, timing: Timing) {
    this.#line = line
    this.#timing = timing
    this.#ear = new Ear(line)
  }

  async carry(request: Carried, signal: AbortSignal): Promise<Uint8Array> {
    const known = this.#last
    this.#last = null
    // Every visit begins with the state: there the count tells whether another client came by meanwhile.
    const visit = known === null || request.code === commands.shortStatus.code
    const last = visit ? await this.#join(known, request.code, signal) : known
    const { answer, number } = await this.#bring(request, last, signal)
    this.#last = number
    return answer
  }

  /**
   * Is a register there that speaks v2? `untouched`: it has executed nothing under any number since it was switched
   * on. Executes nothing.
   */
  async hail(signal: AbortSignal): Promise<'used' | 'untouched' | 'silent'> {
    for (let asked = 0; asked < mostTries; asked++) {
      await this.#line.write(syncFrame, signal)
      const heard = await this.#hear(this.#timing.controlTimeoutMs, null, signal)
      if (heard.kind === 'told') return heard.answer === null ? 'untouched' : 'used'
      // Something answered and was damaged: the choice is made, and asking again changes nothing.
      if (heard.kind === 'silent') break
      await this.#ear.settle(this.#timing.stillMs, signal)
    }
    return 'silent'
  }

  /** Puts the question until it is answered. Ends as `AnswerLost` rather than move a cursor twice. */
  async #bring(
    request: Carried,
    joined: number,
    signal: AbortSignal,
  ): Promise<{ answer: Uint8Array; number: number }> {
    let last = joined
    for (let round = 0; round < mostTries; round++) {
      const told = await this.#put(request, last, signal)
      const number = following(last)
      if (told.number === number && told.answer !== null && request.answers(told.answer))
        return { answer: told.answer, number }
      // The register has not executed it: the same frame goes again.
      if (told.number === last) continue
      if (!request.repeatable) throw readsStreams(told.answer) ? othersSpeak() : new AnswerLost(request.code)
      if (round + 1 === mostTries) throw othersSpeak()
      last = await this.#stillCount(told.number, request.code, signal)
    }
    throw garbled(request.code)
  }

  /** Sends the question under the number after `last` until the register says something about it. */
  async #put(request: Carried, last: number, signal: AbortSignal): Promise<Told> {
    const frame = wrapFrame2({ kind: 'message', number: following(last), payload: request.payload })
    const until = performance.now() + Math.min(request.timeoutMs, this.#timing.answerTimeoutMs)
    let waitMs = this.#timing.controlTimeoutMs
    for (let sent = 0; sent < this.#timing.tries; sent++) {
      const left = until - performance.now()
      if (left <= 0) break
      await this.#line.write(frame, signal)
      const heard = await this.#hear(Math.min(waitMs, left), last, signal)
      if (heard.kind === 'told') return heard
      if (heard.kind === 'garbled') await this.#ear.settle(this.#timing.stillMs, signal)
      // It may be at work still: it is given more time with each repeat.
      else waitMs *= 2
    }
    return this.#sync(request.code, signal)
  }

  /** The number to go on from. `known` is what the count should be when nobody else has spoken. */
  async #join(known: number | null, code: number, signal: AbortSignal): Promise<number> {
    if (known === null) await this.#ear.settle(this.#timing.stillMs, signal)
    const { number } = await this.#sync(code, signal)
    return number === known ? number : this.#stillCount(number, code, signal)
  }

  /** Waits, each time longer, until the count has not moved; throws `busy` when another client keeps moving it. */
  async #stillCount(seen: number, code: number, signal: AbortSignal): Promise<number> {
    let before = seen
    for (let look = 0; look < mostTries; look++) {
      await pause(this.#timing.stillMs * 2 ** look, signal)
      const { number } = await this.#sync(code, signal)
      if (number === before) return number
      before = number
    }
    throw othersSpeak()
  }

  /** Asks for the count and the last answer; executes nothing. */
  async #sync(code: number, signal: AbortSignal): Promise<Told> {
    let heardSomething = false
    for (let sent = 0; sent < this.#timing.tries; sent++) {
      await this.#line.write(syncFrame, signal)
      const heard = await this.#hear(this.#timing.controlTimeoutMs, null, signal)
      if (heard.kind === 'told') return heard
      heardSomething ||= heard.kind === 'garbled'
      if (heard.kind === 'garbled') await this.#ear.settle(this.#timing.stillMs, signal)
    }
    throw heardSomething ? garbled(code) : silent(code, 'v2')
  }

  /** The next frame that is not an echo of `last` or earlier; noise is passed over, and told when nothing follows. */
  async #hear(ms: number, last: number | null, signal: AbortSignal): Promise<Heard> {
    const until = performance.now() + ms
    let odd = false
    for (let received = 0; received < 2 * longestBody; ) {
      const taken = takeFrame2(this.#ear.heard)
      this.#ear.heard = taken.rest
      odd ||= taken.noise > 0 || taken.kind === 'garbled'
      if (taken.kind === 'garbled') continue
      if (taken.kind === 'frame') {
        const told = toldBy(taken.frame)
        if (told !== null && !isEcho(told.number, last)) return told
        continue
      }
      const begun = taken.rest.length > 0
      const left = begun || odd ? this.#timing.byteTimeoutMs : until - performance.now()
      const before = this.#ear.heard.length
      if (left <= 0 || !(await this.#ear.more(left, signal))) {
        this.#ear.heard = new Uint8Array()
        return { kind: begun || odd ? 'garbled' : 'silent' }
      }
      received += this.#ear.heard.length - before
    }
    return { kind: 'garbled' }
  }
}

function following(number: number): number {
  return (number + 1) % numbers
}

function isEcho(number: number, last: number | null): boolean {
  return last !== null && (last - number + numbers) % numbers < oldestEcho
}

/** An empty frame comes from hosts only: it is another client's, or our own on a line with echo. */
function toldBy(frame: Extract<ReturnType<typeof takeFrame2>, { kind: 'frame' }>['frame']): Told | null {
  if (frame.kind === 'sync') return null
  const answer = frame.kind === 'message' ? frame.payload : null
  return { kind: 'told', number: frame.number, answer }
}

const streamCodes: readonly (number | null)[] = [commands.openDocument.code, commands.documentPortion.code]

/** The other client reads documents too: the stream is its own now, and draining it would spoil its reading. */
function readsStreams(answer: Uint8Array | null): boolean {
  return answer !== null && streamCodes.includes(readOpcode(answer))
}
