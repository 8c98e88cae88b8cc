import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { parseConfig } from '../../agent/config.ts'

const folder = new URL('../../systemd/', import.meta.url)
const unit = readFileSync(new URL('chekpost.service', folder), 'utf8')
const example = readFileSync(new URL('chekpost.example.yaml', folder), 'utf8')

/** Every value that a key of the unit is given, in order. */
function values(key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '')
}

test('the example is a valid config', () => {
  const config = parseConfig(example, 'chekpost.example.yaml')
  expect(config.registers.map(({ id }) => id)).toEqual(['shop-12/till-1'])
})

test('every line of the example is explained in Russian and in English', () => {
  const unexplained = example
    .split('\n')
    .filter((line) => line !== '')
    .filter(
      (line) => !/#.*[а-я].* \/ .*[a-z]/i.test(line) && !/^ *# \w+: .* # .*[а-я].* \/ .*[a-z]/i.test(line),
    )
  expect(unexplained).toEqual([])
})

test('what the example leaves commented out is valid as well', () => {
  const whole = example.replace(/^( *)# (?=[a-zA-Z]+: \S.* #)/gm, '$1')
  expect(whole.match(/^ *(serial|proxy|caFile):/gm)).toHaveLength(3)
  expect(() => parseConfig(whole, 'chekpost.example.yaml')).not.toThrow()
})

test('the unit and the example mean the same directory, the same secret', () => {
  const config = parseConfig(example, 'chekpost.example.yaml')
  expect(config.stateDir).toBe(`/var/lib/${values('StateDirectory')[0]}`)
  const secretFile = parseDocument(example).getIn(['bitrix', 'secretFile'])
  expect(values('LoadCredential')).toEqual([`${secretFile}:/etc/chekpost/secrets/${secretFile}`])
})

test('the state is for the service alone', () => {
  expect(values('StateDirectoryMode')).toEqual(['0700'])
  expect(values('UMask')).toEqual(['0077'])
  expect(values('User')).toEqual(['chekpost'])
})

test('the daemon is started again for ever, and its watchdog can bite', () => {
  expect(values('Type')).toEqual(['notify'])
  expect(values('Restart')).toEqual(['always'])
  expect(values('StartLimitIntervalSec')).toEqual(['0'])
  expect(Number(values('WatchdogSec')[0])).toBeGreaterThan(0)
})

test('a register plugged in after the start is admitted: its driver is loaded before', () => {
  const kinds = values('DeviceAllow').map((allowed) => allowed.split(' ')[0])
  expect(kinds).toEqual(['char-ttyS', 'char-ttyUSB', 'char-ttyACM', 'char-hidraw'])
  const loaded = 'modprobe@cdc_acm.service modprobe@usbserial.service modprobe@usbhid.service'
  expect(values('Wants')).toEqual([loaded])
  expect(values('After')).toContain(loaded)
})

test('the sandbox takes nothing away that the work needs', () => {
  for (const harmful of [
    'MemoryDenyWriteExecute',
    'PrivateDevices',
    'ProtectProc',
    'ProcSubset',
    'PrivateNetwork',
  ])
    expect(values(harmful)).toEqual([])
  expect(values('RestrictAddressFamilies')).toEqual(['AF_UNIX AF_INET AF_INET6 AF_NETLINK'])
})
