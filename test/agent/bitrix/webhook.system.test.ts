import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { parseSecret } from '../../../agent/bitrix/sign.ts'
import { type Attempted, type Message, Webhook } from '../../../agent/bitrix/webhook.ts'
import { type BitrixOptions, openBitrix } from '../../fakes/bitrix.ts'

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const secrets = { 'shop-12/till-1': [secret] }
const key = 'FN9999078902001234-FD42'
const never = new AbortController().signal

const body = JSON.stringify({
  specVersion: '1',
  type: 'pos.sale',
  eventId: key,
  register: { id: 'shop-12/till-1' },
  fiscal: { fpd: '1', operation: 1, rawTime: '2026-03-02T15:00:00' },
  totals: { total: 100 },
  lines: [
    { name: 'Чай «Лисма»', quantity: '1', move: 'out', code: { gtin: null, ean: null, article: null } },
  ],
})

const message: Message = {
  eventId: key,
  register: 'shop-12/till-1',
  body,
  keys: [parseSecret(secret)],
  circumstances: {
    version: '0.1.0',
    instance: 'i-1',
    attempt: 3,
    replay: true,
    waiting: 7,
    oldestSeconds: 90,
  },
}

let folder = ''
let ca = ''
const tls = { key: '', cert: '' }
const strange = { key: '', cert: '' }

/** A real authority and two certificates of it: one for localhost, one for another site. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-tls-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  )
  for (const [name, host] of [
    ['site', 'localhost'],
    ['other', 'other.example'],
  ] as const) {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}\n`)
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${host}`,
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '1',
      '-extfile',
      `${name}.ext`,
    )
  }
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  ca = read('ca.pem')
  Object.assign(tls, { key: read('site.key'), cert: read('site.pem') })
  Object.assign(strange, { key: read('other.key'), cert: read('other.pem') })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function site(more: Partial<BitrixOptions> = {}) {
  const bitrix = await openBitrix({ secrets, ...more })
  onTestFinished(async () => await bitrix[Symbol.asyncDispose]())
  return bitrix
}

function webhook(
  url: string,
  more: Partial<ConstructorParameters<typeof Webhook>[0]> = {},
  clock = Date.now,
) {
  const it = new Webhook(
    {
      url,
      proxy: null,
      ca: null,
      pinnedKeys: [],
      connectMs: 5_000,
      answerMs: 5_000,
      totalMs: 10_000,
      lanes: 2,
      ...more,
    },
    clock,
  )
  onTestFinished(() => it[Symbol.dispose]())
  return it
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const why = ({ outcome }: Attempted) => ('why' in outcome ? outcome.why : '')

test('delivers a document with every header of the contract, and it is booked once however often it is sent', async () => {
  const bitrix = await site()
  const way = webhook(bitrix.url)
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(bitrix.counts()).toMatchObject({ deliveries: 2, duplicates: 1, booked: 1, twice: 0 })
  expect(bitrix.ledger.stockOf('Чай «Лисма»')).toBe(-1_000_000n)
  expect(bitrix.received[0]?.body).toBe(body)
  expect(bitrix.received[1]?.body).toBe(body)
  expect(bitrix.received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': key,
    'idempotency-key': `"${key}"`,
    'chekpost-register': 'shop-12/till-1',
    'chekpost-instance': 'i-1',
    'chekpost-version': '0.1.0',
    'chekpost-attempt': '3',
    'chekpost-replay': '1',
    'chekpost-waiting': '7',
    'chekpost-oldest': '90',
  })
})

test('keeps its connection between documents and opens a new one when the site has closed it', async () => {
  const bitrix = await site()
  const way = webhook(bitrix.url)
  await way.deliver(message, never)
  await way.deliver(message, never)
  expect(bitrix.connections).toBe(1)
  await bitrix.down()
  await bitrix.up()
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
})

test('repeats a document whose answer was lost, and the site books it once', async () => {
  const bitrix = await site()
  bitrix.behave = () => (bitrix.received.length === 1 ? 'forget' : 'accept')
  const way = webhook(bitrix.url)
  expect((await way.deliver(message, never)).outcome.kind).toBe('retry')
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(bitrix.counts()).toMatchObject({ deliveries: 2, booked: 1, twice: 0, duplicates: 1 })
})

test.each([
  ['html', /text\/html/],
  ['untyped', /Content-Type/],
  ['wrongKey', /another document/],
  ['endless', /not JSON/],
  ['slow', /in time/],
  ['hang', /in time/],
  ['reset', /broke off/],
] as const)('tries again after the fault "%s" and says what it was', async (behaviour, words) => {
  const bitrix = await site()
  bitrix.behave = () => behaviour
  const quick = { answerMs: 300, totalMs: 500 }
  const attempted = await webhook(bitrix.url, quick).deliver(message, never)
  expect(attempted.outcome.kind).toBe('retry')
  expect(why(attempted)).toMatch(words)
})

test('follows no redirect', async () => {
  const bitrix = await site()
  bitrix.behave = () => 'redirect'
  const attempted = await webhook(bitrix.url).deliver(message, never)
  expect(attempted).toMatchObject({ status: 302, outcome: { kind: 'stopDestination' } })
  expect(bitrix.received).toHaveLength(1)
})

test('knows a refusal by its status though its body never ends', async () => {
  const port = await listen(
    createHttpServer((request, response) => {
      request.resume()
      response.writeHead(403, { 'content-type': 'text/html' })
      response.write('<html>')
    }),
  )
  const way = webhook(`http://127.0.0.1:${port}/`, { totalMs: 400 })
  expect(await way.deliver(message, never)).toMatchObject({
    status: 403,
    outcome: { kind: 'stopDestination' },
  })
})

test('names what is wrong when nobody answers', async () => {
  const port = await listen(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')))
  const closed = await site()
  await closed.down()
  expect(why(await webhook(closed.url).deliver(message, never))).toMatch(/refused/)
  expect(why(await webhook('http://no-such-host.invalid/').deliver(message, never))).toMatch(/DNS/)
  expect(why(await webhook(`http://127.0.0.1:${port}/`).deliver(message, never))).toMatch(/not HTTP/)
  expect(why(await webhook(`https://127.0.0.1:${port}/`).deliver(message, never))).toMatch(
    /secure connection/,
  )
})

test('never shows the query of the address, which may hold a key', async () => {
  const bitrix = await site()
  await bitrix.down()
  const attempted = await webhook(`${bitrix.url}?token=hush`).deliver(message, never)
  expect(JSON.stringify(attempted)).not.toContain('hush')
})

test('ends at once when the caller gives up', async () => {
  const bitrix = await site()
  bitrix.behave = () => 'hang'
  const stop = new AbortController()
  const waiting = webhook(bitrix.url).deliver(message, stop.signal)
  await bitrix.until(({ received }) => received.length === 1)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

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
  await way.deliver(message, never)
  expect((await way.deliver(message, never)).outcome.kind).toBe('accepted')
  expect(way.clockOffsetMs).toBeNull()
  expect(bitrix.received.at(-1)?.headers).not.toHaveProperty('chekpost-clock-offset')
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
