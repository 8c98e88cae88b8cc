/** Coming in and going out: one-time tokens, the session's cookie, the ways that lead nowhere else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, openServed, type Served } from './served.ts'

let page: Served

beforeAll(async () => {
  page = await openServed()
})
afterAll(() => page[Symbol.asyncDispose]())

/** The session that an answer gives. */
function given({ headers }: Answer): string {
  return /^[^;]*/.exec(headers['set-cookie'] ?? '')?.[0] ?? ''
}

async function isInside(cookie: string): Promise<boolean> {
  return (await page.get('/', { cookie })).status === 200
}

test('a token opens the page once, with a cookie that no script and no other site gets', async () => {
  const { token } = page.sessions.issue('anna')
  const answer = await page.get(`/login?token=${token}`)
  expect(answer.status).toBe(200)
  expect(answer.headers['set-cookie']).toMatch(
    new RegExp(`^chekpost-${page.port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
  )
  expect(answer.body).toContain('http-equiv="refresh"')
  expect(await isInside(given(answer))).toBe(true)
  const again = await page.get(`/login?token=${token}`)
  expect(again.status).toBe(403)
  expect(again.headers['set-cookie']).toBeUndefined()
  expect(again.body).toContain('chekpost token')
})

test('who asks for the headers only, or twice in one address, does not use up a token', async () => {
  const { token } = page.sessions.issue('anna')
  const head = await page.say(
    `HEAD /login?token=${token} HTTP/1.1\r\nhost: ${page.host}\r\nconnection: close\r\n\r\n`,
  )
  expect(head.headers['set-cookie']).toBeUndefined()
  expect(given(await page.get(`/login?token=${token}&token=${token}`))).toBe('')
  expect(given(await page.get(`/login?token=${token}`))).not.toBe('')
})

test('a session that somebody else has laid under is not the one that is opened', async () => {
  const laid = `chekpost-${page.port}=${'a'.repeat(43)}`
  const answer = await page.get(`/login?token=${page.sessions.issue('anna').token}`, { cookie: laid })
  expect(given(answer)).not.toBe(laid)
  expect(await isInside(laid)).toBe(false)
})

test("whoever is outside is led to the login, and the page's own script is told to log in", async () => {
  for (const path of ['/', '/receipts', '/nowhere']) {
    const led = await page.get(path)
    expect([led.status, led.headers['location']]).toEqual([302, '/login'])
    const told = await page.get(path, { 'x-chekpost': '1' })
    expect([told.status, JSON.parse(told.body).failure?.en]).toEqual([
      401,
      expect.stringContaining('Log in again: chekpost token'),
    ])
  }
})

test('a new login ends the session of the old one', async () => {
  const old = page.cookie()
  const fresh = given(await page.get(`/login?token=${page.sessions.issue('anna').token}`, { cookie: old }))
  expect([await isInside(old), await isInside(fresh)]).toEqual([false, true])
})

test('the cookie lives on with the session: a visit gives it another thirty days, not every hour twice', async () => {
  let now = Date.now()
  await using own = await openServed({ clock: () => now })
  const { token } = own.sessions.issue('anna')
  const cookie = given(await own.get(`/login?token=${token}`))
  const renewed = async () => (await own.get('/', { cookie })).headers['set-cookie']
  expect(await renewed()).toBeUndefined()
  now += 20 * 24 * 3_600_000
  // A stream that stays open keeps the session, but cannot give a cookie.
  own.sessions.whose(cookie.slice(cookie.indexOf('=') + 1))
  expect(await renewed()).toMatch(
    /^chekpost-\d+=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  expect(await renewed()).toBeUndefined()
  expect((await own.get('/', { cookie: `${cookie}x` })).headers['set-cookie']).toBeUndefined()
})

test('a link on a foreign page logs nobody out', async () => {
  const cookie = page.cookie()
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  for (const headers of [link, { ...link, cookie }]) {
    const answer = await page.get('/logout', headers)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['location']).toBe('/')
  }
  expect(await isInside(cookie)).toBe(true)
  expect((await page.get('/logout', { cookie })).headers['location']).toBe('/login')
  expect(await isInside(cookie)).toBe(false)
})

test('logging out ends the session at the daemon, not only in the browser', async () => {
  const cookie = page.cookie()
  const answer = await page.post('/do/logout', {}, { cookie })
  expect(JSON.parse(answer.body)).toEqual({ go: '/login' })
  expect(answer.headers['set-cookie']).toMatch(/Expires=Thu, 01 Jan 1970/)
  expect(await isInside(cookie)).toBe(false)
})

test('logging out takes no script', async () => {
  const cookie = page.cookie()
  const answer = await page.get('/logout', { cookie })
  expect(answer).toMatchObject({ status: 302 })
  expect(answer.headers['set-cookie']).toMatch(/Expires=Thu, 01 Jan 1970/)
  expect(await isInside(cookie)).toBe(false)
})

test.each(['', 'x', '%00', '__proto__', `${'a'.repeat(3_000)}`])(
  'a cookie of "%s" opens nothing',
  async (value) => {
    expect(await isInside(`chekpost-${page.port}=${value}`)).toBe(false)
  },
)

test('without a password in the config no password opens the page', async () => {
  for (const body of [{ password: '' }, { password: 'null' }, {}, [], 'x', { password: null }])
    expect((await page.post('/do/login', body)).status).toBe(403)
})

test.each([
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '/%5C%5Cevil.example/\\..',
  '\\\\evil.example',
  '/\t/evil.example',
  ' //evil.example',
  'javascript:alert(1)',
  '/ok\r\nset-cookie: a=b',
  'evil.example',
  '',
])('the language switch does not lead to %j', async (back) => {
  const { status, headers } = await page.get(`/lang?to=en&back=${encodeURIComponent(back)}`)
  const target = new URL(headers['location'] ?? '', page.origin)
  expect({ status, origin: target.origin, path: headers['location'] }).toEqual({
    ...{ status: 302, origin: page.origin, path: '/' },
  })
})

test('the language switch leads back to where it was pressed', async () => {
  const { headers } = await page.get(
    `/lang?to=en&back=${encodeURIComponent('/receipts?state=parked&from=12')}`,
  )
  expect(headers['location']).toBe('/receipts?state=parked&from=12')
  expect(headers['set-cookie']).toMatch(/^lang=en; .*HttpOnly; SameSite=Strict$/)
  expect((await page.get('/login', { cookie: 'lang=en' })).body).toContain('<html lang="en">')
  expect((await page.get('/login', { cookie: 'lang="><script>' })).body).toContain('<html lang="ru">')
})

test('what stands in the address comes back as text', async () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const { body } = await page.get(`/login?token=${encodeURIComponent('"><script>alert(1)</script>')}`, link)
  expect(body).toContain('&quot;&gt;&lt;script&gt;')
  const lost = await page.get('/%3Cscript%3E', { cookie: page.cookie() })
  expect(lost.body).not.toContain('<script>')
})
