/**
 * The register behind the wire: what state it is in, which drive sits in it, and what it answers to a command.
 * It knows nothing of frames; `StandardWire` and `NumberedWire` bring it payloads.
 */
import { type Command, commands } from './commands.ts'
import type { Owner, Sale } from './documents.ts'
import type { FiscalDrive } from './drive.ts'
import { hex, join } from './encoding.ts'
import type { Model } from './model.ts'
import { Refused } from './refusal.ts'
import { DocumentStream, type StreamManner, shortened } from './stream.ts'
import { Tables } from './tables.ts'

/** What keeps a register from working until a person comes: mode 9, 6 and 5. */
export type Trouble = 'technicalReset' | 'dateConfirmation' | 'locked'

/** `passive`: out while idle. `active`: out during a print. `waiting`: back, print not yet continued. */
export type Paper = 'in' | 'passive' | 'active' | 'waiting'

/** What was asked of the register so far. */
export interface Asked {
  /** By code in hex, upper case. */
  readonly commands: Record<string, number>
  /** Commands that a reader must never send. */
  forbidden: number
  /** Asked for more than its state while a receipt was open or printing; a race can make a few. */
  disturbing: number
  /** Streams that were dropped for another one before their end. */
  undrained: number
  /** What the till wanted while mode 1 kept it out. */
  tillRefused: number
  /** The longest that a till selling by itself had to wait for mode 1 to end. */
  tillLongestWaitMs: number
}

export interface MachineOptions {
  readonly model: Model
  readonly serial: string
  readonly systemPassword: number
  readonly manner: StreamManner
  readonly drive: FiscalDrive
  /** Wall clock of the register. */
  readonly clock: () => string
  /** Milliseconds, for printing times. */
  readonly now: () => number
}

/** What is said beside the parameters: who asks, and how long the answer may be. */
export interface Asking {
  readonly operator: number
  /** Bytes that the answer's payload may have. */
  readonly room: number
}

const day = 24 * 3600

export class Machine {
  readonly model: Model
  readonly serial: string
  readonly clock: () => string
  readonly now: () => number
  readonly asked: Asked = {
    commands: {},
    forbidden: 0,
    disturbing: 0,
    undrained: 0,
    tillRefused: 0,
    tillLongestWaitMs: 0,
  }
  /** Cash registers of 1Ah by number, kopecks; operation registers of 1Bh. */
  readonly money = new Map<number, number>()
  readonly operations = new Map<number, number>()
  readonly tables: Tables
  readonly #options: MachineOptions
  readonly #refusals = new Map<string, { code: number; times: number }>()
  #shorten = 0
  drive: FiscalDrive
  powered = true
  trouble: Trouble | null = null
  receipt: Sale | null = null
  paper: Paper = 'in'
  printingUntil = 0
  stream: DocumentStream | null = null
  /** FF3Ah was refused, so FF3Bh is answered 73h. */
  streamRefused = false

  constructor(options: MachineOptions) {
    this.#options = options
    this.model = options.model
    this.serial = options.serial
    this.clock = options.clock
    this.now = options.now
    this.drive = options.drive
    this.tables = new Tables(this)
  }

  get owner(): Owner {
    return this.drive.facts.owner
  }

  get printing(): boolean {
    return this.now() < this.printingUntil
  }

  /** Mode in the low nibble, kind of the open receipt in the high one (protocol 1.17, "Режимы ККМ"). */
  get mode(): number {
    const troubles = { technicalReset: 9, dateConfirmation: 6, locked: 5 }
    if (this.trouble !== null) return troubles[this.trouble]
    if (this.receipt !== null) return 8 + 16 * ([0, 2, 1, 3][(this.receipt.operation ?? 1) - 1] ?? 0)
    if (this.stream !== null && this.model.desktop) return 1
    const opened = this.drive.shiftOpenedAt
    if (opened === null) return 4
    return (Date.parse(`${this.clock()}Z`) - Date.parse(`${opened}Z`)) / 1000 > day ? 3 : 2
  }

  get submode(): number {
    if (this.paper !== 'in') return { passive: 1, active: 2, waiting: 3 }[this.paper]
    return this.printing ? 5 : 0
  }

  /** Nothing but a document on its way out keeps the till from selling. */
  get ready(): boolean {
    return (
      this.powered && this.trouble === null && this.paper === 'in' && !this.printing && !this.drive.closed
    )
  }

