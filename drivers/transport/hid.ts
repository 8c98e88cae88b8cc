/**
 * A register behind a HID device: a bridge chip in its cable (CP2110, CH9329) or reports of its own.
 *
 * What node-hid leaves to its user (3.4.0, hidraw):
 * - unplugging shows as one `error` and nothing else, and only while somebody listens for `data`; so we listen from
 *   the opening to the end, and the handle is thrown away then. The next line looks for the device anew, for its
 *   node may belong to another one by now;
 * - an `error` without a listener would end the process, so that listener comes first;
 * - the reading begins one turn of the event loop after the listener is added and throws into the void when the
 *   handle is closed within that turn; so we wait it out;
 * - no call has a limit of its own, and a sick device keeps one for seconds; a handle that did is given up.
 */
import { Duplex } from 'node:stream'
import { type Line, RegisterError, type Text } from '../contract.ts'
import { DeadlinePassed, pause } from '../deadline.ts'
import { type FeatureReports, startUart } from './cp2110.ts'
import type { HidAddress } from './hidaddress.ts'
import { chooseDevice, isChosen, nameOf, pluggedHint } from './hidchoice.ts'
import { atFullSize, fromReport, toReports } from './hidreports.ts'
import { type HidHandle, type HidSystem, loadHid } from './hidsystem.ts'
import { atMost, limited } from './limited.ts'
import { PulledLine } from './pulled.ts'

/** The limits of a HID line in milliseconds. */
export interface HidLimits {
  /** For listing the devices, and for opening one. */
  readonly openMs: number
  /** For one feature report, either way. */
  readonly featureMs: number
  /** For one write to be taken, beside the time that its bytes need on the wire behind the bridge. */
  readonly writeMs: number
  readonly closeMs: number
}

const usualLimits: HidLimits = { openMs: 5_000, featureMs: 1_000, writeMs: 2_000, closeMs: 3_000 }
/** Where the rate behind the device is not ours to set: the slowest that registers know. */
const slowestBaud = 1_200
/** What is under way when a bridge's buffers are emptied has arrived by then: reports come every millisecond. */
const underWayMs = 20
/** A device that says so much and nobody asked is no register; a document's answers are some hundred bytes each. */
const unreadLimit = 65_536

/** Finds the device and opens it as ours alone. Throws `RegisterError` with the reason, or the signal's reason. */
export async function openHid(
  address: HidAddress,
  signal: AbortSignal,
  load: () => Promise<HidSystem> = loadHid,
  limits = usualLimits,
): Promise<Line> {
  const system = await load()
  const path = await find(system, address, signal, limits)
  const claim = await system.claim(path, signal)
  const device = await openDevice(system, path, signal, limits).catch(async (error: unknown) => {
    await claim.release()
    signal.throwIfAborted()
    throw explain(error, address, cannotOpen)
  })
  const opened = new OpenedDevice(device, address, limits, () => claim.release())
  return opened.prepare(signal)
}

async function find(
  system: HidSystem,
  address: HidAddress,
  signal: AbortSignal,
  limits: HidLimits,
): Promise<string> {
  const { vendorId, productId } = address
  try {
    const listed = await limited(limits.openMs, signal, () => system.devices(vendorId, productId))
    return chooseDevice(listed, address)
  } catch (error) {
    signal.throwIfAborted()
    throw explain(error, address, cannotOpen)
  }
}

/** One that opens when nobody waits for it any more is closed at once. */
function openDevice(
  system: HidSystem,
  path: string,
  signal: AbortSignal,
  { openMs }: HidLimits,
): Promise<HidHandle> {
  const discard = (late: HidHandle) => void late.close().catch(() => undefined)
  return limited(openMs, signal, () => system.open(path), discard)
}

/** From an opened handle to a line over it. */
class OpenedDevice {
  readonly #device: HidHandle
  readonly #address: HidAddress
  readonly #limits: HidLimits
  readonly #release: () => Promise<void>
  readonly #stream: Duplex
  readonly #line: PulledLine
  /** Arriving reports are data; until then they are what was left from before. */
  #taking = false
  #ended = false
  /** null: no report has been taken yet. */
  #short: boolean | null = null

