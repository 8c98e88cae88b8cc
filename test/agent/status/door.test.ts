/** Who is refused before anything else looks at a request. */
import { expect, test } from 'vitest'
import {
  type Asked,
  doorOf,
  guardingHeaders,
  isFromElsewhere,
  refuseStranger,
} from '../../../agent/status/door.ts'

const door = doorOf({ host: '127.0.0.1', port: 8321, hosts: ['till.shop.local'], tls: null })
const ours = { host: '127.0.0.1:8321' }
const posting = {
  ...ours,
  origin: 'http://127.0.0.1:8321',
  'x-chekpost': '1',
  'sec-fetch-site': 'same-origin',
}

function asked(
  headers: Record<string, string | string[]>,
  more: { method?: string; url?: string } = {},
): Asked {
  const distinct = Object.entries(headers).map(([name, value]): [string, string[]] => [name, [value].flat()])
  const joined = distinct.map(([name, values]) => [name, name === 'host' ? values[0] : values.join(', ')])
  return {
    method: 'GET',
    url: '/',
    ...more,
    headers: Object.fromEntries(joined),
    headersDistinct: Object.fromEntries(distinct),
  }
}

function statusOf(headers: Record<string, string | string[]>, more: { method?: string; url?: string } = {}) {
  return refuseStranger(door, asked(headers, more))?.status ?? 200
}

test.each(['127.0.0.1:8321', 'localhost:8321', '[::1]:8321', 'till.shop.local:8321'])(
  '%s is a name of ours',
  (host) => {
    expect(statusOf({ host })).toBe(200)
  },
)

test.each([
  '',
  'evil.example',
  'evil.example:8321',
  '127.0.0.1',
  '127.0.0.1:8322',
  '127.0.0.1:08321',
  '127.0.0.1:8321:8321',
  '127.0.0.1.:8321',
  'localhost.:8321',
  'LOCALHOST:8321',
  ' localhost:8321',
  'localhost:8321.evil.example',
  'localhost:8321@evil.example',
  '127.0.0.1.nip.io:8321',
  '127.1:8321',
  '2130706433:8321',
  '0.0.0.0:8321',
  '[::]:8321',
  '[::ffff:127.0.0.1]:8321',
  '::1:8321',
])('"%s" is a foreign name, whatever is asked', (host) => {
  expect(statusOf({ host })).toBe(421)
  expect(statusOf({ ...posting, host }, { method: 'POST', url: '/do/login' })).toBe(421)
  expect(statusOf({ host, upgrade: 'websocket', connection: 'upgrade' })).toBe(421)
})

test('no Host, and two of them, are refused', () => {
  expect(statusOf({})).toBe(421)
  expect(statusOf({ host: ['127.0.0.1:8321', 'evil.example'] })).toBe(421)
  expect(statusOf({ host: ['127.0.0.1:8321', '127.0.0.1:8321'] })).toBe(421)
})

test('an address that names a host itself, another method or a huge address are refused', () => {
  expect(statusOf(ours, { url: 'http://evil.example/' })).toBe(400)
  expect(statusOf(ours, { url: 'http://127.0.0.1:8321/' })).toBe(400)
  expect(statusOf(ours, { url: '*' })).toBe(400)
  for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT', 'get'])
    expect(statusOf({ ...posting }, { method }), method).toBe(405)
  expect(statusOf(ours, { url: `/?${'a'.repeat(4096)}` })).toBe(414)
})

const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

test.each(['cross-site', 'same-site', 'none, cross-site', 'nonsense'])(
  'a page that is %s may lead here and load nothing',
  (site) => {
    const foreign = { ...ours, 'sec-fetch-site': site }
    expect(isFromElsewhere(foreign)).toBe(true)
    expect(statusOf({ ...foreign, ...link })).toBe(200)
    expect(statusOf({ ...foreign, ...link }, { method: 'HEAD' })).toBe(403)
    expect(statusOf({ ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })).toBe(403)
    expect(statusOf({ ...foreign, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBe(403)
    expect(statusOf({ ...foreign, 'sec-fetch-mode': 'websocket', 'sec-fetch-dest': 'websocket' })).toBe(403)
    expect(statusOf(foreign)).toBe(403)
  },
)

test('our own page, a typed address and a program without a word of its site may look', () => {
  for (const site of ['same-origin', 'none']) expect(statusOf({ ...ours, 'sec-fetch-site': site })).toBe(200)
  expect(statusOf(ours)).toBe(200)
})

const post = { method: 'POST', url: '/do/replay' }

test('our own page may post', () => {
  expect(statusOf(posting, post)).toBe(200)
  expect(
    statusOf({ ...posting, host: 'till.shop.local:8321', origin: 'http://till.shop.local:8321' }, post),
  ).toBe(200)
  const { 'sec-fetch-site': _, ...old } = posting
  expect(statusOf(old, post)).toBe(200)
})

test.each([
  'null',
  '',
  'http://127.0.0.1',
  'http://127.0.0.1:9999',
  'https://127.0.0.1:8321',
  'http://127.0.0.1:8321/',
  'http://evil.example',
  'http://127.0.0.1:8321, http://evil.example',
  'HTTP://127.0.0.1:8321',
  'file://',
])('a posting from the origin "%s" is refused', (origin) => {
  expect(statusOf({ ...posting, origin }, post)).toBe(403)
})

test.each(['origin', 'x-chekpost'])('a posting without %s is refused', (name) => {
  expect(statusOf(Object.fromEntries(Object.entries(posting).filter(([key]) => key !== name)), post)).toBe(
    403,
  )
})

test('a posting that a foreign page has caused is refused, a navigation too', () => {
  for (const site of ['same-site', 'cross-site', 'none', 'same-origin, cross-site'])
    expect(statusOf({ ...posting, ...link, 'sec-fetch-site': site }, post), site).toBe(403)
  expect(statusOf({ ...posting, 'x-chekpost': '1, 1' }, post)).toBe(403)
})

test('beyond this computer only the names of the config count, on the usual port without it too', () => {
  const tls = { certFile: '', keyFile: '' }
  const far = doorOf({ host: '0.0.0.0', port: 443, hosts: ['shop-pc.local'], tls })
  expect([...far.hosts]).toEqual(['shop-pc.local:443', 'shop-pc.local'])
  expect([...far.origins]).toEqual(['https://shop-pc.local:443', 'https://shop-pc.local'])
  expect(far).toMatchObject({ isLocal: false, cookie: '__Host-chekpost-443' })
  expect([...doorOf({ host: 'Shop-PC', port: 8321, hosts: [], tls }).hosts]).toEqual(['shop-pc:8321'])
  expect([...doorOf({ host: '2001:DB8::5', port: 8321, hosts: [], tls }).hosts]).toEqual([
    '[2001:db8::5]:8321',
  ])
})

test('nothing is taken from elsewhere, nothing is shown inside elsewhere, nobody elsewhere may read', () => {
  const policy = guardingHeaders['content-security-policy'] ?? ''
  expect(policy).not.toMatch(/unsafe|\*|data:|blob:|https?:/)
  for (const part of [
    "default-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ])
    expect(policy.split('; ')).toContain(part)
  expect(Object.keys(guardingHeaders).filter((name) => name.startsWith('access-control'))).toEqual([])
})
