import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { keepPort } from '../fakes/ports.ts'

function claim(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(`\0chekpost-port-${port}`, () => server.close(() => resolve(true)))
  })
}

test('a kept port can be listened on again and again, and is nobody else’s until it is given back', async () => {
  const { port, [Symbol.asyncDispose]: giveBack } = await keepPort()
  for (let times = 0; times < 3; times++) {
    const server = createServer()
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  }
  expect(await claim(port)).toBe(false)
  await giveBack()
  expect(await claim(port)).toBe(true)
})
