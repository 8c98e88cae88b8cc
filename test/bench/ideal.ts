/**
 * The least a wire can carry for a document: the state, the short record, the opening and every portion to the end
 * mark, each asked once, no byte of it repeated and nobody thinking in between.
 */
import { le } from '../fakes/register/encoding.ts'
import { numberedFrame } from '../fakes/register/numberedwire.ts'
import type { SimulatedRegister } from '../fakes/register.ts'

export type Frames = 'v1' | 'v2'

/** One question and its answer: opcode and data, without any frame. */
export interface Asked {
  readonly question: Uint8Array
  readonly answer: Uint8Array
}

/** Start bit, eight bits, stop bit. */
const bitsAByte = 10
/** The longest answer that a frame of either kind holds in the simulated register. */
const room = { v1: 255, v2: 4_096 }
const operator = le(1, 4)
const administrator = le(30, 4)

/** ENQ and NAK; STX, length, question, LRC and ACK; STX, length, answer, LRC and ACK (protocol 1.17, appendix 3). */
export function standardBytes({ question, answer }: Asked): number {
  return 2 + (question.length + 3) + 1 + (answer.length + 3) + 1
}

/** A frame there and a frame back under one number, with what stuffing adds. There is no ENQ, so none is allowed for. */
export function numberedBytes({ question, answer }: Asked, number: number): number {
  return numberedFrame(number, question).length + numberedFrame(number, answer).length
}

/** Seconds that so many bytes take, one after the other: only one side speaks at a time. */
export function wireSeconds(bytes: number, baud: number): number {
  return (bytes * bitsAByte) / baud
}

/** What has to be asked for one document; throws when the register refuses any of it. */
export function exchangesOf(register: SimulatedRegister, number: number, frames: Frames): Asked[] {
  const ask = (question: Uint8Array): Asked => ({
    question,
    answer: register.answer(question, room[frames]),
  })
  const state = ask(Uint8Array.of(0x10, ...operator))
  const record = ask(Uint8Array.of(0xff, 0x0a, ...administrator, ...le(number, 4)))
  const opened = ask(Uint8Array.of(0xff, 0x3a, ...administrator, ...le(number, 4)))
  for (const { answer } of [state, record, opened]) {
    const error = answer[answer[0] === 0xff ? 2 : 1]
    if (error !== 0) throw new Error(`document ${number} is refused with ${error}`)
  }
  const portions: Asked[] = []
  for (let error = 0; error === 0; ) {
    const portion = ask(Uint8Array.of(0xff, 0x3b, ...administrator))
    portions.push(portion)
    error = portion.answer[2] ?? 0
  }
  return [state, record, opened, ...portions]
}

/** Bytes for the documents from `first` to `last`. */
export function idealBytes(register: SimulatedRegister, first: number, last: number, frames: Frames): number {
  let bytes = 0
  let asked = 0
  for (let number = first; number <= last; number++)
    for (const exchange of exchangesOf(register, number, frames))
      bytes += frames === 'v1' ? standardBytes(exchange) : numberedBytes(exchange, ++asked % 65_536)
  return bytes
}
