/**
 * HID devices in memory: what a PC lists, opens and gives up, and the firmware behind it. The framings are written
 * here a second time, from the chips' descriptions, and share nothing with the line that is tested.
 */
import { EventEmitter } from 'node:events'
import type { Line } from '../../drivers/contract.ts'
import { parseAddress } from '../../drivers/transport/address.ts'
import { openHid } from '../../drivers/transport/hid.ts'
import type { HidHandle, HidListed, HidSystem } from '../../drivers/transport/hidsystem.ts'

/** How the firmware packs bytes; `report` is the size without an id. */
export type Packing =
  | { readonly kind: 'id-len' }
  | { readonly kind: 'len'; readonly report: number; readonly id?: number }
  | { readonly kind: 'raw'; readonly report: number; readonly id?: number; readonly padding?: number }

const plain: HidListed = {
  vendorId: 0x1209,
  productId: 2,
  path: '/dev/hidraw3',
  serialNumber: 'A1',
  interface: 0,
  usagePage: 0xff00,
  usage: 1,
}

/** Everything that is plugged into the machine. Nodes are claimed as a lock would: one at a time. */
export class EmulatedPort implements HidSystem {
  readonly plugged: EmulatedDevice[]
  readonly claimed = new Set<string>()

  constructor(...devices: EmulatedDevice[]) {
    this.plugged = devices
  }

  devices(vendorId: number, productId: number): Promise<readonly HidListed[]> {
    const listed = this.plugged.flatMap((device) => device.listed)
    return Promise.resolve(listed.filter((one) => one.vendorId === vendorId && one.productId === productId))
  }

  claim(path: string): Promise<{ release(): Promise<void> }> {
    if (this.claimed.has(path)) return Promise.reject(new Error(`${path} is claimed already`))
    this.claimed.add(path)
    return Promise.resolve({
      release: () => {
        this.claimed.delete(path)
        return Promise.resolve()
      },
    })
  }

  open(path: string): Promise<HidHandle> {
    const device = this.plugged.find(({ listed }) => listed.some((one) => one.path === path))
    return device === undefined ? Promise.reject(new Error(`cannot open ${path}`)) : device.open()
  }
}

/** One device. A test replaces what it wants to see misbehave. */
export class EmulatedDevice {
  readonly listed: readonly HidListed[]
  /** Reports as they were written, byte 0 being the id. */
  readonly written: Uint8Array[] = []
  /** Feature reports as they were sent. */
  readonly features: Uint8Array[] = []
  readonly #handles = new Set<EmulatedHandle>()
  #plugged = true
  /** What the firmware does with an output report. */
  hears: (report: Uint8Array) => Promise<void> | void = () => {}
  /** How many bytes of a report the system takes, or its refusal. */
  takes: (report: Uint8Array) => Promise<number> = (report) => Promise.resolve(report.length)
  sets: (feature: Uint8Array) => Promise<void> = () => Promise.resolve()
  gets: (id: number, length: number) => Promise<Uint8Array> = () => Promise.reject(new Error('stalled'))
  opens: (handle: HidHandle) => Promise<HidHandle> = (handle) => Promise.resolve(handle)
  closes: () => Promise<void> = () => Promise.resolve()

  constructor(...listed: Partial<HidListed>[]) {
    this.listed = (listed.length === 0 ? [{}] : listed).map((one) => ({ ...plain, ...one }))
  }

  get openHandles(): number {
    return this.#handles.size
  }

