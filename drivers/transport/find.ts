/**
 * The ports of this machine on which a register may be: serial ports that are really there, and the HID bridges that
 * we know. Nothing is opened; names that survive re-plugging come first.
 */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { knownFramings } from './hidaddress.ts'
import { type DeviceTree, stableName, system as usualTree } from './stable.ts'

/** One port that may be opened. */
export interface FoundPort {
  readonly kind: 'serial' | 'hid'
  /** For a person: the stable name, or the chip. */
  readonly name: string
  /** The kernel's name, e.g. `/dev/ttyUSB0`. */
  readonly node: string
  /** As the config has it, for a rate in bits per second. */
  addressAt(baud: number): string
}

/** Where the system shows its ports; tests give folders of their own. */
export interface PortTree extends DeviceTree {
  readonly nodes: string
  readonly hidraw: string
}

const system: PortTree = { ...usualTree, nodes: '/dev', hidraw: '/sys/class/hidraw' }

/** Ports that USB made come before those of the mainboard: few tills still use these. */
export async function findPorts(tree = system): Promise<FoundPort[]> {
  const names = (await namesIn(tree.terminals)).sort(byNumber)
  const usb = names.filter((name) => /^tty(USB|ACM)\d+$/.test(name))
  const boards: string[] = []
  for (const name of names) if (await isBoardPort(name, tree)) boards.push(name)
  const serial = await Promise.all([...usb, ...boards].map((name) => serialPort(name, tree)))
  return [...serial, ...(await hidPorts(tree))]
}

/** A port that a person names. */
export function portAt(path: string): FoundPort {
  return { kind: 'serial', name: path, node: path, addressAt: (baud) => `serial:${path}?baud=${baud}` }
}

async function serialPort(name: string, tree: PortTree): Promise<FoundPort> {
  const node = join(tree.nodes, name)
  const stable = /^tty(USB|ACM)/.test(name) ? await stableName(node, name, tree) : null
  return { ...portAt(stable ?? node), node }
}

/** `/dev/ttyS0` to `ttyS31` exist on every PC; `type` 0 means that no chip is behind it (Linux, serial_core). */
async function isBoardPort(name: string, tree: PortTree): Promise<boolean> {
  if (/^ttyAMA\d+$/.test(name)) return true
  if (!/^ttyS\d+$/.test(name)) return false
  return Number(await textOf(join(tree.terminals, name, 'type'))) > 0
}

async function hidPorts(tree: PortTree): Promise<FoundPort[]> {
  const found = new Map<string, FoundPort>()
  for (const name of (await namesIn(tree.hidraw)).sort(byNumber)) {
    const port = hidPort(join(tree.nodes, name), await textOf(join(tree.hidraw, name, 'device', 'uevent')))
    // One chip may have several nodes; `openLine` finds the right one by itself or says what to add.
    if (port !== null && !found.has(port.name)) found.set(port.name, port)
  }
  return [...found.values()]
}

/** `HID_ID=0003:000010C4:0000EA80` is bus, vendor and product; `HID_UNIQ` the serial number (Linux, hid-core). */
function hidPort(node: string, uevent: string): FoundPort | null {
  const [, vendor = '', product = ''] = /^HID_ID=\w+:0{4}(\w{4}):0{4}(\w{4})$/m.exec(uevent) ?? []
  const chip = `${vendor}:${product}`.toLowerCase()
  const framing = knownFramings[chip]
  if (framing === undefined) return null
  const serial = /^HID_UNIQ=(.+)$/m.exec(uevent)?.[1]
  const name = `hid:${chip}${serial === undefined ? '' : `:${encodeURIComponent(serial)}`}`
  // Only this bridge lets its rate be set from here.
  const addressAt = (baud: number) => (framing === 'id-len' ? `${name}?baud=${baud}` : name)
  return { kind: 'hid', name, node, addressAt }
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

function namesIn(folder: string): Promise<string[]> {
  return realpath(folder)
    .then((path) => readdir(path))
    .catch(() => [])
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '')
}
