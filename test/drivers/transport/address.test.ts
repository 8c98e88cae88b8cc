import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddress } from '../../../drivers/transport/address.ts'
import { openLine } from '../../../drivers/transport/open.ts'

test.each([
  ['serial:/dev/ttyS0', { kind: 'serial', path: '/dev/ttyS0', baud: 115_200 }],
  ['serial:/dev/ttyS0?', { kind: 'serial', path: '/dev/ttyS0', baud: 115_200 }],
  [
    'serial:/dev/serial/by-id/usb-A_B:C-if00?baud=4800',
    { kind: 'serial', path: '/dev/serial/by-id/usb-A_B:C-if00', baud: 4800 },
  ],
  ['tcp:192.168.137.111:7778', { kind: 'tcp', host: '192.168.137.111', port: 7778 }],
  ['tcp:till-1.shop.local:5555', { kind: 'tcp', host: 'till-1.shop.local', port: 5555 }],
  ['tcp:касса:1', { kind: 'tcp', host: 'касса', port: 1 }],
  ['tcp:till', { kind: 'tcp', host: 'till', port: 7778 }],
  ['tcp:[2001:db8::7]:65535', { kind: 'tcp', host: '2001:db8::7', port: 65_535 }],
  ['tcp:[fe80::1%eth0]', { kind: 'tcp', host: 'fe80::1%eth0', port: 7778 }],
])('understands %s', (address, meaning) => {
  expect(parseAddress(address)).toEqual(meaning)
})

test.each([
  ['', 'tcp:192.168.137.111:7778'],
  ['/dev/ttyUSB0', 'serial:/dev'],
  ['COM3', 'serial:/dev'],
  ['serial:ttyUSB0', 'full path'],
  ['serial:COM3', 'full path'],
  ['serial:/dev/ttyS0?baud=115200?', 'full path'],
  ['serial:/dev/ttyS0?speed=9600', 'Only one baud'],
  ['serial:/dev/ttyS0?baud=9600&baud=4800', 'Only one baud'],
  ['serial:/dev/ttyS0?baud=12345', '115200'],
  ['serial:/dev/ttyS0?baud=', '115200'],
  ['serial:/dev/ttyS0?baud=9600.0x', '115200'],
  ['tcp:', 'host:port'],
  ['tcp://192.168.1.1:7778', 'host:port'],
  ['tcp:192.168.1', 'host:port'],
  ['tcp:192.168.1.256:7778', 'host:port'],
  ['tcp:till:0', 'host:port'],
  ['tcp:till:65536', 'host:port'],
  ['tcp:till:7778x', 'host:port'],
  ['tcp:fe80::1:7778', 'in brackets'],
  ['tcp:[192.168.1.1]:7778', 'in brackets'],
  ['tcp:-till:7778', 'host:port'],
  ['unix:/run/chekpost/till-1.sock', 'network or serial'],
])('refuses %s and says what to write', (address, advice) => {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'wrong') throw new Error(`taken for ${JSON.stringify(parsed)}`)
  expect(parsed.hint.en).toContain(advice)
  expect(parsed.problem.ru).toMatch(/[а-я]/i)
  expect(parsed.hint.ru).not.toBe(parsed.hint.en)
})

test('any text at all is an address or a problem, never a crash', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `tcp:${rest}`),
    fc.string().map((rest) => `serial:/${rest}`),
    fc.string().map((rest) => `hid:10c4:ea80${rest}`),
    fc.string().map((rest) => `hid:1209:0002?framing=raw&${rest}`),
  )
  fc.assert(
    fc.property(text, (address) => {
      expect(['serial', 'tcp', 'hid', 'wrong']).toContain(parseAddress(address).kind)
    }),
  )
})

test('opening a wrong address is refused with the advice', async () => {
  await expect(openLine('unix:/run/till.sock', new AbortController().signal)).rejects.toMatchObject({
    name: 'RegisterError',
    fault: 'refused',
    hint: { en: expect.stringContaining('network or serial') },
  })
})
