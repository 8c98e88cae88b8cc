import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adviseAddress, type DeviceTree } from '../../../drivers/transport/stable.ts'

let root = ''
let tree: DeviceTree = { links: '', terminals: '' }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'devices-'))
  tree = { links: join(root, 'serial'), terminals: join(root, 'tty') }
})

afterEach(() => rmSync(root, { recursive: true }))

/** A USB serial port as udev and sysfs show it; chips without a number have no file `serial`. */
function plug(name: string, serial: string | null): void {
  const usb = join(root, 'usb1', '1-2')
  mkdirSync(join(usb, '1-2:1.0', name), { recursive: true })
  writeFileSync(join(usb, 'idVendor'), '1a86\n')
  if (serial !== null) writeFileSync(join(usb, 'serial'), `${serial}\n`)
  mkdirSync(join(tree.terminals, name), { recursive: true })
  symlinkSync(join(usb, '1-2:1.0', name), join(tree.terminals, name, 'device'))
  for (const [folder, link] of [
    ['by-id', `usb-Shtrih_${serial ?? 'M'}-if00`],
    ['by-path', 'pci-0-usb-0:2:1.0'],
  ] as const) {
    mkdirSync(join(tree.links, folder), { recursive: true })
    symlinkSync(`/dev/${name}`, join(tree.links, folder, link))
  }
}

test('a counted name is to be replaced by the name that holds the serial number', async () => {
  plug('ttyUSB0', '0042')
  const advice = await adviseAddress('serial:/dev/ttyUSB0?baud=9600', tree)
  expect(advice?.ru).toContain(`Напишите: serial:${tree.links}/by-id/usb-Shtrih_0042-if00?baud=9600`)
  expect(advice?.en).toContain('changes after re-plugging')
})

test('a chip without a serial number is named by its socket, for its other name may be shared', async () => {
  plug('ttyACM3', null)
  const advice = await adviseAddress('serial:/dev/ttyACM3', tree)
  expect(advice?.en).toContain(`Write: serial:${tree.links}/by-path/pci-0-usb-0:2:1.0?baud=115200`)
})

test('without any link the advice is where to look', async () => {
  expect((await adviseAddress('serial:/dev/ttyUSB0', tree))?.ru).toContain('ls -l /dev/serial/by-id')
})

test.each([
  'serial:/dev/ttyS0',
  'serial:/dev/serial/by-id/usb-A',
  'serial:/dev/chekpost/till',
  'tcp:till',
  'nonsense',
])('has no advice for %s', async (address) => {
  expect(await adviseAddress(address, tree)).toBeNull()
})
