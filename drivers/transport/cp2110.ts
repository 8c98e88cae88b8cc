/**
 * The serial port inside a CP2110 or CP2114 (Silicon Labs AN434). It is off after power-up, and its settings live
 * in memory that every re-plugging clears, so they are made at every open. Numbers are big-endian here.
 *
 * 40h (reset), 47h (lock) and 60h to 66h (written once for good) are never sent.
 */
import { toHex, unsignedBE } from '../bytes.ts'

const uartConfig = 0x50
const uartConfigLength = 9

/** What this chip's feature reports can do, with time limits of their own. */
export interface FeatureReports {
  /** `report` begins with its id. */
  send(report: Uint8Array): Promise<void>
  /** `length` counts the id, with which the answer begins as well. */
  get(id: number, length: number): Promise<Uint8Array>
}

/** The chip answers with other settings than it was given. */
export class OtherSettings extends Error {
  override readonly name = 'OtherSettings'

  constructor(wanted: Uint8Array, found: Uint8Array) {
    super(`UART settings ${toHex(wanted)} were sent, ${toHex(found)} are in force`)
  }
}

/** 8 data bits, no parity, 1 stop bit, no flow control, at `baud` bits per second. */
export function uartSettings(baud: number): Uint8Array {
  const rate = [24, 16, 8, 0].map((shift) => (baud >>> shift) & 0xff)
  return Uint8Array.of(uartConfig, ...rate, 0, 0, 3, 0)
}

export const uartOn: Uint8Array = Uint8Array.of(0x41, 1)
/** Empties the chip's own buffers, both ways; what the system has queued stays. */
export const purgeBoth: Uint8Array = Uint8Array.of(0x43, 3)

/** Sets the rate, makes sure of it, switches the port on and empties it. Throws `OtherSettings`. */
export async function startUart(features: FeatureReports, baud: number): Promise<void> {
  const wanted = uartSettings(baud)
  await features.send(wanted)
  const found = await features.get(uartConfig, uartConfigLength)
  if (!agrees(wanted, found)) throw new OtherSettings(wanted, found)
  await features.send(uartOn)
  await features.send(purgeBoth)
}

/**
 * Whether the chip tells the rate it was given or the one its divider makes of it is not known, so 2 % are allowed:
 * that much a serial line bears. All else must be the same.
 */
function agrees(wanted: Uint8Array, found: Uint8Array): boolean {
  const rate = (settings: Uint8Array) => unsignedBE(settings.subarray(1, 5))
  const rest = (settings: Uint8Array) => toHex(settings.subarray(5, uartConfigLength))
  return (
    found.length >= uartConfigLength &&
    found[0] === uartConfig &&
    rest(found) === rest(wanted) &&
    Math.abs(rate(found) - rate(wanted)) <= rate(wanted) * 0.02
  )
}

/** Feature reports that would reset the chip, lock it, or change it for good. */
export function harmsForGood(report: Uint8Array): boolean {
  const id = report[0] ?? 0
  return id === 0x40 || id === 0x47 || (id >= 0x60 && id <= 0x66)
}
