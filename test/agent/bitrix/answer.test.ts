import fc from 'fast-check'
import { expect, test } from 'vitest'
import { httpDate, longestRetryAfterMs, readOutcome, retryAfter } from '../../../agent/bitrix/answer.ts'

const key = 'FN9999078902001234-FD42'
const now = Date.parse('2026-03-02T12:00:00Z')
const json = { 'content-type': 'application/json' }
const acknowledge = (more: object = {}) => JSON.stringify({ eventId: key, state: 'booked', ...more })

const read = (status: number, body = '', headers: Record<string, string> = json) =>
  readOutcome(status, headers, body, key, now)
const kindOf = (...answer: Parameters<typeof read>) => read(...answer).outcome.kind

test('counts a document as delivered only by our acknowledgement of this very document', () => {
  expect(kindOf(200, acknowledge())).toBe('accepted')
  expect(kindOf(201, acknowledge({ duplicate: true }))).toBe('accepted')
  expect(kindOf(200, acknowledge({ state: 'ignored' }))).toBe('ignored')
  expect(kindOf(200, acknowledge({ state: 'parked' }))).toBe('acceptedParked')
  expect(kindOf(202, acknowledge({ state: 'parked' }))).toBe('acceptedParked')
  expect(kindOf(202, acknowledge())).toBe('acceptedParked')
})

test.each([
  ['an HTML page', '<html>It works</html>', { 'content-type': 'text/html' }],
  [
    'an acknowledgement that is not called JSON',
    acknowledge(),
    { 'content-type': 'text/html; charset=utf-8' },
  ],
  ['no content type', acknowledge(), {}],
  ['another key', acknowledge({ eventId: 'FN9999078902001234-FD43' }), json],
  ['no key', JSON.stringify({ state: 'booked' }), json],
  ['no state', JSON.stringify({ eventId: key }), json],
  ['an unknown state', acknowledge({ state: 'ok' }), json],
  ['an array', JSON.stringify([acknowledge()]), json],
  ['text', JSON.stringify(acknowledge()), json],
  ['nothing', '', json],
  ['half of it', acknowledge().slice(0, -1), json],
  ['a warning of PHP before it', `<b>Warning</b>: foo in bar.php${acknowledge()}`, json],
])('takes 200 with %s for a failure and tries again', (_, body, headers) => {
  const reading = read(200, body, headers as Record<string, string>)
  expect(reading.outcome.kind).toBe('retry')
  expect(reading.health).toBe('ailing')
  expect(reading.hint).not.toBeNull()
})

test('understands an acknowledgement with a byte order mark, a charset, a vendor type and odd extras', () => {
  expect(kindOf(200, `\uFEFF${acknowledge()}`, { 'content-type': 'Application/JSON; charset=utf-8' })).toBe(
    'accepted',
  )
  expect(kindOf(200, acknowledge(), { 'content-type': 'application/vnd.shop+json' })).toBe('accepted')
  expect(kindOf(200, acknowledge({ reasons: 'none', documents: [7], duplicate: 'yes' }))).toBe('accepted')
})

test('keeps the reasons and the acknowledgement itself', () => {
  const body = acknowledge({ state: 'parked', reasons: ['no such product'], ledgerId: 'l1' })
  expect(read(202, body).outcome).toEqual({
    kind: 'acceptedParked',
    reasons: ['no such product'],
    answer: body,
  })
})

test('lets no control character of a reason through to a terminal', () => {
  const reasons = ['no \u001b[31msuch\n product']
  const accepted = read(202, acknowledge({ state: 'parked', reasons })).outcome
  expect('reasons' in accepted && accepted.reasons).toEqual(['no  [31msuch  product'])
})

test.each([400, 413, 422])('parks the one document on %i', (status) => {
  expect(kindOf(status)).toBe('park')
  expect(kindOf(status, '<html>', { 'content-type': 'text/html' })).toBe('park')
  expect(read(status).health).toBe('fine')
})

test("shows the receiver's reasons of a refusal, and no other text of the answer", () => {
  const reasons = acknowledge({ state: 'parked', reasons: ['другой документ\nс этим ключом'] })
  expect(read(422, reasons).outcome).toEqual({ kind: 'park', why: '422: другой документ с этим ключом' })
  expect(JSON.stringify(read(422, '{"secret":"x7"}'))).not.toContain('x7')
})

test.each([
  300, 301, 302, 304, 307, 308, 401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 418, 423, 426, 431, 451,
  499,
])('stops the way on %i', (status) => {
  const reading = read(status, acknowledge(), { ...json, location: 'https://elsewhere.example/' })
  expect(reading.outcome.kind).toBe('stopDestination')
  expect(reading.words.ru).toContain(String(status))
  expect(JSON.stringify(reading)).not.toContain('elsewhere.example')
})

test.each([408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 520, 522, 599])(
  'tries again for ever on %i',
  (status) => {
    expect(kindOf(status, acknowledge())).toBe('retry')
  },
)

test('tells the breaker what is the fault of the destination and what is not', () => {
  expect([500, 502, 503, 408].map((status) => read(status).health)).toEqual(Array(4).fill('ailing'))
  const busy = '{"error":"busy"}'
  expect([500, 503].map((status) => read(status, busy).health)).toEqual(['ailing', 'full'])
  expect(read(503, '{"error":"died"}').health).toBe('ailing')
  expect(read(503, busy, { 'content-type': 'text/html' }).health).toBe('ailing')
  expect([409, 425, 422, 403].map((status) => read(status).health)).toEqual(Array(4).fill('fine'))
  expect(read(429).health).toBe('pause')
})

test('honours Retry-After in seconds and as a date, within an hour', () => {
  expect(retryAfter('120', now)).toBe(now + 120_000)
  expect(retryAfter(' 5 ', now)).toBe(now + 5_000)
  expect(retryAfter('Mon, 02 Mar 2026 12:10:00 GMT', now)).toBe(now + 600_000)
  expect(retryAfter('31536000', now)).toBe(now + longestRetryAfterMs)
  expect(retryAfter('Tue, 02 Mar 2027 12:10:00 GMT', now)).toBe(now + longestRetryAfterMs)
  expect(read(503, '', { 'retry-after': '7' }).outcome).toMatchObject({ notBefore: now + 7_000 })
})

test.each([
  undefined,
  '',
  '0',
  '-5',
  '1.5',
  'soon',
  'Mon, 02 Mar 2026 11:00:00 GMT',
  '2026-03-02T13:00:00Z',
  '9'.repeat(400),
])('waits no set time on Retry-After %s', (value) => {
  const at = retryAfter(value, now)
  expect(at === null || at === now + longestRetryAfterMs).toBe(true)
  expect(at === null).toBe(value !== '9'.repeat(400))
})

test('reads no date that is not an HTTP date', () => {
  expect(httpDate('Mon, 02 Mar 2026 12:00:00 GMT')).toBe(now)
  expect(httpDate('Mon, 99 Mar 2026 12:00:00 GMT')).toBeNull()
  expect(httpDate('2026')).toBeNull()
})

test('understands any answer at all, and delivers nothing without our key in it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.string(),
      fc.string(),
      fc.string(),
      (status, body, type, retry) => {
        const reading = readOutcome(status, { 'content-type': type, 'retry-after': retry }, body, key, now)
        expect(['retry', 'park', 'stopDestination']).toContain(reading.outcome.kind)
        expect(reading.words.ru).not.toBe('')
      },
    ),
  )
  fc.assert(
    fc.property(fc.json(), (body) => {
      expect(['retry']).toContain(readOutcome(200, json, body, key, now).outcome.kind)
    }),
  )
})
