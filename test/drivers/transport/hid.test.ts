/** The HID line over emulated devices: opening, set-up, exchange, and every way in which a device goes wrong. */
import { expect, test, vi } from 'vitest'
import { fromHex, toHex } from '../../../drivers/bytes.ts'
import { type Line, RegisterError } from '../../../drivers/contract.ts'
import { parseAddress } from '../../../drivers/transport/address.ts'
import { openHid } from '../../../drivers/transport/hid.ts'
import { type HidHandle, type HidSystem, loadHid } from '../../../drivers/transport/hidsystem.ts'
import { EmulatedDevice, EmulatedPort, EmulatedUart } from '../../fakes/hid.ts'

const never = new AbortController().signal
const quick = { openMs: 40, featureMs: 30, writeMs: 30, closeMs: 40 }
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array()

function hidAddress(address: string) {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'hid') throw new Error(`not a HID address: ${JSON.stringify(parsed)}`)
  return parsed
}

function open(system: HidSystem, address = 'hid:1209:0002?framing=len', signal = never): Promise<Line> {
  return openHid(hidAddress(address), signal, () => Promise.resolve(system), quick)
}

async function failure(work: Promise<unknown>): Promise<RegisterError> {
  const error: unknown = await work.then(
    () => 'no failure',
    (reason: unknown) => reason,
  )
  if (!(error instanceof RegisterError)) throw new Error(`not a fault: ${String(error)}`)
  expect(error.text.ru).toMatch(/[а-я]/i)
  expect(error.hint?.ru).toMatch(/[а-я]/i)
  return error
}

/** Reads until so many bytes are there. */
async function read(line: Line, length: number): Promise<string> {
  let hex = ''
  while (hex.length < length * 2) hex += toHex(await line.read(never))
  return hex
}

/** A bridge chip, and its serial port. */
function cp2110(): { device: EmulatedDevice; uart: EmulatedUart } {
  const device = new EmulatedDevice({ vendorId: 0x10c4, productId: 0xea80 })
  return { device, uart: new EmulatedUart(device) }
}

function never_<Result>(): Promise<Result> {
  return new Promise(() => {})
}

test('carries bytes both ways, over one or several reports', async () => {
  const device = new EmulatedDevice()
  await using line = await open(new EmulatedPort(device))
  await line.write(bytes('05'.repeat(70)), never)
  expect(device.written.map(toHex)).toEqual([
    `003f${'05'.repeat(63)}`,
    `0007${'05'.repeat(7)}${'00'.repeat(56)}`,
  ])
  device.say(bytes('0206aa'), bytes(''), bytes('00ff'), bytes('01bbcc'))
  expect(await read(line, 3)).toBe('06aabb')
})

test('keeps what arrives while nobody reads, and a read that is given up loses nothing', async () => {
  const device = new EmulatedDevice()
  await using line = await open(new EmulatedPort(device))
  const caller = new AbortController()
  const reading = expect(line.read(caller.signal)).rejects.toThrow('enough')
  caller.abort(new Error('enough'))
  await reading
  device.say(bytes('0106'), bytes('0115'))
  expect(await read(line, 2)).toBe('0615')
})

test('sets a CP2110 up, and what lay in its buffers is not taken for an answer', async () => {
  const { device, uart } = cp2110()
  const purge = device.sets
  device.sets = async (feature) => {
    await purge(feature)
    device.say(bytes('0206ff'))
  }
  await using line = await open(new EmulatedPort(device), 'hid:10c4:ea80?baud=57600')
  expect(device.features.map(toHex)).toEqual(['500000e10000000300', '4101', '4303'])
  expect(uart).toMatchObject({ on: true, purged: 1 })
  await line.write(bytes('05'), never)
  device.say(bytes('0115'))
  expect(await read(line, 1)).toBe('15')
  expect(device.written.map(toHex)).toEqual(['0105'])
})

test('a CP2110 that keeps other settings is not used', async () => {
  const { device } = cp2110()
  device.gets = () => Promise.resolve(bytes('500000258000000300'))
  const port = new EmulatedPort(device)
  const error = await failure(open(port, 'hid:10c4:ea80'))
  expect(error).toMatchObject({ fault: 'lost', message: expect.stringContaining('are in force') })
  expect(error.hint?.en).toContain('is it that bridge?')
  expect({ open: device.openHandles, claimed: port.claimed.size }).toEqual({ open: 0, claimed: 0 })
})

