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

export class NumberedWire implements Wire {
  readonly #ends: WireEnds
  readonly #manner: WireManner
  #bytes: number[] | null = null
  #escaped = false
  #heardAt = 0
  #number: number
  #answer: Uint8Array | null = null

  /** `number` is that of the last executed frame; 1 after power-on. */
  constructor(ends: WireEnds, manner: WireManner, number = 1) {
    this.#ends = ends
    this.#manner = manner
    this.#number = number
  }

  receive(bytes: Uint8Array): void {
    if (this.#ends.now() - this.#heardAt > this.#manner.byteTimeoutMs) this.#bytes = null
    this.#heardAt = this.#ends.now()
    for (const byte of bytes) this.#take(byte)
  }

  reset(): void {
    this.#bytes = null
    this.#answer = null
    this.#number = 1
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
    const next = (this.#number + 1) % 65_536
    if (counted.length > 4 && fromLe(counted.subarray(2, 4)) === next) {
      this.#number = next
      this.#answer = this.#ends.execute(counted.subarray(4))
    }
    // Anything else, a ping or a stale number, is answered by the last answer under the last number.
    const bytes = numberedFrame(this.#number, this.#answer ?? new Uint8Array())
    this.#ends.send([this.#answer === null ? { ...control(0), bytes } : { kind: 'answer', bytes }])
  }
}
