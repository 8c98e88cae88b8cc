import { expect, test } from 'vitest'
import { parseAddress } from '../../../drivers/transport/address.ts'

const open = { serial: null, usage: null, interface: null, baud: null, init: [] }
const bridge = { ...open, kind: 'hid', vendorId: 0x10c4, productId: 0xea80, framing: { kind: 'id-len' } }
const other = { ...open, kind: 'hid', vendorId: 0x1209, productId: 2 }

test.each<[string, object]>([
  ['hid:10c4:ea80', { ...bridge, baud: 115_200 }],
  ['hid:10C4:EA80?', { ...bridge, baud: 115_200 }],
  ['hid:10c4:ea80:0012AB?baud=9600', { ...bridge, serial: '0012AB', baud: 9600 }],
  ['hid:10c4:ea80:00:12:AB', { ...bridge, serial: '00:12:AB', baud: 115_200 }],
  ['hid:10c4:ea80:a%3Fb%25%20%D0%96', { ...bridge, serial: 'a?b% Ж', baud: 115_200 }],
  ['hid:10c4:ea80?init=4101,4303', { ...bridge, init: [Uint8Array.of(0x41, 1), Uint8Array.of(0x43, 3)] }],
  ['hid:10c4:ea80?init=4101&baud=4800', { ...bridge, baud: 4800, init: [Uint8Array.of(0x41, 1)] }],
  [
    'hid:10c4:ea80?usage=FF00:0001&interface=2',
    { ...bridge, baud: 115_200, usage: { page: 0xff00, usage: 1 }, interface: 2 },
  ],
  [
    'hid:1a86:e429',
    {
      ...open,
      kind: 'hid',
      vendorId: 0x1a86,
      productId: 0xe429,
      framing: { kind: 'len', report: 64, reportId: null },
    },
  ],
  [
    'hid:1a86:e429?framing=raw&report=8&padding=FF',
    {
      ...open,
      kind: 'hid',
      vendorId: 0x1a86,
      productId: 0xe429,
      framing: { kind: 'raw', report: 8, reportId: null, padding: 0xff },
    },
  ],
  [
    'hid:1209:0002?framing=len&report=32&reportId=0A',
    { ...other, framing: { kind: 'len', report: 32, reportId: 10 } },
  ],
  [
    'hid:1209:0002?framing=raw',
    { ...other, framing: { kind: 'raw', report: 64, reportId: null, padding: 0 } },
  ],
  [
    'hid:1209:0002?framing=raw&init=6001',
    {
      ...other,
      framing: { kind: 'raw', report: 64, reportId: null, padding: 0 },
      init: [Uint8Array.of(0x60, 1)],
    },
  ],
])('understands %s', (address, meaning) => {
  expect(parseAddress(address)).toEqual(meaning)
})

test.each([
  ['hid:', 'lsusb'],
  ['hid:10c4', 'lsusb'],
  ['hid:10c4:ea8', 'lsusb'],
  ['hid:0x10c4:0xea80', 'lsusb'],
  ['hid:10c4:ea80:', 'lsusb'],
  ['hid:10c4:ea80:100%', '%25'],
  ['hid:10c4:ea80?baud=9600?', 'lsusb'],
  ['hid:/dev/hidraw0', 'lsusb'],
  ['hid:1209:0002', 'Add framing=id-len'],
  ['hid:1209:0002?framing=lenght', 'Add framing=id-len'],
  ['hid:1209:0002?framing=', 'Add framing=id-len'],
  ['hid:1209:0002?framing=f0', 'CP2110, FTDI'],
  ['hid:1a86:e008', 'CP2110, FTDI'],
  ['hid:04fa:2490?framing=len', 'CP2110, FTDI'],
  ['hid:10c4:ea80?speed=9600', 'each once'],
  ['hid:10c4:ea80?baud', 'each once'],
  ['hid:10c4:ea80?baud=9600&baud=9600', 'each once'],
  ['hid:10c4:ea80?baud=9600=', 'each once'],
  ['hid:10c4:ea80?baud=12345', '115200'],
  ['hid:10c4:ea80?baud=', '1000000'],
  ['hid:10c4:ea80?report=64', 'Take report='],
  ['hid:10c4:ea80?reportId=01', 'Take reportId='],
  ['hid:1a86:e429?padding=ff', 'Take padding='],
  ['hid:1a86:e429?baud=9600', 'Take baud='],
  ['hid:1a86:e429?report=1', '2 … 256'],
  ['hid:1a86:e429?report=257', '2 … 256'],
  ['hid:1a86:e429?report=0x40', '2 … 256'],
  ['hid:1a86:e429?reportId=00', '01 … ff'],
  ['hid:1a86:e429?reportId=1', '00 … ff'],
  ['hid:1209:0002?framing=raw&report=0', '1 … 1024'],
  ['hid:1209:0002?framing=raw&padding=256', '00 … ff'],
  ['hid:1a86:e429?usage=ff00', 'ff00:1'],
  ['hid:1a86:e429?usage=10000:1', 'ff00:1'],
  ['hid:1a86:e429?interface=-1', '0 … 255'],
  ['hid:1a86:e429?init=', '4101,4303'],
  ['hid:1a86:e429?init=41', '4101,4303'],
  ['hid:1a86:e429?init=4101,', '4101,4303'],
  ['hid:1a86:e429?init=410', '4101,4303'],
  ['hid:1a86:e429?init=41 01', '4101,4303'],
  ['hid:10c4:ea80?init=4000', 'never sent'],
  ['hid:10c4:ea80?init=4101,4700', 'never sent'],
  ['hid:10c4:ea80?init=6600', 'never sent'],
])('refuses %s and says what to write', (address, advice) => {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'wrong') throw new Error(`taken for ${JSON.stringify(parsed)}`)
  expect(parsed.hint.en).toContain(advice)
  expect(parsed.problem.ru).toMatch(/[а-я]/i)
  expect(parsed.hint.ru).toMatch(/[а-я]|[\d…]/i)
})
