import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { basename } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Line } from '../../../drivers/contract.ts'
import { pause } from '../../../drivers/deadline.ts'
import { claimPort } from '../../../drivers/transport/claim.ts'
import { openLine } from '../../../drivers/transport/open.ts'
import { type Cable, openHere, plugCable } from './pty.ts'

const never = new AbortController().signal
const lost = { name: 'RegisterError', fault: 'lost' }

const opened = { lines: [] as Line[], cables: [] as Cable[], children: [] as ChildProcess[] }

afterEach(async () => {
  for (const line of opened.lines.splice(0)) await line[Symbol.asyncDispose]()
  for (const child of opened.children.splice(0)) child.kill('SIGKILL')
  for (const cable of opened.cables.splice(0)) await cable[Symbol.asyncDispose]()
})

async function plug(tty?: string): Promise<Cable> {
  const cable = await plugCable(tty)
  opened.cables.push(cable)
  return cable
}

async function open(cable: Cable, baud = 115_200): Promise<Line> {
  const line = await openLine(`serial:${cable.tty}?baud=${baud}`, never)
  opened.lines.push(line)
  return line
}

/** Another program that has the port open, with settings of its own, until the test ends. */
async function rival(cable: Cable, prepare: string): Promise<ChildProcess> {
  const script = `exec 9<>${cable.device}; stty 4800 cstopb hupcl <&9; ${prepare}; echo ready; read -r _`
  const child = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  opened.children.push(child)
  await once(child.stdout, 'data')
  return child
}

function settings(cable: Cable): string {
  return execFileSync('stty', ['-F', cable.device, '-g'], { encoding: 'utf8' })
}

async function received(register: Socket, length: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of register.iterator({ destroyOnReturn: false })) {
    parts.push(part)
    if (Buffer.concat(parts).length >= length) break
  }
  return Buffer.concat(parts)
}

test('all 256 bytes go both ways unchanged', async () => {
  const cable = await plug()
  const line = await open(cable)
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  await line.write(all, never)
  expect(await received(cable.register, 256)).toEqual(Buffer.from(all))
  cable.register.write(all)
  const parts: Uint8Array[] = []
  while (Buffer.concat(parts).length < 256) parts.push(await line.read(never))
  expect(Buffer.concat(parts)).toEqual(Buffer.from(all))
})

test('what arrives after a read was given up is not lost', async () => {
  const cable = await plug()
  const line = await open(cable)
  const gaveUp = new AbortController()
  const waiting = expect(line.read(gaveUp.signal)).rejects.toThrow('enough')
  gaveUp.abort(new Error('enough'))
  await waiting
  cable.register.write(Uint8Array.of(7))
  await pause(50, never)
  expect(await line.read(never)).toEqual(Uint8Array.of(7))
})

test('a port locked by another program is left exactly as it is, and its holder is named', async () => {
  const cable = await plug()
  const holder = await rival(cable, 'flock 9')
  const before = settings(cable)
  await expect(openLine(`serial:${cable.tty}`, never)).rejects.toMatchObject({
    ...lost,
    text: {
      ru: `Порт ${cable.device} занят программой (bash, ${holder.pid}).`,
      en: `The port ${cable.device} is in use by a program (bash, ${holder.pid}).`,
    },
    hint: { ru: expect.stringContaining('tcp:') },
  })
  expect(settings(cable)).toBe(before)
  expect(openHere(cable.device)).toBe(0)
})

test('a port that another program has open without any lock is left alone as well', async () => {
  const cable = await plug()
  const holder = await rival(cable, 'true')
  const before = settings(cable)
  await expect(openLine(`serial:${cable.tty}`, never)).rejects.toMatchObject({
    ...lost,
    message: expect.stringContaining(`(bash, ${holder.pid})`),
  })
  expect(settings(cable)).toBe(before)
})

test('a lock file of a living program counts, a stale one does not', async () => {
  const cable = await plug()
  const file = `/var/lock/LCK..${basename(cable.device)}`
  try {
    writeFileSync(file, `${String(process.ppid).padStart(10)}\n`)
    await expect(openLine(`serial:${cable.tty}`, never)).rejects.toMatchObject({
      ...lost,
      message: expect.stringContaining(String(process.ppid)),
    })
    writeFileSync(file, '2147483646\n')
    await open(cable)
    expect(openHere(cable.device)).toBeGreaterThan(0)
  } finally {
    rmSync(file, { force: true })
  }
})

test('the same port is not opened twice, and is free again after its line is closed', async () => {
  const cable = await plug()
  const line = await open(cable)
  await expect(openLine(`serial:${cable.device}`, never)).rejects.toMatchObject({
    ...lost,
    message: expect.stringContaining(String(process.pid)),
  })
  await line[Symbol.asyncDispose]()
  expect(openHere(cable.device)).toBe(0)
  const again = await open(cable)
  await again.write(Uint8Array.of(5), never)
  expect(await received(cable.register, 1)).toEqual(Buffer.of(5))
})

