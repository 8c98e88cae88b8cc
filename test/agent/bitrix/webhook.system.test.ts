import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { body, key, listen, message, never, site, webhook, why } from './bench.ts'

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

const quick = { answerMs: 300, totalMs: 500 }

test.each([
  ['html', /text\/html/, {}],
  ['untyped', /Content-Type/, {}],
  ['wrongKey', /another document/, {}],
  ['endless', /not JSON/, {}],
  ['slow', /in time/, quick],
  ['hang', /in time/, quick],
  ['reset', /broke off/, {}],
] as const)('tries again after the fault "%s" and says what it was', async (behaviour, words, limits) => {
  const bitrix = await site()
  bitrix.behave = () => behaviour
  const attempted = await webhook(bitrix.url, limits).deliver(message, never)
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
  const way = webhook(`http://127.0.0.1:${port}/`, { totalMs: 2_000 })
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
