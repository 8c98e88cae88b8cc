/** What both wire layers of the register have in common. */
import type { Unit } from './faults.ts'

/** How the register's side of the wire behaves. */
export interface WireManner {
  /** A gap longer than this inside a message drops what came of it. */
  readonly byteTimeoutMs: number
  /**
   * RNDIS models emit FF after the host's final ACK; seen in captures before the next control byte.
   * `afterAck` sends it at once, `beforeControl` keeps it until then, where no flushing helps.
   */
  readonly strayFf: 'never' | 'afterAck' | 'beforeControl'
  /** A whole new frame while an answer is undelivered: executed in its place, or not heard at all. */
  readonly newFrame: 'supersedes' | 'ignored'
  /** How long the register works on a command (code in hex, upper case). */
  readonly answerMs: (command: string) => number
}

export const usualWire: WireManner = {
  byteTimeoutMs: 100,
  strayFf: 'never',
  newFrame: 'supersedes',
  answerMs: () => 0,
}

/** What the wire is made of: the machine's ear and the way out. */
export interface WireEnds {
  execute(payload: Uint8Array): Uint8Array
  send(units: readonly Unit[]): void
  now(): number
}

/** One wire layer, register side. */
export interface Wire {
  receive(bytes: Uint8Array): void
  /** Power is gone: pending answers, counters and timers with it. */
  reset(): void
}

export const control = (byte: number): Unit => ({ kind: 'control', bytes: Uint8Array.of(byte) })