test('while the line is open, another program that locks is kept out', async () => {
  const cable = await plug()
  await open(cable)
  expect(() => execFileSync('flock', ['-n', cable.device, 'true'])).toThrow()
})

test('an unplugged port ends a waiting read, every later read and write, and is closed', async () => {
  const cable = await plug()
  const line = await open(cable)
  const waiting = expect(line.read(never)).rejects.toMatchObject(lost)
  await cable.unplug()
  await waiting
  await expect(line.read(never)).rejects.toMatchObject(lost)
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
  await line[Symbol.asyncDispose]()
  expect(openHere(cable.device)).toBe(0)
})

test('a port unplugged between two reads, while the process was busy, is noticed by the next read', async () => {
  const cable = await plug()
  const line = await open(cable)
  cable.register.write(Uint8Array.of(7))
  expect(await line.read(never)).toEqual(Uint8Array.of(7))
  unplugWhileBlocked(cable)
  await expect(line.read(never)).rejects.toMatchObject(lost)
  await line[Symbol.asyncDispose]()
})

test('an unplugged port is closed though nobody reads, for it would keep a core busy', async () => {
  const cable = await plug()
  await open(cable)
  unplugWhileBlocked(cable)
  await expect
    .poll(() => openHere(cable.device) + openHere(`${cable.device} (deleted)`), { timeout: 10_000 })
    .toBe(0)
})

/** The event loop stands still meanwhile: nothing in this process sees the moment of the hang-up. */
function unplugWhileBlocked(cable: Cable): void {
  execFileSync('bash', ['-c', `kill -9 ${cable.pid}; sleep 0.3`])
}

test('a sign of life is wanted of the tty and changes nothing on it', async () => {
  const cable = await plug()
  const claim = await claimPort(cable.tty, never)
  const arrived = received(cable.register, 1)
  await claim.proveLife()
  await cable.unplug()
  await expect(claim.proveLife()).rejects.toMatchObject({ code: 'EIO' })
  await claim.release()
  expect(await arrived).toEqual(Buffer.alloc(0))
})

test('a port that accepts nothing more ends the line within the write limit', async () => {
  const cable = await plug()
  const line = await open(cable, 921_600)
  cable.register.pause()
  await expect(line.write(new Uint8Array(400_000).fill(0x55), never)).rejects.toMatchObject({
    ...lost,
    message: expect.stringContaining('accepted nothing'),
  })
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
})

test('a write that is given up ends the line, so that its rest never follows', async () => {
  const cable = await plug()
  const line = await open(cable)
  const gaveUp = new AbortController()
  const writing = expect(line.write(new Uint8Array(3_000_000).fill(0x55), gaveUp.signal)).rejects.toThrow(
    'enough',
  )
  await pause(50, never)
  gaveUp.abort(new Error('enough'))
  await writing
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
  await line[Symbol.asyncDispose]()
  const next = await open(cable)
  await next.write(Uint8Array.of(6), never)
  const arrived = await receivedUntil(cable.register, 6)
  expect(arrived.length).toBeLessThan(3_000_000)
})

async function receivedUntil(register: Socket, last: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of register.iterator({ destroyOnReturn: false })) {
    parts.push(part)
    if (part.at(-1) === last) break
  }
  return Buffer.concat(parts)
}

test('a command given to an unplugged port is never sent after the cable is back', async () => {
  const cable = await plug()
  const line = await open(cable)
  await cable.unplug()
  await expect(line.write(Uint8Array.of(0xbb), never)).rejects.toMatchObject(lost)
  await cable[Symbol.asyncDispose]()
  const again = await plug(cable.tty)
  const next = await open(again)
  await expect(line.write(Uint8Array.of(0xcc), never)).rejects.toMatchObject(lost)
  await next.write(Uint8Array.of(5), never)
  expect(await received(again.register, 1)).toEqual(Buffer.of(5))
})

test('what was written right before the close still goes out', async () => {
  const cable = await plug()
  const line = await open(cable)
  await line.write(Uint8Array.of(6), never)
  await line[Symbol.asyncDispose]()
  expect(await received(cable.register, 1)).toEqual(Buffer.of(6))
})

test.each([
  ['/dev/serial/by-id/usb-none', 'there is no such port (ENOENT)'],
  ['/dev', 'not a serial port (ENOTTY)'],
])('the port %s says why it cannot be opened', async (path, why) => {
  await expect(openLine(`serial:${path}`, never)).rejects.toMatchObject({
    ...lost,
    message: expect.stringContaining(why),
    hint: { ru: expect.stringContaining('by-id') },
  })
})

test('an open that is given up leaves nothing open', async () => {
  const cable = await plug()
  const gaveUp = new AbortController()
  const opening = expect(openLine(`serial:${cable.tty}`, gaveUp.signal)).rejects.toThrow('enough')
  gaveUp.abort(new Error('enough'))
  await opening
  expect(openHere(cable.device)).toBe(0)
})
