import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Line } from '../../../drivers/contract.ts'
import { pause } from '../../../drivers/deadline.ts'
import { openLine } from '../../../drivers/transport/open.ts'
import { openTcp } from '../../../drivers/transport/tcp.ts'
import { keepPort } from '../../fakes/ports.ts'

const never = new AbortController().signal
const lost = { name: 'RegisterError', fault: 'lost' }

const opened = {
  server: createServer(),
  peers: [] as Socket[],
  lines: [] as Line[],
  children: [] as ChildProcess[],
}

afterEach(async () => {
  for (const line of opened.lines.splice(0)) await line[Symbol.asyncDispose]()
  for (const peer of opened.peers.splice(0)) peer.destroy()
  for (const child of opened.children.splice(0)) child.kill('SIGKILL')
  if (opened.server.listening) {
    opened.server.close()
    await once(opened.server, 'close')
  }
})

/** A listening register; gives its port. */
async function listen(host = '127.0.0.1'): Promise<number> {
  opened.server = createServer({ pauseOnConnect: true }).listen(0, host)
  await once(opened.server, 'listening')
  const address = opened.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A line and the register's end of it. */
async function connected(writeMs = 5_000): Promise<{ line: Line; peer: Socket }> {
  const port = await listen()
  const arrived = once(opened.server, 'connection')
  const line = await openTcp({ kind: 'tcp', host: '127.0.0.1', port }, never, { connectMs: 5_000, writeMs })
  const [peer] = (await arrived) as [Socket]
  peer.on('error', () => undefined)
  opened.peers.push(peer)
  opened.lines.push(line)
  return { line, peer }
}

async function readExactly(line: Line, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for (let left = length; left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(await line.read(never))
  return Buffer.concat(parts)
}

test('bytes go both ways, over IPv6 as well', async () => {
  const port = await listen('::1')
  const arrived = once(opened.server, 'connection')
  const line = await openLine(`tcp:[::1]:${port}`, never)
  opened.lines.push(line)
  const [peer] = (await arrived) as [Socket]
  opened.peers.push(peer)
  peer.resume()
  await line.write(Uint8Array.of(5), never)
  expect(await once(peer, 'data')).toEqual([Buffer.of(5)])
  peer.write(Uint8Array.of(0x15))
  expect(await line.read(never)).toEqual(Uint8Array.of(0x15))
})

test('what arrives between two reads, or after a read was given up, is not lost', async () => {
  const { line, peer } = await connected()
  const gaveUp = new AbortController()
  const waiting = line.read(gaveUp.signal)
  gaveUp.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  peer.write(Uint8Array.of(1, 2))
  await pause(30, never)
  peer.write(Uint8Array.of(3))
  expect(await readExactly(line, 3)).toEqual(Buffer.of(1, 2, 3))
})

test('a read with an aborted signal takes nothing', async () => {
  const { line, peer } = await connected()
  peer.write(Uint8Array.of(7))
  await pause(30, never)
  await expect(line.read(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect(await line.read(never)).toEqual(Uint8Array.of(7))
})

test('a register that talks without end is held back, not piled up, and no byte is lost', async () => {
  const { line, peer } = await connected()
  const flood = Buffer.alloc(32_000_000, 'abcdefg')
  for (let at = 0; at < flood.length; at += 100_000) peer.write(flood.subarray(at, at + 100_000))
  const first = await line.read(never)
  await pause(200, never)
  // The kernel's buffers take some megabytes; the rest must still wait on the other side.
  expect(peer.writableLength).toBeGreaterThan(flood.length / 2)
  const rest = await readExactly(line, flood.length - first.length)
  expect(Buffer.concat([first, rest]).equals(flood)).toBe(true)
})

test('the last bytes before a close are read, then the line is lost', async () => {
  const { line, peer } = await connected()
  peer.end(Uint8Array.of(1, 2, 3))
  await pause(30, never)
  expect(await readExactly(line, 3)).toEqual(Buffer.of(1, 2, 3))
  await expect(line.read(never)).rejects.toMatchObject({ ...lost, message: /closed the connection/ })
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
})

test('bytes that arrived before a reset are still read', async () => {
  const { line, peer } = await connected()
  peer.write(Uint8Array.of(1, 2, 3))
  await pause(30, never)
  peer.resetAndDestroy()
  await pause(30, never)
  expect(await readExactly(line, 3)).toEqual(Buffer.of(1, 2, 3))
  await expect(line.read(never)).rejects.toMatchObject(lost)
})

test('a reset ends a waiting read, and every later read and write', async () => {
  const { line, peer } = await connected()
  const waiting = expect(line.read(never)).rejects.toMatchObject({ ...lost, message: /broke \(ECONNRESET\)/ })
  peer.resetAndDestroy()
  await waiting
  await expect(line.read(never)).rejects.toMatchObject(lost)
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
})

test('a peer that takes nothing more ends the line within the write limit', async () => {
  const { line } = await connected(300)
  await expect(line.write(new Uint8Array(30_000_000), never)).rejects.toMatchObject({
    ...lost,
    message: /accepted nothing for 300 ms/,
  })
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
})

test('a write that is given up ends the line, so that its rest never follows', async () => {
  const { line, peer } = await connected()
  const gaveUp = new AbortController()
  const writing = expect(line.write(new Uint8Array(30_000_000), gaveUp.signal)).rejects.toThrow('enough')
  gaveUp.abort(new Error('enough'))
  await writing
  await expect(line.write(Uint8Array.of(5), never)).rejects.toMatchObject(lost)
  const closed = once(peer, 'close')
  peer.resume()
  await closed
  expect(peer.bytesRead).toBeLessThan(30_000_000)
})

test('a closed line gives nothing out and lets nobody wait', async () => {
  const { line, peer } = await connected()
  const waiting = expect(line.read(never)).rejects.toMatchObject(lost)
  const closed = once(peer, 'close')
  peer.resume()
  await line[Symbol.asyncDispose]()
  await waiting
  await closed
  await expect(line.read(never)).rejects.toMatchObject(lost)
  await line[Symbol.asyncDispose]()
})

test('an answer that came before the line was closed is not given out afterwards', async () => {
  const { line, peer } = await connected()
  peer.write(Uint8Array.of(1, 2, 3))
  await pause(30, never)
  await line[Symbol.asyncDispose]()
  await expect(line.read(never)).rejects.toMatchObject(lost)
})

test('what was written right before the close still arrives', async () => {
  const { line, peer } = await connected()
  await line.write(Uint8Array.of(6), never)
  await line[Symbol.asyncDispose]()
  peer.resume()
  expect(await once(peer, 'data')).toEqual([Buffer.of(6)])
})

test('two readers at a time are a bug and are told so', async () => {
  const { line } = await connected()
  const gaveUp = new AbortController()
  const first = expect(line.read(gaveUp.signal)).rejects.toThrow('enough')
  await expect(line.read(never)).rejects.toThrow('one reader')
  gaveUp.abort(new Error('enough'))
  await first
})

test('a port where nobody listens says so and names the remedy', async () => {
  await using kept = await keepPort()
  const { port } = kept
  await expect(openLine(`tcp:127.0.0.1:${port}`, never)).rejects.toMatchObject({
    ...lost,
    message: `127.0.0.1:${port}: connection refused (ECONNREFUSED).`,
    hint: { ru: expect.stringContaining('TCP-сервер') },
  })
})

test('a name that does not exist says so', async () => {
  await expect(openLine('tcp:no-such-register.invalid:7778', never)).rejects.toMatchObject({
    ...lost,
    message: /name not found|name server does not answer/,
  })
})

/** A machine that takes no more connections: the queue of its listening socket is full, nobody accepts. */
async function deafRegister(): Promise<number> {
  const script = `require('net').createServer().listen(0, '127.0.0.1', 1, function () {
    require('fs').writeSync(1, String(this.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  opened.children.push(child)
  const port = Number(String((await once(child.stdout, 'data'))[0]))
  for (let i = 0; i < 5; i++) opened.peers.push(connect(port, '127.0.0.1').on('error', () => undefined))
  await once(opened.peers[0] ?? child, 'connect')
  return port
}

test('a connect that nobody answers ends by its own limit', async () => {
  const port = await deafRegister()
  const limits = { connectMs: 300, writeMs: 300 }
  await expect(openTcp({ kind: 'tcp', host: '127.0.0.1', port }, never, limits)).rejects.toMatchObject({
    ...lost,
    message: `127.0.0.1:${port}: the register cannot be reached (ETIMEDOUT).`,
  })
})

test('a connect that is given up rejects with the reason', async () => {
  const gaveUp = new AbortController()
  const opening = expect(openLine(`tcp:127.0.0.1:${await deafRegister()}`, gaveUp.signal)).rejects.toThrow(
    'enough',
  )
  gaveUp.abort(new Error('enough'))
  await opening
})
