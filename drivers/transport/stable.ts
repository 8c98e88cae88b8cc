/**
 * Names of serial ports that survive re-plugging. The kernel counts ttyUSB and ttyACM in the order of plugging,
 * so a till that was ttyUSB0 yesterday may be a card terminal today.
 */
import { access, readdir, readlink, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Text } from '../contract.ts'
import { parseAddress } from './address.ts'

/** Where udev's links and the kernel's device tree are; tests give folders of their own. */
export interface DeviceTree {
  readonly links: string
  readonly terminals: string
}

export const system: DeviceTree = { links: '/dev/serial', terminals: '/sys/class/tty' }

/** What to write instead of a name that may change; null when the address is good as it is. */
export async function adviseAddress(address: string, tree = system): Promise<Text | null> {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'serial') return null
  const name = /^\/dev\/(tty(?:USB|ACM)\d+)$/.exec(parsed.path)?.[1]
  if (name === undefined) return null
  const better = await stableName(parsed.path, name, tree)
  const instead = better === null ? null : `serial:${better}?baud=${parsed.baud}`
  return {
    ru: `Номер ${parsed.path} меняется после переподключения. ${instead === null ? 'Постоянные имена: ls -l /dev/serial/by-id' : `Напишите: ${instead}`}`,
    en: `The number of ${parsed.path} changes after re-plugging. ${instead === null ? 'Stable names: ls -l /dev/serial/by-id' : `Write: ${instead}`}`,
  }
}

/** By id where the chip has a serial number; else by path: chips without one (CH340) share a single by-id name. */
export async function stableName(path: string, name: string, tree: DeviceTree): Promise<string | null> {
  const order = (await hasSerialNumber(name, tree)) ? ['by-id', 'by-path'] : ['by-path', 'by-id']
  for (const folder of order) {
    const found = await linkTo(path, join(tree.links, folder))
    if (found !== null) return found
  }
  return null
}

async function linkTo(path: string, folder: string): Promise<string | null> {
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const link = join(folder, name)
    if (resolve(folder, await readlink(link).catch(() => '')) === path) return link
  }
  return null
}

/** Climbs from the terminal to its USB device, the first folder that has `idVendor` (sysfs-bus-usb). */
async function hasSerialNumber(name: string, tree: DeviceTree): Promise<boolean> {
  let folder = await realpath(join(tree.terminals, name, 'device')).catch(() => '/')
  for (; folder !== '/'; folder = dirname(folder))
    if (await exists(join(folder, 'idVendor'))) return exists(join(folder, 'serial'))
  return false
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
