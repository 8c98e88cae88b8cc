/**
 * The talk over v1 frames, the host's side of appendix 3 («Протокол работы ККТ с ФН» 1.17).
 *
 * Every question begins with ENQ, for on a line that the till uses too the register may hold an answer that
 * nobody took: NAK = ready, ACK = an answer is coming. Such an answer is ours only when we have a question out
 * and its opcode is the same; otherwise it is acknowledged and thrown away. When a question was sent and ENQ says
 * "ready", its answer is lost: a question that moves no cursor is asked again, the other ends as `AnswerLost`.
 */
import { concat } from '../bytes.ts'
import type { Line } from '../contract.ts'
import { Ear } from './ear.ts'
import { AnswerLost, type Carried, type Carrier, garbled, silent } from './exchange.ts'
import { ACK, ENQ, longestFrame, NAK, STRAY, STX, takeFrame, wrapFrame } from './frame.ts'

/** Time limits of the talk, in milliseconds, and how often anything is tried (10 by the specification). */
export interface Timing {
  /** Between two bytes of one frame: 100 is enough on serial, networks need 1000. */
  readonly byteTimeoutMs: number
  /** For ACK or NAK. */
  readonly controlTimeoutMs: number
  /** The longest wait for an answer; shorter limits of single commands stay. */
  readonly answerTimeoutMs: number
  /** How long the line must be still before we speak again after disorder. */
  readonly stillMs: number
  readonly tries: number
}

/** A listener that takes longer than this many answer limits is taken for dead. */
const patience = 2

type Heard =
  | { readonly kind: 'frame'; readonly payload: Uint8Array; readonly doubtful: boolean }
  | { readonly kind: 'silent' }
  | { readonly kind: 'garbled' }

export class StandardTalk implements Carrier {
  readonly #line: Line
  readonly #ear: Ear
  readonly #timing: Timing
  /** The last exchange ended cleanly, so that nothing but a stray byte can be under way. */
  #settled = false

  constructor(line: Line, timing: Timing) {
    this.#line = line
    this.#ear = new Ear(line)
    this.#timing = timing
  }

  async carry(request: Carried, signal: AbortSignal): Promise<Uint8Array> {
    const settled = this.#settled
    this.#settled = false
    this.#ear.heard = new Uint8Array()
    if (!settled) await this.forget(signal)
    const carriage = new Carriage(this, request, this.#timing)
    const answer = await carriage.run(signal)
    this.#settled = carriage.rounds === 1
    return answer
  }

  write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#line.write(bytes, signal)
  }

  /** `ready` to take a command, `answering` an earlier one, `silent`, or `odd`: some other byte. */
  async enquire(signal: AbortSignal): Promise<'ready' | 'answering' | 'silent' | 'odd'> {
    await this.write(Uint8Array.of(ENQ), signal)
    const byte = await this.#control(() => true, signal)
    if (byte === null) return 'silent'
    if (byte === NAK) return 'ready'
    if (byte === ACK) return 'answering'
    await this.forget(signal)
    return 'odd'
  }

