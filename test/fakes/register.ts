/**
 * A simulated cash register of the Shtrih-M family: a machine with a memory that speaks real bytes over TCP, a
 * pty or in memory, sells by itself or on demand, and can be silent, garble, lose power and change its drive.
 * Its encoder is written from the protocol's description and shares nothing with the driver.
 */
import type { Line } from '../../drivers/contract.ts'
import { Cashier, type Pace } from './register/cashier.ts'
import { Chance } from './register/chance.ts'
import type { ClosedDocument, Owner, Sale } from './register/documents.ts'
import { FiscalDrive } from './register/drive.ts'
import { Faults, type Often } from './register/faults.ts'
import { Jack, type Traffic } from './register/jack.ts'
import { Journal } from './register/journal.ts'
import { Machine, type Paper, type Trouble } from './register/machine.ts'
import { desktopModel } from './register/model.ts'
import { FrameCount } from './register/numberedwire.ts'
import {
  type Counters,
  chopped,
  type DriveOptions,
  moscowClock,
  type RegisterOptions,
  someOwner,
} from './register/options.ts'
import { memoryLine, type Outlet, PtyOutlet, TcpOutlet } from './register/outlets.ts'
import { usualManner } from './register/stream.ts'
import { usualWire } from './register/wire.ts'

export type { Pace } from './register/cashier.ts'
export type {
  ClosedDocument,
  ExpectedMove,
  LineToSell,
  Owner,
  Sale,
  SoldLine,
  StoredDocument,
} from './register/documents.ts'
export type { Often } from './register/faults.ts'
export { cashCoreModel, desktopModel, type Model } from './register/model.ts'
export type { Counters, DriveOptions, RegisterOptions } from './register/options.ts'
export type { StreamManner } from './register/stream.ts'

/** Makes a register; nothing listens until `listenTcp`, `listenPty` or `openLine` is called. */
export function createRegister(options: RegisterOptions = {}): SimulatedRegister {
  return new SimulatedRegister(options)
}

/** One register. Several may live in one process; give them serials and drives of their own. */
export class SimulatedRegister implements AsyncDisposable {
  readonly #options: RegisterOptions
  readonly #owner: Owner
  readonly #chance: Chance
  readonly #machine: Machine
  readonly #cashier: Cashier
  readonly #faults: Faults
  readonly #journal: Journal
  readonly #traffic: Traffic = { bytesIn: 0, bytesOut: 0, connections: 0 }
  readonly #jacks: Jack[] = []
  readonly #count: FrameCount
  readonly #outlets: Outlet[] = []
  readonly #drives: FiscalDrive[]
  #memoryJack: Jack | null = null
  #baud: number | null
  #plugged = true

