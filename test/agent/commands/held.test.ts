import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sameLine } from '../../../agent/commands/held.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'till.shop': ['10.0.0.5', 'fd00::5'],
  'kassa.shop': ['fd00::5'],
}
const resolve = (host: string) => Promise.resolve(names[host] ?? (/^[\d.]+$|:/.test(host) ? [host] : []))

test.each([
  [true, 'tcp:10.0.0.5', 'tcp:10.0.0.5:7778'],
  [false, 'tcp:10.0.0.5', 'tcp:10.0.0.6'],
  [true, 'tcp:till.shop:7778', 'tcp:10.0.0.5:7778'],
  [true, 'tcp:[fd00::5]', 'tcp:till.shop'],
  [true, 'tcp:kassa.shop', 'tcp:till.shop'],
  [false, 'tcp:till.shop:7778', 'tcp:10.0.0.5:7779'],
  [false, 'tcp:nobody.shop', 'tcp:10.0.0.5'],
  [false, 'tcp:nobody.shop', 'tcp:somebody.shop'],
  [true, 'tcp:nobody.shop', 'tcp:nobody.shop:7778'],
  [true, 'serial:/dev/ttyNone', 'serial:/dev/ttyNone?baud=4800'],
  [false, 'serial:/dev/ttyNone', 'tcp:10.0.0.5'],
])('it is %s that %s and %s are one line', async (is, one, other) => {
  expect(await sameLine(one, other, resolve)).toBe(is)
})

test('a name of this very machine is resolved', async () => {
  expect(await sameLine('tcp:localhost:7778', 'tcp:127.0.0.1:7778')).toBe(true)
})

test('a port by its name that stays and by its number is one line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-held-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const port of ['ttyUSB0', 'ttyUSB1']) writeFileSync(join(folder, port), '')
  symlinkSync('ttyUSB0', join(folder, 'usb-Shtrih-port0'))
  const line = (name: string) => `serial:${join(folder, name)}`
  expect(await sameLine(line('usb-Shtrih-port0'), line('ttyUSB0'))).toBe(true)
  expect(await sameLine(line('usb-Shtrih-port0'), line('ttyUSB1'))).toBe(false)
})
