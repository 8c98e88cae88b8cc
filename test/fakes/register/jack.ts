/**
 * One interface of the register: where one cable, socket or line at a time is plugged in, with the slot for the
 * undelivered answer behind it. The slot outlives the connection, as it does in a register whose host was killed.
 */
import { join } from './encoding.ts'
import type { Faults, Unit } from './faults.ts'
import type { Machine } from './machine.ts'
import { type FrameCount, NumberedWire } from './numberedwire.ts'
import { PacedWay } from './pacedway.ts'
import { StandardWire } from './standardwire.ts'
import type { Wire, WireEnds, WireManner } from './wire.ts'

/** The far side of a connection, as the register sees it. */
export interface Plug {
  send(bytes: Uint8Array): void
  /** Ends the connection at once. */
  drop(): void
  /** Its own electronics die with the register's power; a serial adapter of the PC lives on. */
  readonly diesWithPower: boolean
}

/** The register's side of a connection. */
export interface Connection {
  receive(bytes: Uint8Array): void
  closed(): void
}

/** Bytes and connections since the register was made. */
export interface Traffic {
  bytesIn: number
  bytesOut: number
  connections: number
}

export interface JackOptions {
  readonly machine: Machine
  readonly faults: Faults
  readonly traffic: Traffic
  readonly manner: WireManner
  /** `first`: standard or numbered frames by the first byte after power-on, as the protocol says. */
  readonly frames: 'first' | 'v1' | 'v2'
  /** Shared by every interface of the register. */
  readonly count: FrameCount
  /** What a second client meets while one is connected. */
  readonly clients: 'refuse' | 'wait' | 'replace'
  readonly baud: () => number | null
  /** How answers are cut on their way out. */
  readonly chop: (bytes: Uint8Array) => readonly Uint8Array[]
}

interface Guest {
  readonly plug: Plug
  early: Uint8Array[]
}

export class Jack {
  readonly #options: JackOptions
  readonly #standard: StandardWire
  readonly #numbered: NumberedWire
  readonly #in: PacedWay
  readonly #out: PacedWay
  #wire: Wire | null = null
  #current: Guest | null = null
  #waiting: Guest[] = []
  #powered = true

  constructor(options: JackOptions) {
    this.#options = options
    const ends = (room: number): WireEnds => ({
      execute: (payload) => options.machine.execute(payload, room),
      send: (units) => this.#send(units),
      now: options.machine.now,
    })
    this.#standard = new StandardWire(ends(255), options.manner)
    this.#numbered = new NumberedWire(ends(4096), options.manner, options.count)
    this.#in = new PacedWay(options.baud, (bytes) => this.#hear(bytes))
    this.#out = new PacedWay(options.baud, (bytes) => this.#put(bytes))
  }

  /** Null when the register will not have it. */
  connect(plug: Plug): Connection | null {
    const guest: Guest = { plug, early: [] }
    if (!this.#powered && plug.diesWithPower) return null
    if (this.#current !== null && this.#options.clients === 'refuse') return null
    this.#options.traffic.connections++
    if (this.#current !== null && this.#options.clients === 'replace') this.drop()
    if (this.#current === null) this.#current = guest
    else this.#waiting.push(guest)
    return { receive: (bytes) => this.#receive(guest, bytes), closed: () => this.#leave(guest) }
  }

  /** Ends every connection. */
  drop(): void {
    const guests = [...(this.#current === null ? [] : [this.#current]), ...this.#waiting]
    this.#current = null
    this.#waiting = []
    this.#quiet()
    for (const { plug } of guests) plug.drop()
  }

  losePower(): void {
    this.#powered = false
    this.#wire = null
    this.#standard.reset()
    this.#numbered.reset()
    this.#quiet()
    if (this.#current?.plug.diesWithPower) this.drop()
  }

  powerOn(): void {
    this.#powered = true
  }

  #quiet(): void {
    this.#in.clear()
    this.#out.clear()
  }

  #leave(guest: Guest): void {
    this.#waiting = this.#waiting.filter((each) => each !== guest)
    if (this.#current !== guest) return
    this.#quiet()
    const next = this.#waiting.shift() ?? null
    this.#current = next
    for (const bytes of next?.early.splice(0) ?? []) this.#in.push(bytes)
  }

  #receive(guest: Guest, bytes: Uint8Array): void {
    this.#options.traffic.bytesIn += bytes.length
    if (guest === this.#current) this.#in.push(bytes)
    else if (this.#waiting.includes(guest)) guest.early.push(bytes)
  }

  #hear(bytes: Uint8Array): void {
    if (!this.#powered) return
    const heard = this.#options.faults.heard(bytes)
    const first = heard[0]
    if (first === undefined) return
    this.#wire ??= this.#choose(first)
    this.#wire?.receive(heard)
  }

  #choose(first: number): Wire | null {
    const { frames } = this.#options
    if (frames !== 'first') return frames === 'v1' ? this.#standard : this.#numbered
    if (first === 0x8f) return this.#numbered
    return first === 0x05 || first === 0x02 ? this.#standard : null
  }

  #send(units: readonly Unit[]): void {
    if (!this.#powered) return
    const burst = join(...this.#options.faults.said(units))
    for (const piece of this.#options.chop(burst)) if (piece.length > 0) this.#out.push(piece)
  }

  #put(bytes: Uint8Array): void {
    if (this.#current === null) return
    this.#options.traffic.bytesOut += bytes.length
    this.#current.plug.send(bytes)
  }
}