test('a CP2110 that refuses short reports is given full ones, from then on', async () => {
  const { device } = cp2110()
  device.takes = (report) =>
    report.length === 64 ? Promise.resolve(64) : Promise.reject(new Error('Cannot write to hid device'))
  await using line = await open(new EmulatedPort(device), 'hid:10c4:ea80')
  const refused = vi.spyOn(device, 'takes')
  await line.write(bytes('05'), never)
  await line.write(bytes('06'), never)
  expect(device.written.map((report) => toHex(report.subarray(0, 3)))).toEqual(['010500', '010600'])
  expect(refused).toHaveBeenCalledTimes(3)
})

test('`init` is sent in place of the set-up of a CP2110, or after it where `baud` is given', async () => {
  const { device } = cp2110()
  const port = new EmulatedPort(device)
  await (await open(port, 'hid:10c4:ea80?init=4101,4302'.replace('4302', '4303')))[Symbol.asyncDispose]()
  await (await open(port, 'hid:10c4:ea80?init=4101&baud=9600'))[Symbol.asyncDispose]()
  expect(device.features.map(toHex)).toEqual(['4101', '4303', '500000258000000300', '4101', '4303', '4101'])
})

test('other devices get the feature reports of `init` and no others', async () => {
  const device = new EmulatedDevice()
  const port = new EmulatedPort(device)
  await using _line = await open(port, 'hid:1209:0002?framing=raw&init=00ff01')
  expect(device.features.map(toHex)).toEqual(['00ff01'])
})

test('an unplugged device ends the line for ever; what had arrived can still be read', async () => {
  const device = new EmulatedDevice()
  const port = new EmulatedPort(device)
  const line = await open(port)
  device.say(bytes('0106'))
  device.unplug()
  expect(await read(line, 1)).toBe('06')
  expect(await failure(line.read(never))).toMatchObject({
    fault: 'lost',
    message: 'The HID device 1209:0002 is gone (could not read from HID device).',
  })
  expect(await failure(line.write(bytes('05'), never))).toMatchObject({ fault: 'lost' })
  device.say(bytes('0115'))
  await failure(line.read(never))
  await line[Symbol.asyncDispose]()
  expect({ open: device.openHandles, claimed: port.claimed.size }).toEqual({ open: 0, claimed: 0 })
})

test('a waiting read ends with the cable', async () => {
  const device = new EmulatedDevice()
  await using line = await open(new EmulatedPort(device))
  const reading = failure(line.read(never))
  device.unplug()
  expect(await reading).toMatchObject({ fault: 'lost' })
})

test('a device that is plugged in again is found under its new node', async () => {
  const port = new EmulatedPort(new EmulatedDevice())
  await (await open(port))[Symbol.asyncDispose]()
  const again = new EmulatedDevice({ path: '/dev/hidraw7' })
  port.plugged.splice(0, 1, new EmulatedDevice({ productId: 9 }), again)
  await using line = await open(port)
  again.say(bytes('0106'))
  expect(await read(line, 1)).toBe('06')
  expect([...port.claimed]).toEqual(['/dev/hidraw7'])
})

test('another device that got the node meanwhile is not written to', async () => {
  const other = new EmulatedDevice({ vendorId: 0x046d })
  const port = new EmulatedPort(other)
  port.devices = () => Promise.resolve(new EmulatedDevice().listed)
  expect(await failure(open(port))).toMatchObject({ fault: 'lost' })
  expect(other).toMatchObject({ written: [], features: [], openHandles: 0 })
})

test('one device is one line: a second one is refused until the first has ended', async () => {
  const port = new EmulatedPort(new EmulatedDevice())
  const line = await open(port)
  await expect(open(port)).rejects.toThrow('claimed already')
  await line[Symbol.asyncDispose]()
  await using _again = await open(port)
  expect(port.claimed.size).toBe(1)
})

