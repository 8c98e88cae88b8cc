import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPorts, type PortTree, portAt } from '../../../drivers/transport/find.ts'
import { inodesTo } from '../../../drivers/transport/findrivals.ts'

let root = ''
let tree: PortTree

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ports-'))
  tree = {
    ...{ links: join(root, 'serial'), terminals: join(root, 'tty') },
    ...{ nodes: '/dev', hidraw: join(root, 'hidraw') },
  }
  for (const folder of [tree.terminals, tree.hidraw]) mkdirSync(folder)
})
afterEach(() => rmSync(root, { recursive: true }))

function boardPort(name: string, type: number): void {
  mkdirSync(join(tree.terminals, name))
  writeFileSync(join(tree.terminals, name, 'type'), `${type}\n`)
}

function hid(name: string, id: string, serial: string): void {
  mkdirSync(join(tree.hidraw, name, 'device'), { recursive: true })
  const uevent = `DRIVER=hid-generic\nHID_ID=${id}\nHID_NAME=bridge\nHID_UNIQ=${serial}\n`
  writeFileSync(join(tree.hidraw, name, 'device', 'uevent'), uevent)
}

test('lists USB ports by the name that stays, then the ports that have a chip behind them', async () => {
  const usb = join(root, 'usb1', '1-2')
  mkdirSync(join(usb, 'port'), { recursive: true })
  writeFileSync(join(usb, 'idVendor'), '0483\n')
  writeFileSync(join(usb, 'serial'), '0042\n')
  mkdirSync(join(tree.terminals, 'ttyACM0'))
  symlinkSync(join(usb, 'port'), join(tree.terminals, 'ttyACM0', 'device'))
  mkdirSync(join(tree.links, 'by-id'), { recursive: true })
  symlinkSync('/dev/ttyACM0', join(tree.links, 'by-id', 'usb-Shtrih_0042-if00'))
  boardPort('ttyS1', 4)
  boardPort('ttyS0', 0)
  boardPort('tty1', 4)
  const ports = await findPorts(tree)
  expect(ports.map(({ node }) => node)).toEqual(['/dev/ttyACM0', '/dev/ttyS1'])
  expect(ports[0]?.addressAt(4800)).toBe(
    `serial:${join(tree.links, 'by-id', 'usb-Shtrih_0042-if00')}?baud=4800`,
  )
})

test('lists the HID bridges that we know, each once; only one of them lets its rate be set', async () => {
  hid('hidraw0', '0003:000010C4:0000EA80', '00A1')
  hid('hidraw1', '0003:00001A86:0000E429', '')
  hid('hidraw2', '0003:0000046D:0000C31C', '')
  hid('hidraw3', '0003:000010C4:0000EA80', '00A1')
  const ports = await findPorts(tree)
  expect(ports.map((port) => port.addressAt(4800))).toEqual(['hid:10c4:ea80:00A1?baud=4800', 'hid:1a86:e429'])
})

test('a machine without such folders has no ports', async () => {
  rmSync(tree.terminals, { recursive: true })
  expect(await findPorts({ ...tree, hidraw: join(root, 'nowhere') })).toEqual([])
  expect(portAt('/dev/pts/3').addressAt(115_200)).toBe('serial:/dev/pts/3?baud=115200')
})

test('sockets that are connected to a register are found in the table of the kernel, and no others', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:9C40 6F89A8C0:1E62 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0 20 4 0 10 -1
   1: 0100007F:9C41 6F89A8C0:1E62 06 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 0 10 -1
   2: 0100007F:9C42 6F89A8C0:1E63 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 20 4 0 10 -1
`
  expect(inodesTo(table, '192.168.137.111', 7778)).toEqual(['111'])
})

test('finds an IPv4 connection of a program whose sockets are all IPv6, as Java’s are, and one of IPv6 itself', () => {
  const rest = '00:00000000 00000000     0        0'
  const table = `  sl  local_address remote_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
   0: 0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00006F89A8C0:1E62 01 00000000:00000000 ${rest} 444 1
   1: 000080FE000000000000000001000000:9C41 000080FE000000000000000002000000:1E62 01 00000000:00000000 ${rest} 555 1
   2: 0000000000000000FFFF00000100007F:9C42 0000000000000000FFFF00006F89A8C0:1E63 01 00000000:00000000 ${rest} 666 1
`
  expect(inodesTo(table, '192.168.137.111', 7778)).toEqual(['444'])
  expect(inodesTo(table, 'fe80::2', 7778)).toEqual(['555'])
})
