/**
 * What a HID line needs of the operating system, and the one place where `node-hid` is loaded: only when a `hid:`
 * address is opened, for its binary needs libraries that a PC without HID devices may lack.
 *
 * Its hidraw build is used. The other one, libusb, would take the kernel's driver off the device and the hidraw
 * nodes away from everybody else.
 */
import { RegisterError, type Text } from '../contract.ts'
import { type Claim, claimPort } from './claim.ts'

/** One collection of a device as the system lists it; a device with several is listed several times. */
export interface HidListed {
  readonly vendorId: number
  readonly productId: number
  /** The node, e.g. `/dev/hidraw0`; good until the next unplugging. */
  readonly path?: string | undefined
  readonly serialNumber?: string | undefined
  /** -1 where the device has none. */
  readonly interface: number
  readonly usagePage?: number | undefined
  readonly usage?: number | undefined
}

/** One opened device. Reports begin with their id as told in `hidreports.ts`. */
export interface HidHandle {
  /** After an error nothing more comes and the handle is to be closed. */
  on(event: 'error', listener: (error: unknown) => void): unknown
  /** Reading begins with the first listener, one turn of the event loop later. */
  on(event: 'data', listener: (report: Uint8Array) => void): unknown
  /** The number of bytes taken, the id included. */
  write(report: Buffer): Promise<number>
  sendFeatureReport(report: Buffer): Promise<number>
  getFeatureReport(id: number, length: number): Promise<Uint8Array>
  getDeviceInfo(): Promise<HidListed>
  /** To be called once. */
  close(): Promise<void>
}

/** The HID devices of this machine. */
export interface HidSystem {
  devices(vendorId: number, productId: number): Promise<readonly HidListed[]>
  /** Makes the node ours alone, for the system would give a copy of every report to everybody. */
  claim(path: string, signal: AbortSignal): Promise<Pick<Claim, 'release'>>
  open(path: string): Promise<HidHandle>
}

/** Loads `node-hid`. Throws `RegisterError('refused')` that says what is missing on this machine. */
export async function loadHid(load = () => import('node-hid')): Promise<HidSystem> {
  try {
    const hid = await load()
    hid.setDriverType('hidraw')
    // The binary itself is loaded by the first call.
    hid.getHidapiVersion()
    return {
      devices: (vendorId, productId) => hid.devicesAsync(vendorId, productId),
      claim: claimPort,
      open: (path) => hid.HIDAsync.open(path),
    }
  } catch (cause) {
    const { text, hint } = explainMissing(cause)
    throw new RegisterError('refused', text, { hint, cause })
  }
}

function explainMissing(cause: unknown): { text: Text; hint: Text } {
  const said = cause instanceof Error ? cause.message : String(cause)
  const library = /\b(lib[\w.+-]+\.so[\d.]*): cannot open shared object file/.exec(said)?.[1]
  if (library !== undefined)
    return {
      text: {
        ru: `Для HID-устройств не хватает библиотеки ${library}.`,
        en: `HID devices need the library ${library}, which is missing.`,
      },
      hint: {
        ru: 'Установите её: apt-get install libusb-1.0-0 libudev1',
        en: 'Install it: apt-get install libusb-1.0-0 libudev1',
      },
    }
  return {
    text: { ru: `HID не работает: ${firstLine(said)}`, en: `HID does not work: ${firstLine(said)}` },
    hint: {
      ru: 'Пакет node-hid не установлен или собран для другой системы: переустановите chekpost.',
      en: 'The package node-hid is not installed or was built for another system: install chekpost again.',
    },
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