test.each<[string, (device: EmulatedDevice) => void, RegExp]>([
  [
    'refuses a report',
    (device) => (device.takes = () => Promise.reject(new Error('EPIPE'))),
    /gone \(EPIPE\)/,
  ],
  ['takes a report in part', (device) => (device.takes = () => Promise.resolve(3)), /gone \(3 of 65 bytes/],
  ['takes nothing', (device) => (device.takes = never_), /accepts nothing \(\d+ ms\)/],
])('a device that %s ends the line', async (_what, fail, message) => {
  const device = new EmulatedDevice()
  await using line = await open(new EmulatedPort(device))
  fail(device)
  expect((await failure(line.write(bytes('05'), never))).message).toMatch(message)
  await failure(line.read(never))
})

test('a command that was given up half-way goes no further', async () => {
  const device = new EmulatedDevice()
  const line = await open(new EmulatedPort(device))
  let taken = (_bytes: number) => {}
  let begun = 0
  device.takes = () =>
    new Promise((resolve) => {
      begun++
      taken = resolve
    })
  const caller = new AbortController()
  const writing = expect(line.write(bytes('05'.repeat(100)), caller.signal)).rejects.toThrow('enough')
  await new Promise((resolve) => setImmediate(resolve))
  caller.abort(new Error('enough'))
  await writing
  taken(65)
  await line[Symbol.asyncDispose]()
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toBe(1)
})

test.each<[string, (device: EmulatedDevice) => void]>([
  ['setting a feature report', (device) => (device.sets = never_)],
  ['reading a feature report', (device) => (device.gets = never_)],
  ['opening', (device) => (device.opens = never_)],
])('a device that hangs while %s is given up in time', async (_where, hang) => {
  const { device } = cp2110()
  hang(device)
  const port = new EmulatedPort(device)
  expect(await failure(open(port, 'hid:10c4:ea80'))).toMatchObject({
    fault: 'lost',
    message: expect.stringMatching(/\((30|40) ms\)/),
  })
  expect(port.claimed.size).toBe(0)
})

test('a handle that opens after all is closed', async () => {
  const device = new EmulatedDevice()
  let opened = () => {}
  device.opens = (handle) =>
    new Promise((resolve) => {
      opened = () => resolve(handle)
    })
  await failure(open(new EmulatedPort(device)))
  expect(device.openHandles).toBe(1)
  opened()
  await new Promise((resolve) => setImmediate(resolve))
  expect(device.openHandles).toBe(0)
})

test('a handle that does not close keeps nobody waiting, and its claim as long as it lasts', async () => {
  const device = new EmulatedDevice()
  device.closes = never_
  const port = new EmulatedPort(device)
  await (await open(port))[Symbol.asyncDispose]()
  expect(port.claimed.size).toBe(1)
})

test.each(['sets', 'gets'] as const)(
  'an abort during the set-up (%s) ends it with its reason',
  async (where) => {
    const { device } = cp2110()
    device[where] = never_
    const caller = new AbortController()
    const port = new EmulatedPort(device)
    const opening = expect(
      openHid(hidAddress('hid:10c4:ea80'), caller.signal, () => Promise.resolve(port)),
    ).rejects.toThrow('told to stop')
    await new Promise((resolve) => setTimeout(resolve, 5))
    caller.abort(new Error('told to stop'))
    await opening
    expect({ open: device.openHandles, claimed: port.claimed.size }).toEqual({ open: 0, claimed: 0 })
  },
)

test('a device that is unplugged during the set-up is a fault, not a crash', async () => {
  const { device } = cp2110()
  device.sets = () => {
    device.unplug()
    return Promise.reject(new Error('no such device'))
  }
  expect(await failure(open(new EmulatedPort(device), 'hid:10c4:ea80'))).toMatchObject({ fault: 'lost' })
  expect(device.openHandles).toBe(0)
})

test('a device that sends without end is not stored without end', async () => {
  const device = new EmulatedDevice()
  await using line = await open(new EmulatedPort(device))
  for (let i = 0; i < 1_100; i++) device.say(Uint8Array.of(63, ...bytes('06'.repeat(63))))
  await line.read(never)
  expect((await failure(line.read(never))).message).toContain('sends without end')
})

test('an error after the end reaches nobody and ends nothing', async () => {
  const device = new EmulatedDevice()
  let opened: HidHandle | null = null
  device.opens = (handle) => {
    opened = handle
    return Promise.resolve(handle)
  }
  const line = await open(new EmulatedPort(device))
  await line[Symbol.asyncDispose]()
  await line[Symbol.asyncDispose]()
  expect(() => Object(opened).emit('error', 'late')).not.toThrow()
})

test.each([
  [
    'its library is missing',
    'libusb-1.0.so.0: cannot open shared object file: No such file or directory',
    'apt-get install libusb-1.0-0',
  ],
  [
    'no binary fits this system',
    'Failed to find binding for HID_hidraw\nTried paths:',
    'install chekpost again',
  ],
  ['it is not installed', "Cannot find package 'node-hid' imported from x", 'install chekpost again'],
])('node-hid that does not load is explained: %s', async (_what, message, advice) => {
  const error = await failure(loadHid(() => Promise.reject(new Error(message))))
  expect(error.fault).toBe('refused')
  expect(error.hint?.en).toContain(advice)
  expect(error.message).not.toContain('\n')
})
