/**
 * A tap on a line: whoever wants hears what is said on it, and the latest pieces are remembered.
 *
 * It stands between the driver and every line of a register, so what it costs is paid with every byte: a piece is
 * remembered as it is, without a copy, and nothing is formatted here. A piece that arrived as a small part of a large
 * buffer is the exception: remembering it would keep the whole buffer alive.
 */
import type { Line } from '../contract.ts'

/** One piece as it went over the line; a mark without bytes says that a line was opened or closed. */
export interface Overheard {
  /** Milliseconds on the wall clock. */
  readonly at: number
  readonly way: '>' | '<' | 'opened' | 'closed'
  readonly bytes: Uint8Array
}

/** How many of the latest pieces are remembered: some hundred exchanges of v1. */
const remembered = 512
/** No piece of a cash register is longer; of a longer one the beginning is remembered. */
const longestPiece = 1024
const nothing = new Uint8Array()

export class Tap {
  readonly #clock: () => number
  readonly #listeners = new Set<(overheard: Overheard) => void>()
  readonly #ring: Overheard[] = []
  /** Where the oldest stands once the ring is full. */
  #next = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The same line, listened to. A piece to the register is noted before it is sent: its answer never precedes it. */
  over(line: Line): Line {
    this.#note('opened', nothing)
    return {
      write: (bytes, signal) => {
        this.#note('>', bytes)
        return line.write(bytes, signal)
      },
      read: async (signal) => {
        const bytes = await line.read(signal)
        this.#note('<', bytes)
        return bytes
      },
      [Symbol.asyncDispose]: () => {
        this.#note('closed', nothing)
        return line[Symbol.asyncDispose]()
      },
    }
  }

  /** Tells every piece from now on, as it passes; must be quick. One that throws hears nothing more. */
  listen(hear: (overheard: Overheard) => void): Disposable {
    const listener = (overheard: Overheard) => hear(overheard)
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** The latest pieces, oldest first. */
  latest(): Overheard[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }

  #note(way: Overheard['way'], bytes: Uint8Array): void {
    const overheard = { at: this.#clock(), way, bytes: keepable(bytes) }
    this.#ring[this.#next] = overheard
    this.#next = (this.#next + 1) % remembered
    for (const hear of this.#listeners)
      try {
        hear(overheard)
      } catch {
        // Whoever looks on must not end the talk.
        this.#listeners.delete(hear)
      }
  }
}

function keepable(bytes: Uint8Array): Uint8Array {
  if (bytes.length > longestPiece) return bytes.slice(0, longestPiece)
  return bytes.buffer.byteLength > 4 * longestPiece ? bytes.slice() : bytes
}
