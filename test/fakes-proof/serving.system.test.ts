/** The register as others meet it: over TCP, over a pty, and as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRegister } from '../fakes/register.ts'
import { bytesOf, framed, hexOf, payloadIn } from './hand.ts'

/** Reads until so many bytes are there. */
async function received(socket: Socket, length: number): Promise<string> {
  let bytes: Uint8Array = new Uint8Array()
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    bytes = new Uint8Array(Buffer.concat([bytes, piece]))
    if (bytes.length >= length) break
  }
  return hexOf(bytes)
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  // A reset is looked for where it is expected; elsewhere it is only the end of the talk.
  socket.on('error', () => {})
  return socket
}

function enquire(socket: Socket): Promise<string> {
  socket.write(bytesOf('05'))
  return received(socket, 1)
}

describe('over TCP', () => {
  test('it answers one client, resets a second one, and takes the next when the first has left', async () => {
    await using register = createRegister()
    const { port } = await register.listenTcp()
    const first = await opened(port)
    expect(await enquire(first)).toBe('15')
    const second = opened(port).then((socket) => once(socket, 'data'))
    await expect(second).rejects.toMatchObject({ code: 'ECONNRESET' })
    first.destroy()
    await once(first, 'close')
    await expect.poll(() => opened(port).then(enquire).catch(String)).toBe('15')
  })

  test('unplugged it refuses, and plugged in again it is at the same port', async () => {
    await using register = createRegister()
    const { port } = await register.listenTcp()
    const socket = await opened(port)
    expect(await enquire(socket)).toBe('15')
    const lost = once(socket, 'data')
    register.unplug()
    await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(opened(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await register.plug()
    const again = await opened(port)
    expect(await enquire(again)).toBe('15')
    again.destroy()
  })
})

describe('over a pty', () => {
  async function read(port: FileHandle, length: number): Promise<string> {
    const bytes: number[] = []
    while (bytes.length < length) {
      const { bytesRead, buffer } = await port.read(new Uint8Array(64), 0, 64)
      bytes.push(...buffer.subarray(0, bytesRead))
    }
    return hexOf(Uint8Array.from(bytes))
  }

  test('every byte passes unchanged, and closing and opening the port again loses nothing', async () => {
    await using register = createRegister()
    const { link } = await register.listenPty()
    for (let times = 0; times < 3; times++) {
      await using port = await open(link, 'r+')
      await port.write(bytesOf('05'))
      expect(await read(port, 1)).toBe('15')
      await port.write(bytesOf(framed('FF 3F 1E 00 00 00')))
      expect(payloadIn(await read(port, 9))).toBe('FF 3F 00 01 00')
      await port.write(bytesOf('06'))
    }
  })

  test('unplugged the device is gone, plugged in it is back under its name', async () => {
    await using register = createRegister()
    const { link } = await register.listenPty()
    register.unplug()
    await expect.poll(() => existsSync(link)).toBe(false)
    await register.plug()
    await using port = await open(link, 'r+')
    await port.write(bytesOf('05'))
    expect(await read(port, 1)).toBe('15')
  })
})

describe('as a process', () => {
  /** Made by `npm run build`. */
  const program = fileURLToPath(new URL('../../dist/test/fakes/register/serve.js', import.meta.url))

  class Served {
    readonly child: ChildProcessByStdio<Writable, Readable, null>
    readonly lines: AsyncIterator<string>

    constructor(settings: unknown) {
      const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit']
      this.child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio })
      this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    }

    async next() {
      return JSON.parse((await this.lines.next()).value ?? 'null')
    }

    /** Gives an order and waits for what is said of it. */
    async tell(id: number, name: string, told?: unknown) {
      this.child.stdin.write(`${JSON.stringify({ id, do: name, with: told })}\n`)
      for (;;) {
        const said = await this.next()
        if (said.id === id) return said
      }
    }

    async end(): Promise<unknown> {
      const ended = once(this.child, 'exit')
      this.child.stdin.end()
      return await ended
    }
  }

  test('it says where it is, obeys orders, names wrong ones, and ends with its standard input', async () => {
    const served = new Served({ drive: { number: '9252440300000077' } })
    const { ready } = await served.next()
    expect(ready).toMatchObject({ storage: '9252440300000077' })
    const socket = await opened(Number(String(ready.addresses[0]).split(':').at(-1)))
    expect(await enquire(socket)).toBe('15')
    expect(await served.tell(1, 'closeReceipt', { operation: 2 })).toMatchObject({
      ok: { storage: '9252440300000077', number: 3, operation: 2 },
    })
    expect(await served.tell(2, 'counters')).toMatchObject({ ok: { documents: 3, receipts: 1, bytesIn: 1 } })
    expect(await served.tell(3, 'selfDestruct')).toMatchObject({ error: expect.stringContaining('no order') })
    expect(await served.tell(4, 'pace', { baud: 'fast' })).toMatchObject({
      error: expect.stringContaining('baud'),
    })
    socket.destroy()
    expect(await served.end()).toEqual([0, null])
  })

  test('killed and started again with its state file it holds the same documents', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'register-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const state = join(folder, 'state.jsonl')
    const first = new Served({ state })
    await first.next()
    await first.tell(1, 'closeReceipt', { real: 'tlv-vkusvill-2018' })
    const { ok } = await first.tell(2, 'documents')
    const killed = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await killed
    const second = new Served({ state })
    await second.next()
    expect(await second.tell(1, 'documents')).toMatchObject({ ok })
    await second.end()
  })
})
