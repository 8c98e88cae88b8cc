/** Who is let in, over the wire: every answer guarded, every posting ours, every limit said in words. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guardingHeaders } from '../../../agent/status/door.ts'
import { type Answer, openServed, type Served } from './served.ts'

let page: Served

beforeAll(async () => {
  page = await openServed()
})
afterAll(() => page[Symbol.asyncDispose]())

function expectGuarded(answer: Answer): void {
  expect(answer.headers).toMatchObject(guardingHeaders)
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
}

const raw = (first: string, ...headers: readonly string[]) =>
  page.say(`${[first, ...headers, 'connection: close'].join('\r\n')}\r\n\r\n`)

test('every answer carries the guarding headers, whatever was asked and by whom', async () => {
  const own = `host: ${page.host}`
  const cookie = page.cookie()
  const answers: readonly (readonly [number, () => Promise<Answer>])[] = [
    [200, () => page.get('/', { cookie })],
    [302, () => page.get('/')],
    [302, () => page.get('/nothing')],
    [404, () => page.get('/nothing', { cookie })],
    [200, () => page.get('/login')],
    [403, () => page.get('/login?token=wrong')],
    [302, () => page.get('/lang?to=en')],
    [200, () => page.get('/assets/page.js')],
    [302, () => page.get('/assets/../door.ts')],
    [200, () => page.get('/healthz')],
    [200, () => page.get('/metrics')],
    [200, () => page.get('/readyz')],
    [401, () => page.get('/status')],
    [401, () => page.get('/live/overview')],
    [421, () => page.get('/', { host: 'evil.example' })],
    [403, () => page.get('/', { 'sec-fetch-site': 'cross-site' })],
    [400, () => page.get('/%E0%A4%A')],
    [414, () => page.get(`/?${'a'.repeat(5_000)}`)],
    [431, () => page.get('/', { junk: 'a'.repeat(20_000) })],
    [405, () => raw('TRACE / HTTP/1.1', own)],
    [
      405,
      () =>
        raw('OPTIONS / HTTP/1.1', own, 'origin: http://evil.example', 'access-control-request-method: POST'),
    ],
    [405, () => raw('OPTIONS * HTTP/1.1', own)],
    [421, () => raw('GET / HTTP/1.1')],
    [421, () => raw('GET / HTTP/1.0')],
    [421, () => raw('GET / HTTP/1.1', own, 'host: evil.example')],
    [400, () => raw('GET http://evil.example/ HTTP/1.1', own)],
    [400, () => raw('NONSENSE')],
    [400, () => raw('GET / HTTP/1.1', own, 'content-length: 1', 'content-length: 2')],
    [401, () => page.post('/do/nothing', {})],
    [404, () => page.post('/do/nothing', {}, { cookie })],
    [403, () => page.post('/do/login', { password: 'guess' })],
    [403, () => page.post('/do/login', {}, { origin: 'http://evil.example' })],
    [413, () => page.post('/do/login', { password: 'a'.repeat(70_000) })],
    [415, () => page.post('/do/login', {}, { 'content-type': 'text/plain' })],
    [400, () => page.post('/do/login', {}, { 'content-length': '1' })],
  ]
  for (const [at, [status, asked]] of answers.entries()) {
    const answer = await asked()
    expect(answer.status, String(at)).toBe(status)
    expectGuarded(answer)
  }
})

test('a stream carries them too', async () => {
  const controller = new AbortController()
  const stream = await fetch(`${page.origin}/live/overview`, {
    headers: { cookie: page.cookie() },
    signal: controller.signal,
  })
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  for (const [name, value] of Object.entries(guardingHeaders)) expect(stream.headers.get(name)).toBe(value)
  controller.abort()
})

test('no foreign name gets anything, not even by an upgrade', async () => {
  const upgrade = ['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13']
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
  const stranger = await raw('GET /live/overview HTTP/1.1', 'host: evil.example', ...upgrade, key)
  expect(stranger.status).toBe(421)
  const foreignPage = [
    'origin: http://evil.example',
    'sec-fetch-site: cross-site',
    'sec-fetch-mode: websocket',
  ]
  const own = `host: ${page.host}`
  expect((await raw('GET /live/overview HTTP/1.1', own, ...upgrade, key, ...foreignPage)).status).toBe(403)
  expect((await raw('GET /live/overview HTTP/1.1', own, ...upgrade, key)).status).toBe(401)
  await expect(raw('CONNECT evil.example:443 HTTP/1.1', own)).rejects.toThrow('without an answer')
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
  'a form of a foreign page that says "%s" carries nothing out',
  async (type) => {
    const cookie = page.cookie()
    const headers = { cookie, 'content-type': type, origin: 'http://evil.example', 'x-chekpost': '' }
    expect((await page.post('/do/logout', {}, headers)).status).toBe(403)
    expect((await page.post('/do/logout', {}, { ...headers, origin: 'null' })).status).toBe(403)
    expect((await page.get('/', { cookie })).status).toBe(200)
  },
)

test('a refusal says in both languages what to do', async () => {
  const { body } = await page.get('/', { host: 'evil.example' })
  expect(body).toMatch(/status\.hosts[\s\S]*status\.hosts/)
  const posted = await page.post('/do/login', { password: 'a'.repeat(70_000) })
  expect(JSON.parse(posted.body)).toEqual({
    failure: { ru: 'Слишком много данных за один раз', en: 'That is too much at a time' },
  })
})

test('who sends the head or the body of a request too slowly is let go', async () => {
  await using slow = await openServed({ limits: { headersMs: 500, requestMs: 500, checkMs: 100 } })
  const head = await slow.say(`GET / HTTP/1.1\r\nhost: ${slow.host}\r\n`)
  expect(head.status).toBe(408)
  expectGuarded(head)
  const posting = `origin: ${slow.origin}\r\nx-chekpost: 1\r\ncontent-type: application/json`
  const body = await slow.say(
    `POST /do/login HTTP/1.1\r\nhost: ${slow.host}\r\n${posting}\r\ncontent-length: 100\r\n\r\n{`,
  )
  expect(body.status).toBe(408)
  await expect(slow.say('')).resolves.toMatchObject({ status: 408 })
})

async function statusesOf(
  times: number,
  ask: (served: Served) => Promise<Answer>,
  served: Served,
): Promise<number[]> {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) statuses.push((await ask(served)).status)
  return statuses
}

test('after ten wrong tokens the right one is not looked at; a foreign page can bring about none of that', async () => {
  await using other = await openServed()
  const foreign = { 'sec-fetch-site': 'cross-site' }
  const link = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const image = { ...foreign, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
  const led = await statusesOf(15, ({ get }) => get('/login?token=wrong', link), other)
  expect(new Set(led)).toEqual(new Set([200]))
  expect(new Set(await statusesOf(1_300, ({ get }) => get('/login?token=wrong', image), other))).toEqual(
    new Set([403]),
  )
  const { token } = other.sessions.issue('anna')
  const prefilled = await other.get(`/login?token=${token}`, link)
  expect(prefilled.headers['set-cookie']).toBeUndefined()
  expect(prefilled.body).toContain(`value="${token}"`)
  const wrong = await statusesOf(12, ({ get }) => get('/login?token=wrong'), other)
  expect(wrong).toEqual([...new Array(10).fill(403), 429, 429])
  const late = await other.get(`/login?token=${token}`)
  expect(late.status).toBe(429)
  expect(late.body).toContain('Подождите минуту')
  expectGuarded(late)
  expect((await other.post('/do/login', { password: 'x' })).status).toBe(429)
  expect(other.log.filter((line) => line.includes('too many wrong'))).toHaveLength(1)
})

test('who asks too often is told to wait, in the same guarded way', async () => {
  await using other = await openServed()
  const statuses = await statusesOf(1_205, ({ get }) => get('/healthz'), other)
  expect(statuses.slice(0, 1_150).every((status) => status === 200)).toBe(true)
  const late = await other.get('/')
  expect(late.status).toBe(429)
  expect(late.body).toContain('Подождите минуту')
  expectGuarded(late)
  expect((await other.get('/nothing')).status).toBe(429)
})