  constructor(options: RegisterOptions) {
    this.#options = options
    this.#owner = { ...someOwner, ...options.owner }
    this.#chance = new Chance(options.seed ?? 1)
    this.#faults = new Faults(new Chance((options.seed ?? 1) + 1))
    this.#journal = new Journal(options.state ?? null)
    this.#baud = options.baud ?? null
    this.#count = new FrameCount(options.frameNumber)
    this.#drives = this.#journal.drives()
    const remembered = this.#drives.at(-1)
    const drive = remembered ?? this.#newDrive(options.drive ?? {})
    this.#machine = new Machine({
      model: { ...desktopModel, ...options.model },
      serial: options.serial ?? '0012340000567890',
      systemPassword: options.systemPassword ?? 30,
      manner: { ...usualManner, ...options.stream },
      drive,
      clock: options.clock ?? moscowClock,
      now: options.now ?? (() => performance.now()),
    })
    this.#cashier = new Cashier({
      machine: this.#machine,
      chance: this.#chance,
      printMs: options.printMs ?? 0,
      operatorConfirms: options.operatorConfirms ?? true,
      closed: (document) => this.#closed(document),
    })
    if (remembered === undefined) this.#putIn(drive, options.drive ?? {}, 1)
    else if (options.operatorConfirms ?? true) drive.confirm((drive.last?.number ?? 0) - 1)
  }

  /** Every document of every drive there was, in the order of closing. */
  get documents(): readonly ClosedDocument[] {
    return this.#drives.flatMap((drive) =>
      [...drive.documents].map((document) => ({ ...document, storage: drive.facts.number })),
    )
  }

  /** What must arrive at the site exactly once: receipts, BSO and corrections. */
  get receipts(): readonly ClosedDocument[] {
    return this.documents.filter(({ type }) => [3, 4, 31, 41].includes(type))
  }

  get counters(): Counters {
    const { asked, undrained } = this.#machine
    const documents = this.#drives.flatMap((drive) => [...drive.documents])
    return {
      ...this.#traffic,
      ...asked,
      commands: { ...asked.commands },
      undrained,
      documents: documents.length,
      receipts: documents.filter(({ type }) => [3, 4, 31, 41].includes(type)).length,
    }
  }

  /** The number of the drive that is in the register now. */
  get storage(): string {
    return this.#machine.drive.facts.number
  }

  get serial(): string {
    return this.#machine.serial
  }

  /** The mode byte of 10h. */
  get mode(): number {
    return this.#machine.mode
  }

  /** Made-up lines unless told otherwise; finishes the open receipt when there is one. */
  closeReceipt(sale: Sale = {}): ClosedDocument {
    return this.#cashier.closeReceipt(sale)
  }

  openReceipt(sale: Sale = {}): void {
    this.#cashier.openReceipt(sale)
  }

  abandonReceipt(): void {
    this.#cashier.abandonReceipt()
  }

  openShift(): ClosedDocument {
    return this.#cashier.openShift()
  }

  closeShift(): ClosedDocument {
    return this.#cashier.closeShift()
  }

  /** The closing report of the drive, form 6. */
  closeDrive(): ClosedDocument {
    return this.#cashier.closeDrive()
  }

  /** `pace` is receipts a second, or more closely said. */
  startSelling(pace: number | Pace): void {
    this.#cashier.startSelling(typeof pace === 'number' ? { rate: pace } : pace)
  }

  stopSelling(): void {
    this.#cashier.stopSelling()
  }

  /** A print of its own, without a receipt, for so long. */
  print(ms: number): void {
    this.#machine.printingUntil = this.#machine.now() + ms
  }

  /** Out while idle; in the middle of a print when one is going on. */
  paperOut(): void {
    this.#paper(this.#machine.printing ? 'active' : 'passive')
  }

  /** A print that was broken off waits for `continuePrint`. */
  paperIn(): void {
    this.#paper(this.#machine.paper === 'active' ? 'waiting' : 'in')
  }

  continuePrint(): void {
    this.#paper('in')
  }

  /** Hears and says nothing, though every connection stands: also what a pulled network cable looks like. */
  silence(on: boolean): void {
    this.#faults.silent = on
  }

  /** Of every message and control byte, either way, this share has one bit turned round. */
  noise(probability: number): void {
    this.#faults.noise(probability)
  }

  /** Given answers that do not arrive; `withControl`: nor does the ACK of the command. */
  loseAnswers(often: Often, withControl = false): void {
    this.#faults.lose(often, withControl)
  }

  corruptAnswers(often: Often): void {
    this.#faults.corrupt(often)
  }

  /** The next `times` calls of a command (hex, upper case) are refused with an error. */
  refuse(command: string, code: number, times = 1): void {
    this.#machine.refuse(command, code, times)
  }

  /** The next documents read end early and without an error. */
  shortenStreams(times: number): void {
    this.#machine.shortenStreams(times)
  }

  /** Connections end and new ones are refused; the register itself goes on. */
  unplug(): void {
    this.#plugged = false
    for (const outlet of this.#outlets) outlet.unplug()
    this.#memoryJack?.drop()
  }

  async plug(): Promise<void> {
    this.#plugged = true
    for (const outlet of this.#outlets) await outlet.plug()
  }

  /** Pending answers, an open stream and an open receipt are forgotten; the drive is not. */
  powerLoss(): void {
    this.#machine.losePower()
    for (const jack of this.#jacks) jack.losePower()
  }

  powerOn(): void {
    this.#machine.powered = true
    for (const jack of this.#jacks) jack.powerOn()
  }

  /** Switches off, puts in another drive, registers it and switches on again. */
  replaceDrive(drive: DriveOptions): void {
    const registered = this.#newDrive(drive)
    this.powerLoss()
    this.#machine.drive = registered
    this.#putIn(registered, drive, 11)
    this.powerOn()
  }

  /** Documents before this number are short records only. */
  expireTlv(beforeNumber: number): void {
    this.#machine.drive.expire(beforeNumber)
    this.#journal.write({ expired: beforeNumber })
  }

  /** One number is gone from the archive altogether. */
  forget(number: number): void {
    this.#machine.drive.forget(number)
  }

  /** The operator has confirmed every document up to this number. */
  confirm(upTo: number): void {
    this.#machine.drive.confirm(upTo)
    this.#journal.write({ confirmed: upTo })
  }

  requireTechReset(on = true): void {
    this.#trouble(on, 'technicalReset')
  }

  requireDate(on = true): void {
    this.#trouble(on, 'dateConfirmation')
  }

  lockMode(on = true): void {
    this.#trouble(on, 'locked')
  }

  /** Ten bits a byte in both directions; null: as fast as it goes. */
  pace(baud: number | null): void {
    this.#baud = baud
  }

  /** What it answers to a payload, without any wire; `room`: bytes that the answer may have. */
  answer(payload: Uint8Array, room: number): Uint8Array {
    return this.#machine.execute(payload, room)
  }

  /** On 127.0.0.1; port 0 finds a free one. */
  async listenTcp(options: { readonly port?: number } = {}): Promise<TcpOutlet> {
    const outlet = await TcpOutlet.open(this.#jack(), options.port ?? 0)
    this.#outlets.push(outlet)
    return outlet
  }

  /** A pseudo-terminal under `link`, or under a name of its own. Needs socat. */
  async listenPty(options: { readonly link?: string } = {}): Promise<PtyOutlet> {
    const outlet = await PtyOutlet.open(this.#jack(), options.link)
    this.#outlets.push(outlet)
    return outlet
  }

  /** A new line in memory. Throws `RegisterError('lost')` while unplugged, without power or already in use. */
  openLine(): Line {
    this.#memoryJack ??= this.#jack()
    return memoryLine(this.#memoryJack, this.#plugged && this.#machine.powered)
  }

  /** A line to another interface of the same register, for a second client. */
  openAnotherLine(): Line {
    return memoryLine(this.#jack(), this.#plugged && this.#machine.powered)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopSelling()
    for (const jack of this.#jacks) jack.losePower()
    for (const outlet of this.#outlets) await outlet[Symbol.asyncDispose]()
    this.#memoryJack?.drop()
  }

  #paper(paper: Paper): void {
    this.#machine.paper = paper
  }

  #trouble(on: boolean, trouble: Trouble): void {
    this.#machine.trouble = on ? trouble : null
  }

  #closed(document: ClosedDocument): void {
    this.#journal.write({ document })
    this.#options.closed?.(document)
  }

  #newDrive({ owner, ...facts }: DriveOptions): FiscalDrive {
    return new FiscalDrive({
      number: facts.number ?? '9252440300123456',
      debug: facts.debug ?? false,
      expires: facts.expires ?? '2027-12-31',
      version: facts.version ?? 'fn_v_1_1_2',
      owner: { ...this.#owner, ...owner },
    })
  }

  #putIn(drive: FiscalDrive, { documents, registeredAt, receipts = 0 }: DriveOptions, type: 1 | 11): void {
    this.#drives.push(drive)
    this.#journal.write({ drive: drive.facts })
    if (documents === undefined) this.#cashier.registerDrive(drive, type, registeredAt)
    for (const document of documents ?? []) {
      drive.append(document)
      this.#journal.write({ document })
    }
    for (let closed = 0; closed < receipts; closed++) this.#cashier.closeReceipt()
  }

  #jack(): Jack {
    const { wire, frames = 'first', clients = 'refuse', chop = 'whole' } = this.#options
    const jack = new Jack({
      machine: this.#machine,
      faults: this.#faults,
      traffic: this.#traffic,
      manner: { ...usualWire, ...wire },
      frames,
      count: this.#count,
      clients,
      baud: () => this.#baud,
      chop: (bytes) => chopped(bytes, chop, this.#chance),
    })
    this.#jacks.push(jack)
    return jack
  }
}
