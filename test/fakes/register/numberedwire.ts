/**
 * The alternative low level with frame numbers, register side (protocol 1.17, appendix on layer 2.0):
 * 8F LEN16 NUM16 data CRC16, byte-stuffed after the 8F; a command runs only under the next number.
 */
import { fromLe, join, le } from './encoding.ts'
import { control, type Wire, type WireEnds, type WireManner } from './wire.ts'

const START = 0x8f
const ESCAPE = 0x9f

/** CRC-16/CCITT-FALSE over length, number and data, before stuffing. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}

/** Number and data as they go on the wire. */
export function numberedFrame(number: number, data: Uint8Array): Uint8Array {
  const counted = join(le(data.length + 2, 2), le(number, 2), data)
  const checked = join(counted, le(crc16(counted), 2))
  const stuffed = [...checked].flatMap((byte) =>
    byte === START ? [ESCAPE, 0x81] : byte === ESCAPE ? [ESCAPE, 0x83] : [byte],
  )
  return join([START], stuffed)
}

/** The number of the last executed frame and its answer. One for the whole register, whoever asks it where. */
export class FrameCount {
  number: number
  answer: Uint8Array | null = null

  constructor(number = 1) {
    this.number = number
  }

  /** As after power-on. */
  reset(): void {
    this.number = 1
    this.answer = null
  }

  /** Runs a command under its number; under any other than the next it is passed over. */
  run(number: number, command: () => Uint8Array): void {
    const next = (this.number + 1) % 65_536
    if (number !== next) return
    this.number = next
    this.answer = command()
  }
}

export class NumberedWire implements Wire {
  readonly #ends: WireEnds
  readonly #manner: WireManner
  readonly #count: FrameCount
  #bytes: number[] | null = null
  #escaped = false
  #heardAt = 0

  constructor(ends: WireEnds, manner: WireManner, count: FrameCount) {
    this.#ends = ends
    this.#manner = manner
    this.#count = count
  }

  receive(bytes: Uint8Array): void {
    if (this.#ends.now() - this.#heardAt > this.#manner.byteTimeoutMs) this.#bytes = null
    this.#heardAt = this.#ends.now()
    for (const byte of bytes) this.#take(byte)
  }

  reset(): void {
    this.#bytes = null
    this.#count.reset()
  }

  #take(byte: number): void {
    if (byte === START) {
      this.#bytes = []
      this.#escaped = false
    } else if (this.#bytes === null) return
    else if (this.#escaped) {
      this.#escaped = false
      if (byte !== 0x81 && byte !== 0x83) this.#bytes = null
      else this.#gather(this.#bytes, byte === 0x81 ? START : ESCAPE)
    } else if (byte === ESCAPE) this.#escaped = true
    else this.#gather(this.#bytes, byte)
  }

  #gather(bytes: number[], byte: number): void {
    bytes.push(byte)
    const length = fromLe(Uint8Array.from(bytes.slice(0, 2)))
    if (bytes.length < 2 || bytes.length < length + 4) return
    this.#bytes = null
    const counted = Uint8Array.from(bytes.slice(0, -2))
    if (crc16(counted) !== fromLe(Uint8Array.from(bytes.slice(-2))) || length === 1) return
    this.#commanded(counted)
  }

  #commanded(counted: Uint8Array): void {
    if (counted.length > 4)
      this.#count.run(fromLe(counted.subarray(2, 4)), () => this.#ends.execute(counted.subarray(4)))
    // Anything else, a ping or a stale number, is answered by the last answer under the last number.
    const { number, answer } = this.#count
    const bytes = numberedFrame(number, answer ?? new Uint8Array())
    this.#ends.send([answer === null ? { ...control(0), bytes } : { kind: 'answer', bytes }])
  }
}
