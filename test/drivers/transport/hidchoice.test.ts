import { expect, test } from 'vitest'
import { RegisterError } from '../../../drivers/contract.ts'
import { parseAddress } from '../../../drivers/transport/address.ts'
import { chooseDevice } from '../../../drivers/transport/hidchoice.ts'
import type { HidListed } from '../../../drivers/transport/hidsystem.ts'

function collection(path: string, more: Partial<HidListed> = {}): HidListed {
  return { vendorId: 0x10c4, productId: 0xea80, path, interface: 0, ...more }
}

function choose(address: string, ...listed: HidListed[]): string | RegisterError {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'hid') throw new Error(JSON.stringify(parsed))
  try {
    return chooseDevice(listed, parsed)
  } catch (error) {
    if (error instanceof RegisterError) return error
    throw error
  }
}

const a = collection('/dev/hidraw0', { serialNumber: '00A', usagePage: 0xff00, usage: 1 })
const b = collection('/dev/hidraw1', { serialNumber: '00B', usagePage: 0xff00, usage: 1 })
const keys = collection('/dev/hidraw2', { serialNumber: '00A', interface: 1, usagePage: 1, usage: 6 })

test.each<[string, HidListed[], string]>([
  ['hid:10c4:ea80', [a], '/dev/hidraw0'],
  ['hid:10C4:EA80:00B', [a, b], '/dev/hidraw1'],
  ['hid:10c4:ea80:00A?usage=ff00:1', [a, b, keys], '/dev/hidraw0'],
  ['hid:10c4:ea80:00A?interface=1', [a, b, keys], '/dev/hidraw2'],
  ['hid:10c4:ea80?usage=1:6', [a, keys], '/dev/hidraw2'],
])('%s means the one device that fits', (address, listed, path) => {
  expect(choose(address, ...listed)).toBe(path)
})

test('a device with several collections is one device, and any of them may be named', () => {
  const more = { ...a, usagePage: 0xff01, usage: 2 }
  expect(choose('hid:10c4:ea80', a, more)).toBe('/dev/hidraw0')
  expect(choose('hid:10c4:ea80?usage=ff01:2', a, more)).toBe('/dev/hidraw0')
})

test('several devices that fit are listed as they may be written, and none is taken', () => {
  const error = choose('hid:10c4:ea80', a, b, collection('/dev/hidraw9', { interface: -1 }))
  expect(error).toMatchObject({ fault: 'refused' })
  for (const listed of [
    'hid:10c4:ea80:00A?interface=0&usage=ff00:1 (/dev/hidraw0)',
    'hid:10c4:ea80:00B?interface=0&usage=ff00:1 (/dev/hidraw1)',
    'hid:10c4:ea80? (/dev/hidraw9)',
  ]) {
    expect(Object(error).text.ru).toContain(listed)
    expect(Object(error).text.en).toContain(listed)
  }
  expect(choose('hid:10c4:ea80:00A', a, b, { ...a, path: '/dev/hidraw5' })).toMatchObject({
    fault: 'refused',
  })
})

test('a device that is not plugged in is a lost line', () => {
  expect(choose('hid:10c4:ea80')).toMatchObject({
    fault: 'lost',
    message: 'There is no HID device 10c4:ea80.',
  })
})

test.each([
  'hid:10c4:ea80:00C',
  'hid:10c4:ea80:00a',
  'hid:10c4:ea80?usage=ff00:2',
  'hid:10c4:ea80?interface=3',
])('%s fits none of those that are there, which are named', (address) => {
  const error = choose(address, a, { ...a, vendorId: 1 })
  expect(error).toMatchObject({ fault: 'lost', message: expect.stringContaining('(/dev/hidraw0)') })
  expect(
    choose(address, { ...a, usagePage: undefined, usage: undefined, serialNumber: undefined }),
  ).toMatchObject({
    fault: 'lost',
  })
})
