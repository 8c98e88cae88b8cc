/**
 * A line between driver and simulated register on which a script of faults is played: bytes damaged, pieces lost,
 * doubled, held back, exchanged, answers of others slipped in, in both directions. The script is the fuzzer's input.
 */
import { concat } from '../../drivers/bytes.ts'
import type { Line } from '../../drivers/contract.ts'
import { ownLrc, v1FrameAt, v2FrameAt, v2Wrap } from './own.ts'

/** One fault: after how many more pieces it comes, of what kind, with what. */
interface Fault {
  readonly after: number
  readonly kind: number
  readonly a: number
  readonly b: number
}

const faultLength = 4

/** Faults out of bytes, four a fault; what is left over is none. */
export function faultsOf(script: Uint8Array): Fault[] {
  const faults: Fault[] = []
  for (let at = 0; at + faultLength <= script.length; at += faultLength) {
    const [after = 0, kind = 0, a = 0, b = 0] = script.subarray(at, at + faultLength)
    faults.push({ after: after % 64, kind: kind % kinds, a, b })
  }
  return faults
}

const kinds = 16

export class FaultyLine implements Line {
  /** What the register sent, and what of it arrived or seemed to: piece by piece. */
  readonly sent: Uint8Array[] = []
  readonly delivered: Uint8Array[] = []
  /** What the driver wrote. */
  readonly written: Uint8Array[] = []
  /** A command was changed on its way, and the register may have executed another. */
  changedCommands = 0
  readonly #inner: Line
  readonly #faults: Fault[]
  readonly #ready: Uint8Array[] = []
  #held: Uint8Array | null = null
  #wait: number
  #silence = 0

  constructor(inner: Line, faults: Fault[]) {
    this.#inner = inner
    this.#faults = faults
    this.#wait = faults[0]?.after ?? 0
  }

  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    this.written.push(bytes.slice())
    const fault = this.#due((kind) => kind >= 12)
    const changed = fault === null ? [bytes] : this.#changeCommand(bytes, fault)
    if (fault !== null) this.changedCommands++
    for (const piece of changed) await this.#inner.write(piece, signal)
  }

  async read(signal: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      const ready = this.#ready.shift()
      if (ready !== undefined) {
        this.delivered.push(ready)
        return ready
      }
      const piece = await this.#inner.read(signal)
      this.sent.push(piece)
      this.#ready.push(...this.#through(piece).filter(({ length }) => length > 0))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  /** The next fault when its time has come and it is one of those that can happen here. */
  #due(fits: (kind: number) => boolean): Fault | null {
    const [next] = this.#faults
    if (next === undefined || !fits(next.kind)) return null
    if (this.#wait-- > 0) return null
    this.#faults.shift()
    this.#wait = this.#faults[0]?.after ?? 0
    return next
  }

  #through(piece: Uint8Array): Uint8Array[] {
    if (this.#silence > 0) {
      this.#silence--
      return []
    }
    const fault = this.#due((kind) => kind < 12)
    const held = this.#held
    this.#held = null
    const now = fault === null ? [piece] : this.#spoil(piece, fault)
    return held === null ? now : [...now, held]
  }

  #spoil(piece: Uint8Array, { kind, a, b }: Fault): Uint8Array[] {
    const at = piece.length === 0 ? 0 : b % piece.length
    switch (kind) {
      case 0:
        return []
      case 1:
        return [piece.map((byte, i) => (i === at ? byte ^ (1 << (a % 8)) : byte))]
      case 2:
        return [piece.map((byte, i) => (i === at ? a : byte))]
      case 3:
        return [concat(piece.subarray(0, at), piece.subarray(at + 1 + (a % 8)))]
      case 4:
        return [concat(piece.subarray(0, at), Uint8Array.of(a), piece.subarray(at))]
      case 5:
        return [piece, piece]
      case 6:
        this.#held = piece
        return []
      case 7:
        return [this.sent.at(-2 - (b % 24)) ?? piece]
      case 8:
        return [Uint8Array.from({ length: 1 + (b % 16) }, (_, i) => a + i * b), piece]
      case 9:
        return [piece.subarray(0, at)]
      case 10:
        this.#silence = a % 12
        return []
      default:
        return [forged(piece, a, b)]
    }
  }

  #changeCommand(bytes: Uint8Array, { kind, a, b }: Fault): Uint8Array[] {
    const at = b % Math.max(1, bytes.length)
    if (kind === 12) return []
    if (kind === 13) return [bytes, bytes]
    if (kind === 14) return [bytes.subarray(0, at), bytes.subarray(at)]
    return [bytes.map((byte, i) => (i === at ? byte ^ (1 << (a % 8)) : byte))]
  }
}

/** The first frame with another byte inside and a checksum that is right again. */
function forged(piece: Uint8Array, a: number, b: number): Uint8Array {
  for (let at = 0; at < piece.length; at++) {
    const length = v1FrameAt(piece, at)
    if (length > 0) {
      const copy = piece.slice()
      const place = at + 2 + (b % (length - 3))
      copy[place] = a
      copy[at + length - 1] = ownLrc(copy.subarray(at + 1, at + length - 1))
      return copy
    }
    const numbered = v2FrameAt(piece, at)
    if (numbered === null || numbered.inner.length < 5) continue
    const inner = numbered.inner.slice()
    inner[4 + (b % (inner.length - 4))] = a
    return concat(piece.subarray(0, at), v2Wrap(inner), piece.subarray(numbered.end))
  }
  return piece
}

/** The payloads of all whole frames in a stream, wherever they begin. */
export function payloadsIn(pieces: readonly Uint8Array[], frames: 'v1' | 'v2'): string[] {
  const stream = concat(...pieces)
  const found: string[] = []
  for (let at = 0; at < stream.length; at++) {
    if (frames === 'v1') {
      const length = v1FrameAt(stream, at)
      if (length > 0) found.push(Buffer.from(stream.subarray(at + 2, at + length - 1)).toString('latin1'))
    } else {
      const frame = stream[at] === 0x8f ? v2FrameAt(stream, at) : null
      if (frame !== null) found.push(Buffer.from(frame.inner).toString('latin1'))
    }
  }
  return found
}
