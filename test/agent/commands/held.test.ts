import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sameLine } from '../../../agent/commands/held.ts'

test.each([
  [true, 'tcp:10.0.0.5', 'tcp:10.0.0.5:7778'],
  [false, 'tcp:10.0.0.5', 'tcp:10.0.0.6'],
  [true, 'serial:/dev/ttyNone', 'serial:/dev/ttyNone?baud=4800'],
  [false, 'serial:/dev/ttyNone', 'tcp:10.0.0.5'],
])('it is %s that %s and %s are one line', (is, one, other) => {
  expect(sameLine(one, other)).toBe(is)
})

test('a port by its name that stays and by its number is one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-held-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const port of ['ttyUSB0', 'ttyUSB1']) writeFileSync(join(folder, port), '')
  symlinkSync('ttyUSB0', join(folder, 'usb-Shtrih-port0'))
  const line = (name: string) => `serial:${join(folder, name)}`
  expect(sameLine(line('usb-Shtrih-port0'), line('ttyUSB0'))).toBe(true)
  expect(sameLine(line('usb-Shtrih-port0'), line('ttyUSB1'))).toBe(false)
})