  /** Streams dropped unread, with the one that lies open and untouched for a second. */
  get undrained(): number {
    const forgotten = this.stream !== null && this.now() - this.stream.touchedAt > 1000
    return this.asked.undrained + (forgotten ? 1 : 0)
  }

  /** The next `times` calls of a command (hex, upper case) are answered with an error. */
  refuse(command: string, code: number, times: number): void {
    this.#refusals.set(command, { code, times })
  }

  /** The next documents read are cut short without an error, as firmware of 2018 did. */
  shortenStreams(times: number): void {
    this.#shorten = times
  }

  /** Everything that lives in memory only is gone. */
  losePower(): void {
    this.powered = false
    this.stream = null
    this.streamRefused = false
    this.receipt = null
    this.printingUntil = 0
    if (this.paper !== 'in') this.paper = 'passive'
  }

  openStream(type: number, body: Uint8Array, room: number): void {
    if (this.stream !== null) this.asked.undrained++
    const { manner } = this.#options
    const portionBytes = Math.min(room - 3, room > 255 ? room - 3 : manner.portionBytes)
    const given = this.#shorten > 0 ? shortened(body, 1 + (this.#shorten-- % 7)) : body
    this.streamRefused = false
    this.stream = new DocumentStream(type, given, { ...manner, portionBytes }, this.now())
  }

  /** The length FF3Ah announces. */
  announcedLength(body: Uint8Array): number {
    return body.length + (this.#options.manner.lengthCounts === 'body' ? 0 : 4)
  }

  /** Answers one payload. `room` is the longest answer that the wire can carry. */
  execute(payload: Uint8Array, room: number): Uint8Array {
    const width = payload[0] === 0xff && !this.model.oneByteOpcodes ? 2 : 1
    const opcode = payload.subarray(0, width)
    const name = hex(payload.subarray(0, payload[0] === 0xff ? 2 : 1)).toUpperCase()
    this.asked.commands[name] = (this.asked.commands[name] ?? 0) + 1
    try {
      const command = commands.get(name)
      if (command === undefined || command.forbids?.(payload)) this.asked.forbidden++
      if (command === undefined || width < opcode.length || this.#unknown(name)) throw new Refused(0x37)
      return join(opcode, [0], this.#answer(name, command, payload.subarray(width), room))
    } catch (error) {
      if (error instanceof Refused) return join(opcode, [error.code])
      throw error
    }
  }

  #unknown(name: string): boolean {
    return this.model.unknown.includes(name) || (this.model.oneByteOpcodes && name.startsWith('FF'))
  }

  #answer(name: string, command: Command, rest: Uint8Array, room: number) {
    const width = command.password === 'none' ? 0 : 4
    if (!command.parameters.includes(rest.length - width)) throw new Refused(0x33)
    const operator = this.#operator(command, rest)
    this.#refuseAsTold(name)
    if (!command.always) this.#refuseByState(command)
    return command.answer(this, rest.subarray(width), { operator, room })
  }

  /** Operators 1 to 28 and the administrators 29 and 30 have their own number as password. */
  #operator(command: Command, rest: Uint8Array): number {
    if (command.password === 'none') return 30
    const password = rest.subarray(0, 4).reduceRight((sum, byte) => sum * 256 + byte, 0)
    if (password === this.#options.systemPassword) return 30
    if (command.password === 'operator' && password >= 1 && password < 30) return password
    throw new Refused(0x4f)
  }

  #refuseAsTold(name: string): void {
    const told = this.#refusals.get(name)
    if (told === undefined || told.times === 0) return
    told.times--
    throw new Refused(told.code)
  }

  #refuseByState(command: Command): void {
    const troubles = { technicalReset: 0x74, dateConfirmation: 0xc0, locked: 0x73 }
    if (this.trouble !== null) throw new Refused(troubles[this.trouble])
    if (command.drains) return
    if (this.receipt !== null || this.printing) this.asked.disturbing++
    if (this.printing) throw new Refused(0x50)
    if (!command.streams) return
    if (this.receipt !== null || this.paper === 'active' || this.paper === 'waiting') this.#refuseStream()
  }

  #refuseStream(): never {
    this.streamRefused = true
    throw new Refused(0x73)
  }
}