  /** What became of a frame: `taken`, `refused` as corrupted, or nobody knows. */
  async send(frame: Uint8Array, signal: AbortSignal): Promise<'taken' | 'refused' | 'unknown'> {
    await this.write(frame, signal)
    let odd = false
    const byte = await this.#control((heard) => {
      if (heard === ACK || heard === NAK || heard === STX) return true
      odd = true
      return false
    }, signal)
    if (byte === null) return 'unknown'
    // The ACK was lost and the answer has begun: give its first byte back.
    if (byte === STX) this.#ear.heard = concat(Uint8Array.of(STX), this.#ear.heard)
    // A NAK amid noise may be noise itself, and a command repeated for it would be executed twice.
    if (byte === NAK) return odd ? 'unknown' : 'refused'
    return 'taken'
  }

  /** The next byte that `wanted` accepts; others and the stray FF are skipped. Null when the time is over. */
  async #control(wanted: (byte: number) => boolean, signal: AbortSignal): Promise<number | null> {
    const until = performance.now() + this.#timing.controlTimeoutMs
    for (;;) {
      for (let i = 0; i < this.#ear.heard.length; i++) {
        const byte = this.#ear.heard[i] ?? STRAY
        if (byte === STRAY || !wanted(byte)) continue
        this.#ear.heard = this.#ear.heard.subarray(i + 1)
        return byte
      }
      this.#ear.heard = new Uint8Array()
      const left = until - performance.now()
      if (left <= 0 || !(await this.#ear.more(left, signal))) return null
    }
  }

  /**
   * One frame, or `silent` when none begins in `ms`. A damaged one is waited out and searched for a whole frame
   * behind a false STX; a frame found that way is `doubtful`.
   */
  async receive(ms: number, signal: AbortSignal): Promise<Heard> {
    const until = performance.now() + ms
    let doubtful = false
    let ended = false
    for (let received = 0; received < 8 * longestFrame; ) {
      const taken = takeFrame(this.#ear.heard)
      this.#ear.heard = taken.rest
      if (taken.kind === 'frame') return { kind: 'frame', payload: taken.payload, doubtful }
      if (taken.kind === 'garbled') doubtful = true
      if (taken.kind === 'garbled' || (ended && taken.rest.length > 0)) {
        if (taken.kind === 'incomplete') this.#ear.heard = taken.rest.subarray(1)
        continue
      }
      if (ended) return { kind: 'garbled' }
      const begun = doubtful || taken.rest.length > 0
      const before = this.#ear.heard.length
      const more = await this.#ear.more(
        begun ? this.#timing.byteTimeoutMs : until - performance.now(),
        signal,
      )
      received += this.#ear.heard.length - before
      if (!more && !begun) return { kind: 'silent' }
      ended = !more
      doubtful ||= ended
    }
    this.#ear.heard = new Uint8Array()
    return { kind: 'garbled' }
  }

  /** Waits for stillness: a reply to an ENQ that was given up may still come and must not be taken for another. */
  forget(signal: AbortSignal): Promise<void> {
    return this.#ear.settle(this.#timing.stillMs, signal)
  }
}

/** One request on its way: what was tried, and whether the register may have executed it. */
class Carriage {
  /** One when all went well; more mean that a late reply to any of them may still be under way. */
  rounds = 0
  readonly #talk: StandardTalk
  readonly #request: Carried
  readonly #timing: Timing
  readonly #frame: Uint8Array
  /** It was written, so an answer with its opcode is ours. */
  #sent = false
  /** It was written and not refused: the register may have executed it. */
  #inDoubt = false
  #heardSomething = false
  #patience = patience
  #late = false

  constructor(talk: StandardTalk, request: Carried, timing: Timing) {
    this.#talk = talk
    this.#request = request
    this.#timing = timing
    this.#frame = wrapFrame(request.payload)
  }

  async run(signal: AbortSignal): Promise<Uint8Array> {
    while (this.rounds < this.#timing.tries && this.#patience > 0) {
      this.rounds++
      const answer = await this.#round(signal)
      if (answer !== null) return answer
    }
    throw this.#heardSomething ? garbled(this.#request.code) : silent(this.#request.code, 'v1')
  }

  /** From ENQ to an answer; null when this round brought none. */
  async #round(signal: AbortSignal): Promise<Uint8Array | null> {
    const state = await this.#talk.enquire(signal)
    if (state === 'silent' || state === 'odd') {
      this.#late ||= state === 'silent'
      this.#heardSomething ||= state === 'odd'
      return null
    }
    if (state === 'ready' && !(await this.#send(signal))) return null
    return this.#receive(signal)
  }

  /** True when an answer is to be expected. */
  async #send(signal: AbortSignal): Promise<boolean> {
    if (this.#inDoubt && !this.#request.repeatable) throw new AnswerLost(this.#request.code)
    if (this.#late) await this.#talk.forget(signal)
    this.#late = false
    this.#sent = true
    const fate = await this.#talk.send(this.#frame, signal)
    // Refused as corrupted means not executed: even a command that moves a cursor may be sent again. The ENQ of
    // the next round makes sure: were that NAK a late reply, ENQ would now tell of an answer.
    if (fate === 'refused') this.#heardSomething = true
    else this.#inDoubt = true
    return fate === 'taken'
  }

  async #receive(signal: AbortSignal): Promise<Uint8Array | null> {
    const limit = Math.min(this.#request.timeoutMs, this.#timing.answerTimeoutMs)
    const heard = await this.#talk.receive(limit, signal)
    if (heard.kind === 'silent') {
      this.#patience--
      return null
    }
    this.#heardSomething = true
    const ours = heard.kind === 'frame' && this.#request.answers(heard.payload)
    if (heard.kind === 'garbled' || (heard.doubtful && !ours)) {
      // It will not repeat the answer by itself: NAK here, and the ENQ of the next round asks for it.
      await this.#talk.write(Uint8Array.of(NAK), signal)
      return null
    }
    await this.#talk.write(Uint8Array.of(ACK), signal)
    return ours && this.#sent ? heard.payload : null
  }
}
