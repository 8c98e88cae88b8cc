/** The live stream: only for who is inside, and no longer than that. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServed, type Served } from './served.ts'

let page: Served

beforeAll(async () => {
  page = await openServed()
})
afterAll(() => page[Symbol.asyncDispose]())

interface Watched extends Disposable {
  readonly status: number
  readonly heard: () => string
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>
}

async function watch(served: Served, cookie: string, path = '/live/overview'): Promise<Watched> {
  const leave = new AbortController()
  const response = await fetch(`${served.origin}${path}`, { headers: { cookie }, signal: leave.signal })
  let text = ''
  const ended = (async () => {
    const decoder = new TextDecoder()
    for await (const part of response.body ?? []) text += decoder.decode(part as Uint8Array, { stream: true })
  })().catch(() => undefined)
  return { status: response.status, heard: () => text, ended, [Symbol.dispose]: () => leave.abort() }
}

test('a stream tells what the page shows, and nothing to a stranger', async () => {
  using stranger = await watch(page, '')
  expect(stranger.status).toBe(401)
  using watched = await watch(page, page.cookie())
  await page.until(() => watched.heard().includes('"into":"health"'))
  expect(watched.heard()).toMatch(/^retry: 2000\n\n/)
})

test('a stream ends when its session is logged out, and the others go on', async () => {
  const cookie = page.cookie()
  using mine = await watch(page, cookie)
  using other = await watch(page, page.cookie())
  await page.until(() => mine.heard().includes('"into":"health"'))
  await page.post('/do/logout', {}, { cookie })
  // Who comes makes everything be sent again.
  using third = await watch(page, page.cookie())
  await mine.ended
  const before = other.heard().length
  using fourth = await watch(page, page.cookie())
  await page.until(() => other.heard().length > before)
  expect([third.status, fourth.status]).toEqual([200, 200])
})

test('a stream that cannot be opened says why and takes no place', async () => {
  const cookie = page.cookie()
  for (let time = 0; time < 70; time++)
    expect((await page.get('/live/wire?register=nobody', { cookie })).status).toBe(409)
})

test('one viewer too many is told so, and comes in when another has left', async () => {
  await using own = await openServed()
  const cookie = own.cookie()
  const all = await Promise.all(Array.from({ length: 60 }, () => watch(own, cookie)))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  const refused = await own.get('/live/overview', { cookie })
  expect(refused.status).toBe(503)
  expect(JSON.parse(refused.body)).toMatchObject({
    failure: { ru: 'Слишком много открытых страниц. Закройте лишние' },
  })
  all.pop()?.[Symbol.dispose]()
  await own.until(async () => {
    const next = await watch(own, cookie)
    all.push(next)
    return next.status === 200
  })
  for (const each of all) each[Symbol.dispose]()
})

test('the daemon stops at once though somebody looks', async () => {
  await using own = await openServed()
  using watched = await watch(own, own.cookie())
  await own.until(() => watched.heard().includes('"into":"hours"'))
  await own.stop()
  await expect(watched.ended).resolves.toBeUndefined()
})
