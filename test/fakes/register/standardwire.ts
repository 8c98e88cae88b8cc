/**
 * The standard low level, register side (protocol 1.17, appendix 3): STX LEN payload LRC, ENQ, ACK, NAK.
 *
 * One slot holds the last answer until the host's ACK. ENQ is answered NAK when the slot is empty and ACK when
 * it is not, or when a command is being worked on; then the answer follows. NAK for an answer does nothing by
 * itself: the register waits for ENQ. Bytes between messages that mean nothing are passed over.
 */
import { hex, join } from './encoding.ts'
import type { Unit } from './faults.ts'
import { control, type Wire, type WireEnds, type WireManner } from './wire.ts'

const STX = 0x02
const ENQ = 0x05
const ACK = 0x06
const NAK = 0x15

/** XOR of length and payload. */
function lrc(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0)
}

function frame(payload: Uint8Array): Uint8Array {
  const counted = join([payload.length], payload)
  return join([STX], counted, [lrc(counted)])
}

export class StandardWire implements Wire {
  readonly #ends: WireEnds
  readonly #manner: WireManner
  #message: number[] = []
  #heardAt = 0
  /** The undelivered answer. */
  #pending: Uint8Array | null = null
  #working: NodeJS.Timeout | undefined
  #strayFf = false
  #burst: Unit[] = []

  constructor(ends: WireEnds, manner: WireManner) {
    this.#ends = ends
    this.#manner = manner
  }

  receive(bytes: Uint8Array): void {
    if (this.#ends.now() - this.#heardAt > this.#manner.byteTimeoutMs) this.#message = []
    this.#heardAt = this.#ends.now()
    for (const byte of bytes) this.#take(byte)
    this.#flush()
  }

  reset(): void {
    clearTimeout(this.#working)
    this.#working = undefined
    this.#message = []
    this.#pending = null
    this.#strayFf = false
    this.#burst = []
  }

  #take(byte: number) {
    if (this.#message.length > 0 || byte === STX) return this.#gather(byte)
    if (byte === ENQ) this.#enquired()
    if (byte === ACK) this.#delivered()
  }

  #gather(byte: number) {
    this.#message.push(byte)
    const length = this.#message[1]
    if (length === undefined || this.#message.length < length + 3) return
    const counted = Uint8Array.from(this.#message.slice(1))
    this.#message = []
    // The checksum makes the whole zero; a message of no payload is none.
    if (length === 0 || lrc(counted) !== 0) return this.#say(NAK)
    this.#commanded(counted.subarray(1, -1))
  }

  #enquired() {
    if (this.#working === undefined && this.#pending === null) return this.#say(NAK)
    this.#say(ACK)
    if (this.#working === undefined) this.#answer()
  }

  #delivered(): void {
    if (this.#working !== undefined || this.#pending === null) return
    this.#pending = null
    if (this.#manner.strayFf === 'afterAck') this.#burst.push(control(0xff))
    this.#strayFf = this.#manner.strayFf === 'beforeControl'
  }

  #commanded(payload: Uint8Array) {
    if (this.#working !== undefined) return
    if (this.#pending !== null && this.#manner.newFrame === 'ignored') return
    this.#say(ACK)
    this.#pending = frame(this.#ends.execute(payload))
    const ms = this.#manner.answerMs(hex(payload.subarray(0, payload[0] === 0xff ? 2 : 1)).toUpperCase())
    if (ms === 0) return this.#answer()
    this.#working = setTimeout(() => {
      this.#working = undefined
      this.#answer()
      this.#flush()
    }, ms)
  }

  #answer(): void {
    if (this.#pending !== null) this.#burst.push({ kind: 'answer', bytes: this.#pending })
  }

  #say(byte: number): void {
    if (this.#strayFf) this.#burst.push(control(0xff))
    this.#strayFf = false
    this.#burst.push(control(byte))
  }

  #flush(): void {
    const burst = this.#burst
    this.#burst = []
    if (burst.length > 0) this.#ends.send(burst)
  }
}
