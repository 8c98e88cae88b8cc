import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const rules = readFileSync(new URL('../../systemd/60-chekpost.rules', import.meta.url), 'utf8')
const lines = rules.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

test('every rule is made of keys, operators and quoted values', () => {
  const part = '[A-Z]+(\\{[\\w/]+\\})?(==|!=|\\+=|=)"[^"]*"'
  const rule = new RegExp(`^${part}(, ${part})*$`)
  expect(lines.filter((line) => !rule.test(line))).toEqual([])
})

test('every jump has its label further down', () => {
  for (const [at, line] of lines.entries()) {
    const target = /GOTO="(\w+)"/.exec(line)?.[1]
    if (target !== undefined) expect(lines.indexOf(`LABEL="${target}"`)).toBeGreaterThan(at)
  }
  expect(lines.at(-1)).toBe('LABEL="chekpost_end"')
})

test('a chip is named by two numbers as sysfs writes them, and nothing but known chips is touched', () => {
  const chips = lines.filter((line) => line.includes('ENV{CHEKPOST}="1"'))
  for (const chip of chips)
    expect(chip).toMatch(
      /^ATTRS\{idVendor\}=="[0-9a-f]{4}", ATTRS\{idProduct\}=="[0-9a-f]{4}", ENV\{CHEKPOST\}="1"$/,
    )
  const gate = lines.indexOf('ENV{CHEKPOST}!="1", GOTO="chekpost_end"')
  const changes = lines.filter((line) => /(SYMLINK|MODE|GROUP|ENV\{(ID_MM|PRODUCT))/.test(line))
  for (const change of changes) expect(lines.indexOf(change)).toBeGreaterThan(gate)
})

test('modem and braille programs are kept away', () => {
  expect(lines).toContain('ENV{ID_MM_DEVICE_IGNORE}="1"')
  expect(lines).toContain('SUBSYSTEM=="tty", ENV{ID_MM_PORT_IGNORE}="1"')
  expect(lines).toContain('SUBSYSTEM=="usb", ENV{PRODUCT}="chekpost"')
})

test('HID bridges get the rights of a serial port, before the rules for logged-in users at 73', () => {
  expect(lines).toContain('SUBSYSTEM=="hidraw", SUBSYSTEMS=="usb", GOTO="chekpost_known"')
  for (const chip of ['"10c4", ATTRS{idProduct}=="ea80"', '"1a86", ATTRS{idProduct}=="e429"'])
    expect(lines).toContain(`ATTRS{idVendor}==${chip}, ENV{CHEKPOST}="1"`)
  const nodesOnly = lines.indexOf('SUBSYSTEM!="tty|hidraw", GOTO="chekpost_end"')
  expect(nodesOnly).toBeGreaterThan(0)
  expect(lines.indexOf('GROUP="dialout", MODE="0660"')).toBeGreaterThan(nodesOnly)
})