  constructor(device: HidHandle, address: HidAddress, limits: HidLimits, release: () => Promise<void>) {
    this.#device = device
    this.#address = address
    this.#limits = limits
    this.#release = release
    this.#stream = new Duplex({
      highWaterMark: unreadLimit,
      read() {},
      write: (bytes: Buffer, _encoding, done) => {
        this.#writeAll(bytes).then(() => done(), done)
      },
    })
    this.#line = new PulledLine({
      stream: this.#stream,
      writeLimitMs: (length) => limits.writeMs + (length * 10_000) / (address.baud ?? slowestBaud),
      lost: (cause) => explain(cause, address, gone),
      stuck: (cause) => explain(cause, address, stuck),
      close: () => this.#close(),
    })
    device.on('error', (error) => this.#line.lose(error))
    device.on('data', (report) => this.#take(report))
  }

  /** Makes sure of the device, sets it up, and gives the line out; a device that fails is closed. */
  async prepare(signal: AbortSignal): Promise<Line> {
    try {
      await new Promise((resolve) => setImmediate(resolve))
      await this.#proveIdentity(signal)
      await this.#setUp(signal)
      signal.throwIfAborted()
      this.#taking = true
      return this.#line
    } catch (error) {
      await this.#line[Symbol.asyncDispose]()
      signal.throwIfAborted()
      throw explain(error, this.#address, notSetUp)
    }
  }

  async #proveIdentity(signal: AbortSignal): Promise<void> {
    const info = await limited(this.#limits.openMs, signal, () => this.#device.getDeviceInfo())
    if (!isChosen(info, this.#address)) throw explain(null, this.#address, gone)
  }

  async #setUp(signal: AbortSignal): Promise<void> {
    const { baud, init } = this.#address
    const features = this.#features(signal)
    if (baud !== null) await startUart(features, baud)
    for (const report of init) await features.send(report)
    if (baud !== null || init.length > 0) await pause(underWayMs, signal)
  }

  #features(signal: AbortSignal): FeatureReports {
    const { featureMs } = this.#limits
    return {
      send: async (report) => {
        await limited(featureMs, signal, () => this.#device.sendFeatureReport(Buffer.from(report)))
      },
      get: (id, length) => limited(featureMs, signal, () => this.#device.getFeatureReport(id, length)),
    }
  }

  #take(report: Uint8Array): void {
    if (!this.#taking || this.#ended) return
    const bytes = fromReport(this.#address.framing, report)
    if (bytes.length === 0) return
    if (this.#stream.readableLength + bytes.length > unreadLimit) this.#line.lose(new Babble())
    else this.#stream.push(bytes)
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (const report of toReports(this.#address.framing, bytes)) await this.#writeOne(report)
  }

  /** Some CP2110 firmware may want its reports at full size (none is known for sure): the first one settles it. */
  async #writeOne(report: Uint8Array): Promise<void> {
    if (this.#short === null && this.#address.framing.kind === 'id-len') {
      this.#short = await this.#send(report).then(
        () => true,
        () => false,
      )
      if (this.#short) return
    }
    await this.#send(this.#short === false ? atFullSize(report) : report)
  }

  async #send(report: Uint8Array): Promise<void> {
    // The line was given up between two reports: the rest of a command must not follow later.
    if (this.#ended) throw new Error('the line has ended')
    const taken = await this.#device.write(Buffer.from(report))
    if (taken < report.length) throw new Error(`${taken} of ${report.length} bytes of a report were taken`)
  }

  #close(): Promise<void> {
    this.#ended = true
    return atMost(
      this.#limits.closeMs,
      this.#device
        .close()
        .catch(() => undefined)
        .then(this.#release),
    )
  }
}

/** More has arrived than anybody reads. */
class Babble extends Error {
  override readonly name = 'Babble'

  constructor() {
    super(`more than ${unreadLimit} bytes came unasked`)
  }
}

type Wording = (name: string) => { readonly text: Text; readonly hint: Text }

const cannotOpen: Wording = (name) => ({
  text: { ru: `HID-устройство ${name} не открывается`, en: `The HID device ${name} cannot be opened` },
  hint: pluggedHint,
})

const gone: Wording = (name) => ({
  text: { ru: `HID-устройство ${name} пропало`, en: `The HID device ${name} is gone` },
  hint: pluggedHint,
})

const stuck: Wording = (name) => ({
  text: { ru: `HID-устройство ${name} ничего не принимает`, en: `The HID device ${name} accepts nothing` },
  hint: pluggedHint,
})

const notSetUp: Wording = (name) => ({
  text: { ru: `HID-устройство ${name} не настраивается`, en: `The HID device ${name} cannot be set up` },
  hint: {
    ru: 'Переподключите кабель; если повторяется, проверьте framing=, baud= и init= в адресе: тот ли это мост?',
    en: 'Plug the cable in again; if this repeats, check framing=, baud= and init= in the address: is it that bridge?',
  },
})

const babbling: Wording = (name) => ({
  text: {
    ru: `HID-устройство ${name} шлёт данные без конца`,
    en: `The HID device ${name} sends without end`,
  },
  hint: {
    ru: 'Похоже, это не касса или неверный framing= в адресе: проверьте номера в lsusb.',
    en: 'It seems to be no register, or framing= in the address is wrong: check the numbers in lsusb.',
  },
})

/** `RegisterError('lost')` in the words of `wording`; what is one already stays as it is. */
function explain(cause: unknown, address: HidAddress, wording: Wording): RegisterError {
  if (cause instanceof RegisterError) return cause
  const { text, hint } = (cause instanceof Babble ? babbling : wording)(nameOf(address))
  const why = reasonOf(cause)
  const more = why === '' ? '' : ` (${why})`
  const whole = { ru: `${text.ru}${more}.`, en: `${text.en}${more}.` }
  return new RegisterError('lost', whole, cause === null ? { hint } : { hint, cause })
}

/** node-hid rejects with errors, but its `error` event brings bare text. */
function reasonOf(cause: unknown): string {
  if (cause instanceof DeadlinePassed) return `${Math.round(cause.ms)} ms`
  if (cause instanceof Error) return cause.message
  return typeof cause === 'string' ? cause : ''
}