  open(): Promise<HidHandle> {
    const handle = new EmulatedHandle(this, () => this.#handles.delete(handle))
    this.#handles.add(handle)
    return this.opens(handle)
  }

  /** An input report: every open handle gets it. */
  say(...reports: readonly Uint8Array[]): void {
    for (const report of reports) for (const handle of this.#handles) handle.emit('data', Buffer.from(report))
  }

  /** The cable is pulled: one error for every handle, and nothing works on them any more. */
  unplug(reason = 'could not read from HID device'): void {
    this.#plugged = false
    for (const handle of this.#handles) handle.emit('error', reason)
  }

  /** Rejects once unplugged. */
  there(): Promise<void> {
    return this.#plugged ? Promise.resolve() : Promise.reject(new Error('no such device'))
  }
}

/** As node-hid: listeners, and calls that reject after the end; a second `close` rejects too. */
class EmulatedHandle extends EventEmitter implements HidHandle {
  readonly #device: EmulatedDevice
  readonly #forget: () => void
  #closed = false

  constructor(device: EmulatedDevice, forget: () => void) {
    super()
    this.#device = device
    this.#forget = forget
    this.on('newListener', (name: string) => {
      if (name === 'data') process.nextTick(() => this.#read())
    })
  }

  async write(report: Buffer): Promise<number> {
    await this.#device.there()
    const taken = await this.#device.takes(report)
    this.#device.written.push(Uint8Array.from(report))
    await this.#device.hears(report)
    return taken
  }

  async sendFeatureReport(report: Buffer): Promise<number> {
    await this.#device.there()
    this.#device.features.push(Uint8Array.from(report))
    await this.#device.sets(report)
    return report.length
  }

  async getFeatureReport(id: number, length: number): Promise<Uint8Array> {
    await this.#device.there()
    return this.#device.gets(id, length)
  }

  getDeviceInfo(): Promise<HidListed> {
    return Promise.resolve(this.#device.listed[0] ?? plain)
  }

  async close(): Promise<void> {
    if (this.#closed) throw new Error('device is already closed')
    this.#closed = true
    await this.#device.closes()
    this.#forget()
  }

  #read(): void {
    if (this.#closed) throw new Error('device has been closed')
  }
}

/** What the firmware adds to its reports: `pads` fills them with rubbish, `mixes` puts foreign and empty ones between. */
export interface Disorder {
  readonly chop?: (bytes: Uint8Array) => readonly Uint8Array[]
  readonly pads?: boolean
  readonly mixes?: boolean
}

/**
 * The device's end of `line`: its bytes arrive as reports, and what is written to the device goes to it, in one
 * piece where it was written in one. When the line ends, the device is unplugged.
 */
export function bridge(device: EmulatedDevice, line: Line, packing: Packing, disorder: Disorder = {}): void {
  const forever = new AbortController().signal
  let gathered: Uint8Array[] = []
  const passOn = () => {
    const bytes = Uint8Array.from(gathered.flatMap((piece) => [...piece]))
    gathered = []
    line.write(bytes, forever).catch((reason: unknown) => device.unplug(String(reason)))
  }
  device.hears = (report) => {
    if (gathered.push(unpack(packing, report)) === 1) setImmediate(passOn)
  }
  const pump = async () => {
    for (;;) {
      for (const piece of (disorder.chop ?? ((bytes) => [bytes]))(await line.read(forever))) {
        device.say(...pack(packing, piece, disorder.pads ?? false))
        if (disorder.mixes) device.say(...strangers(packing))
      }
    }
  }
  pump().catch((reason: unknown) => device.unplug(String(reason)))
}

/** The same talk as on `line`, over reports of an emulated device. Closing it closes `line`. */
export async function overReports(line: Line, packing: Packing, disorder?: Disorder): Promise<Line> {
  const chip = packing.kind === 'id-len' ? { vendorId: 0x10c4, productId: 0xea80 } : {}
  const device = new EmulatedDevice(chip)
  if (packing.kind === 'id-len') new EmulatedUart(device)
  bridge(device, line, packing, disorder)
  const address = parseAddress(addressOf(packing))
  if (address.kind !== 'hid') throw new Error(`not a HID address: ${addressOf(packing)}`)
  const port = new EmulatedPort(device)
  const over = await openHid(address, new AbortController().signal, () => Promise.resolve(port))
  return {
    async write(bytes, signal) {
      await over.write(bytes, signal)
      // By then the firmware has passed it on.
      await new Promise((resolve) => setImmediate(resolve))
    },
    read: (signal) => over.read(signal),
    async [Symbol.asyncDispose]() {
      await over[Symbol.asyncDispose]()
      await line[Symbol.asyncDispose]()
    },
  }
}

function addressOf(packing: Packing): string {
  if (packing.kind === 'id-len') return 'hid:10c4:ea80'
  const id = packing.id === undefined ? '' : `&reportId=${packing.id.toString(16).padStart(2, '0')}`
  return `hid:1209:0002?framing=${packing.kind}&report=${packing.report}${id}`
}

function unpack(packing: Packing, report: Uint8Array): Uint8Array {
  const id = report[0] ?? 0
  if (packing.kind === 'id-len') return report.slice(1, 1 + id)
  if (id !== (packing.id ?? 0) || report.length !== packing.report + 1)
    throw new Error(`not a report of this device: ${Buffer.from(report).toString('hex')}`)
  return packing.kind === 'raw' ? report.slice(1) : report.slice(2, 2 + (report[1] ?? 0))
}

function pack(packing: Packing, bytes: Uint8Array, pads: boolean): Uint8Array[] {
  const room = packing.kind === 'id-len' ? 63 : packing.kind === 'len' ? packing.report - 1 : packing.report
  const reports: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += room) {
    const piece = bytes.slice(at, at + room)
    const rubbish = (size: number) => Array.from({ length: pads ? size : 0 }, () => 0x02)
    if (packing.kind === 'id-len')
      reports.push(Uint8Array.of(piece.length, ...piece, ...rubbish(63 - piece.length)))
    else {
      const id = packing.id === undefined ? [] : [packing.id]
      if (packing.kind === 'len')
        reports.push(Uint8Array.of(...id, piece.length, ...piece, ...rubbish(room - piece.length)))
      else {
        const padding = Array.from({ length: room - piece.length }, () => packing.padding ?? 0)
        reports.push(Uint8Array.of(...id, ...piece, ...padding))
      }
    }
  }
  return reports
}

/** Reports that carry nothing for the line: empty ones, and those of other ids. */
function strangers(packing: Packing): Uint8Array[] {
  const empty = new Uint8Array()
  if (packing.kind === 'id-len')
    return [empty, Uint8Array.of(0), Uint8Array.of(0x42, 6, 6), Uint8Array.of(0xff)]
  const foreign = packing.id === undefined ? [] : [Uint8Array.of(packing.id ^ 1, 6, 6, 6)]
  if (packing.kind === 'raw') return [empty, ...foreign]
  const none = packing.id === undefined ? [0] : [packing.id, 0]
  return [empty, Uint8Array.of(...none), Uint8Array.of(...none, 6, 6), ...foreign]
}

/** The serial port in a CP2110 as AN434 has it: off after power-up, nothing passes while it is off. */
export class EmulatedUart {
  readonly device: EmulatedDevice
  /** The last settings, 50h as it is read back. */
  settings: Uint8Array = Uint8Array.of(0x50, 0, 0, 0x25, 0x80, 0, 0, 3, 0)
  on = false
  purged = 0

  constructor(device: EmulatedDevice) {
    this.device = device
    device.sets = (feature) => this.#set(feature)
    device.gets = (id) =>
      id === 0x50 ? Promise.resolve(this.settings) : Promise.reject(new Error('stalled'))
  }

  #set(feature: Uint8Array): Promise<void> {
    const [id, value] = feature
    if (id === 0x50 && feature.length === 9) this.settings = Uint8Array.from(feature)
    else if (id === 0x41 && feature.length === 2) this.on = value === 1
    else if (id === 0x43 && value === 3) this.purged++
    else return Promise.reject(new Error('stalled'))
    return Promise.resolve()
  }
}
