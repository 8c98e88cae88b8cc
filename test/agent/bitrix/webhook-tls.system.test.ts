import { createHash, X509Certificate } from 'node:crypto'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { listen, makeCertificates, message, never, site, webhook, why } from './bench.ts'

const { ca, site: tls, other: strange } = makeCertificates()

test('trusts a site by the authority of the config, and no other', async () => {
  const bitrix = await site({ tls })
  expect((await webhook(bitrix.url, { ca }).deliver(message, never)).outcome.kind).toBe('accepted')
  const attempted = await webhook(bitrix.url).deliver(message, never)
  expect(attempted).toMatchObject({ status: null, outcome: { kind: 'stopDestination' } })
  expect(why(attempted)).toMatch(/cannot be trusted/)
  expect(bitrix.received).toHaveLength(1)
})

test("does not deliver to a site that shows another site's certificate", async () => {
  const bitrix = await site({ tls: strange })
  const attempted = await webhook(bitrix.url, { ca }).deliver(message, never)
  expect(attempted.outcome.kind).toBe('stopDestination')
  expect(why(attempted)).toMatch(/another site's/)
  expect(bitrix.received).toHaveLength(0)
})

test('delivers to a pinned key only, and names the key that was shown', async () => {
  const bitrix = await site({ tls })
  const spki = new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' })
  const pin = createHash('sha256').update(spki).digest('base64')
  const good = webhook(bitrix.url, { ca, pinnedKeys: [`${'A'.repeat(43)}=`, pin] })
  expect((await good.deliver(message, never)).outcome.kind).toBe('accepted')
  const attempted = await webhook(bitrix.url, { ca, pinnedKeys: [`${'A'.repeat(43)}=`] }).deliver(
    message,
    never,
  )
  expect(attempted.outcome.kind).toBe('stopDestination')
  expect(attempted.hint?.en).toContain(pin)
  expect(bitrix.received).toHaveLength(1)
})

test('signs with the clock of a site that proved itself, reports the offset, and drops it when the clocks agree', async () => {
  const bitrix = await site({ tls })
  let lag = 3 * 3_600_000
  const way = webhook(bitrix.url, { ca }, () => Date.now() - lag)
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(Math.round((way.clockOffsetMs ?? 0) / 60_000)).toBe(180)
  expect(bitrix.received.map(({ genuine }) => genuine)).toEqual([false, true])
  expect(Number(bitrix.received[1]?.headers['chekpost-clock-offset'])).toBeGreaterThan(10_000)
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(bitrix.received).toHaveLength(3)
  lag = 0
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(way.clockOffsetMs).toBeNull()
  expect(bitrix.received.at(-1)?.headers).not.toHaveProperty('chekpost-clock-offset')
})

test('signs again for every receipt that was under way when the clock was found to be wrong', async () => {
  const bitrix = await site({ tls })
  const way = webhook(bitrix.url, { ca }, () => Date.now() - 3_600_000)
  const answers = await Promise.all([way.deliver(message, never), way.deliver(message, never)])
  expect(answers.map(({ outcome }) => outcome.kind)).toEqual(['accepted', 'accepted'])
})

test('believes no clock over plain http, nor when the secret is what is wrong', async () => {
  const plain = await site()
  const late = webhook(plain.url, {}, () => Date.now() - 3_600_000)
  expect((await late.deliver(message, never)).outcome.kind).toBe('stopDestination')
  expect(plain.received).toHaveLength(1)
  const secure = await site({ tls, secrets: {} })
  expect((await webhook(secure.url, { ca }).deliver(message, never)).outcome.kind).toBe('stopDestination')
  expect(secure.received).toHaveLength(1)
})

test('signs again only while that can help: with a wrong secret as well, later attempts go once', async () => {
  const bitrix = await site({ tls, secrets: {} })
  const way = webhook(bitrix.url, { ca }, () => Date.now() - 3_600_000)
  await way.deliver(message, never)
  expect(bitrix.received).toHaveLength(2)
  const attempted = await way.deliver(message, never)
  expect(bitrix.received).toHaveLength(3)
  expect(attempted.hint?.en).toMatch(/clock is -3\d{3} s off/)
})

/** A proxy that tunnels and forwards, wants a password, and can refuse. */
async function proxy(refuse: number | null = null, over: 'http' | 'https' = 'http') {
  const seen: string[] = []
  const allowed = (authorization: string | undefined) =>
    authorization === `Basic ${Buffer.from('shop:pass word').toString('base64')}`
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (!allowed(request.headers['proxy-authorization'])) return void response.writeHead(407).end()
    const onward = httpRequest(
      request.url ?? '',
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  server.on('connect', (request, socket: Socket) => {
    seen.push(`${request.method} ${request.url}`)
    socket.on('error', () => undefined)
    const status = refuse ?? (allowed(request.headers['proxy-authorization']) ? 200 : 407)
    if (status !== 200)
      return void socket.end(
        `HTTP/1.1 ${status} No\r\nDate: ${new Date(0).toUTCString()}\r\ncontent-length: 0\r\n\r\n`,
      )
    const target = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.destroy())
  })
  if (over === 'http') return { port: await listen(server), seen }
  return { port: await listen(createTlsServer(tls, (socket) => server.emit('connection', socket))), seen }
}

test('delivers through a proxy with a password, over http and through a tunnel to https', async () => {
  const { port, seen } = await proxy()
  const address = `http://shop:pass%20word@127.0.0.1:${port}`
  const plain = await site()
  const secure = await site({ tls })
  expect((await webhook(plain.url, { proxy: address }).deliver(message, never)).outcome.kind).toBe('accepted')
  expect((await webhook(secure.url, { proxy: address, ca }).deliver(message, never)).outcome.kind).toBe(
    'accepted',
  )
  expect(seen).toEqual([`POST ${plain.url}`, `CONNECT localhost:${secure.port}`])
})

test('delivers through a proxy that is reached by https itself', async () => {
  const { port, seen } = await proxy(null, 'https')
  const secure = await site({ tls })
  const plain = await site()
  const address = `https://shop:pass%20word@localhost:${port}`
  for (const url of [secure.url, plain.url.replace('localhost', '127.0.0.1')])
    expect((await webhook(url, { proxy: address, ca }).deliver(message, never)).outcome.kind).toBe('accepted')
  expect(seen).toEqual([`CONNECT localhost:${secure.port}`, `POST http://127.0.0.1:${plain.port}/sale.php`])
})

test('checks certificate and pins through a tunnel as well', async () => {
  const { port } = await proxy()
  const address = `http://shop:pass%20word@127.0.0.1:${port}`
  const secure = await site({ tls })
  const pinned = webhook(secure.url, { proxy: address, ca, pinnedKeys: [`${'A'.repeat(43)}=`] })
  expect((await pinned.deliver(message, never)).outcome.kind).toBe('stopDestination')
  expect((await webhook(secure.url, { proxy: address }).deliver(message, never)).outcome.kind).toBe(
    'stopDestination',
  )
  expect(secure.received).toHaveLength(0)
})

test('says that it is the proxy that wants a password, and never shows the password', async () => {
  const { port } = await proxy()
  const secure = await site({ tls })
  const way = webhook(secure.url, { proxy: `http://shop:hush@127.0.0.1:${port}`, ca })
  const attempted = await way.deliver(message, never)
  expect(attempted).toMatchObject({ status: 407, outcome: { kind: 'stopDestination' } })
  expect(attempted.words.ru).toMatch(/[Пп]рокси/)
  expect(JSON.stringify(attempted)).not.toContain('hush')
})

test("takes a proxy's refusal for no word of the site: neither its clock nor its status counts as such", async () => {
  const { port } = await proxy(401)
  const secure = await site({ tls })
  const way = webhook(secure.url, { proxy: `http://127.0.0.1:${port}`, ca })
  await way.deliver(message, never)
  expect(way.clockOffsetMs).toBeNull()
})

test('gives up on a proxy that never answers within the limit for connecting', async () => {
  const port = await listen(createServer(() => undefined))
  const way = webhook('https://shop.example/', {
    proxy: `http://127.0.0.1:${port}`,
    connectMs: 200,
    totalMs: 60_000,
  })
  expect(why(await way.deliver(message, never))).toMatch(/in time \(0\.2 s\)/)
})
