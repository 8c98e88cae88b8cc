/** The read-only address on loopback: right for monitoring, of no use to a page of the Internet. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Desk } from '../../agent/desk/desk.ts'
import { serveStatus } from '../../agent/desk/server.ts'
import { pause } from '../../drivers/index.ts'

const desk = { status: () => Promise.resolve({ health: 'fine' }) } as unknown as Desk
const log = pino({ level: 'silent' })
const never = new AbortController().signal

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Answer {
  readonly status: number
  readonly body: string
}

function ask(port: number, path: string, host: string, method = 'GET'): Promise<Answer | null> {
  return new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }),
      )
    })
    asked.on('error', () => resolve(null))
    asked.end()
  })
}

test('status is given to this machine by its own names only, and nothing can be changed there', async () => {
  const port = await freePort()
  const stop = new AbortController()
  const serving = serveStatus(desk, { host: '127.0.0.1', port }, log, stop.signal)
  while ((await ask(port, '/healthz', `127.0.0.1:${port}`)) === null) await pause(20, never)
  expect(await ask(port, '/status', `localhost:${port}`)).toEqual({ status: 200, body: '{"health":"fine"}' })
  expect((await ask(port, '/status', 'evil.example'))?.status).toBe(421)
  expect((await ask(port, '/status', `evil.example:${port}`))?.status).toBe(421)
  expect((await ask(port, '/desk/replay', `localhost:${port}`, 'POST'))?.status).toBe(404)
  stop.abort()
  await serving
})

test('a port that is taken costs the status address and not the daemon', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  await expect(serveStatus(desk, { host: '127.0.0.1', port }, log, never)).resolves.toBeUndefined()
  await new Promise((resolve) => taken.close(resolve))
})
