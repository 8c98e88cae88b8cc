import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Dispatch } from '../../agent/dispatch.ts'
import { openLog } from '../../agent/log.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { openOutbox } from '../../agent/store/open.ts'
import {
  drives,
  key,
  limits,
  numberOf,
  open,
  secretOf,
  secrets,
  temporary,
  tick,
  understand,
  wayOf,
  withVerb,
} from './shop.ts'

test('never lets a receipt that the site refuses or fails at stand before the next', async () => {
  const shop = await open()
  shop.bitrix.behave = (received) =>
    numberOf(received) === 1 ? { status: 422 } : numberOf(received) === 2 ? { status: 500 } : 'accept'
  for (let number = 1; number <= 8; number++) shop.sell(number)
  await shop.bitrix.until(({ ledger }) => ledger.entries.size === 6)
  await shop.stop()
  expect(shop.outcome(1)).toBe('park')
  expect(shop.outcome(2)).toBe('retry')
})

test('counts a receipt as delivered when the site has set it aside there', async () => {
  const shop = await open()
  shop.bitrix.behave = () => 'park'
  shop.sell(1)
  await shop.drained()
  expect(shop.outcome(1)).toBe('acceptedParked')
  expect(shop.outbox.counts()).toMatchObject({ accepted: 1, parked: 0 })
})

test('parks the one sale that a firewall dislikes, and the others go on', async () => {
  const shop = await open()
  shop.bitrix.behave = (received) => (received.id === key(2) ? { status: 403 } : 'accept')
  for (let number = 1; number <= 4; number++) shop.sell(number)
  await shop.drained()
  expect([1, 2, 3, 4].map((number) => shop.outcome(number))).toEqual([
    'accepted',
    'park',
    'accepted',
    'accepted',
  ])
  expect(shop.outbox.find({ storage: drives['till-1'], number: 2 })?.delivery?.why).toMatch(
    /^403: .*this document/,
  )
  expect(shop.bitrix.received.filter(({ type }) => type === 'pos.test')).toHaveLength(1)
})

test("stops this register's way only, and loses nothing once the site lets it in again", async () => {
  const shop = await open()
  let disabled = true
  shop.bitrix.behave = ({ headers }) =>
    disabled && headers['chekpost-register'] === 'shop-12/till-1' ? { status: 410 } : 'accept'
  for (let number = 1; number <= 3; number++) {
    shop.sell(number)
    shop.sell(number, {}, 'till-2')
  }
  await shop.bitrix.until(({ ledger }) => ledger.entries.size === 3)
  await shop.bitrix.until(({ received }) => received.filter(({ type }) => type === 'pos.test').length >= 3)
  expect(wayOf(shop)).toMatchObject({ state: 'stopped', lastStatus: 410 })
  expect(wayOf(shop)?.words?.ru).toMatch(/отключена/)
  expect(wayOf(shop, 'till-2')).toMatchObject({ state: 'ready' })
  expect(shop.log.filter((entry) => entry.includes('the way of this register is stopped'))).toHaveLength(1)
  const sales = shop.bitrix.received.filter(({ id }) => id.startsWith(`FN${drives['till-1']}`))
  expect(sales).toHaveLength(1)
  disabled = false
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 6, twice: 0 })
  expect(shop.outbox.counts()).toMatchObject({ accepted: 6, parked: 0 })
  expect(wayOf(shop)?.state).toBe('ready')
})

test('stops on a wrong secret and says so', async () => {
  const shop = await open({}, { secrets: { ...secrets, 'shop-12/till-1': [secretOf(7)] } })
  shop.sell(1)
  await shop.bitrix.until(({ received }) => received.length >= 3)
  expect(wayOf(shop)).toMatchObject({ state: 'stopped', lastStatus: 401 })
  expect(shop.bitrix.counts().deliveries).toBe(0)
})

test('spares a site that is down and delivers everything once it is back', async () => {
  const shop = await open()
  await shop.bitrix.down()
  for (let number = 1; number <= 10; number++) shop.sell(number)
  while (wayOf(shop)?.breaker === 'closed') await tick()
  expect(wayOf(shop)?.state).toBe('waiting')
  await shop.bitrix.up()
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 10, twice: 0 })
  expect(wayOf(shop)).toMatchObject({ state: 'ready', breaker: 'closed' })
})

test('books once whatever answers are lost on the way', async () => {
  const shop = await open({ lanes: 4 })
  const seen = new Set<string>()
  shop.bitrix.behave = ({ id }) => {
    const again = seen.has(id)
    seen.add(id)
    return again
      ? 'accept'
      : ((['forget', 'reset', 'html', 'wrongKey', 'accept'] as const)[seen.size % 5] ?? 'accept')
  }
  for (let number = 1; number <= 30; number++) shop.sell(number)
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 30, twice: 0 })
  expect(shop.bitrix.counts().duplicates).toBeGreaterThan(0)
})

test('keeps as many receipts under way as it has lanes, and no more', async () => {
  const shop = await open({ lanes: 4 })
  shop.bitrix.behave = () => 'hang'
  for (let number = 1; number <= 12; number++) shop.sell(number)
  await shop.bitrix.until(({ received }) => received.length === 4)
  await shop.rounds()
  expect(shop.bitrix.received).toHaveLength(4)
  expect(new Set(shop.bitrix.received.map(({ id }) => id)).size).toBe(4)
  expect(shop.dispatch.view().underWay).toBe(4)
})

test('sends fewer at once to a site that is full, and goes on with those', async () => {
  const shop = await open({ lanes: 8 })
  let [inside, refused] = [0, 0]
  shop.bitrix.behave = () => {
    if (inside === 3) {
      refused++
      return { status: 503, headers: { 'retry-after': '1' }, body: '{"error":"busy"}' }
    }
    inside++
    setTimeout(() => inside--, 20)
    return { afterMs: 30 }
  }
  for (let number = 1; number <= 40; number++) shop.sell(number)
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 40, twice: 0 })
  // Eight came at first; each round of eight would have lost five.
  expect(refused).toBeGreaterThan(0)
  expect(refused).toBeLessThan(20)
})

test('leaves the site alone for as long as Retry-After asks', async () => {
  const shop = await open()
  let busy = true
  shop.bitrix.behave = () => (busy ? { status: 503, headers: { 'retry-after': '1800' } } : 'accept')
  shop.sell(1)
  await shop.bitrix.until(({ received }) => received.length === 1)
  while (wayOf(shop)?.breaker !== 'open') await tick()
  busy = false
  shop.sell(2)
  await shop.rounds()
  expect(shop.bitrix.received).toHaveLength(1)
  shop.clock.ahead = 1_801_000
  shop.dispatch.nudge()
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 2 })
})

test('delivers what was put off by a clock that ran ahead, once the clock is put right', async () => {
  const shop = await open({
    limits: { ...limits, retryFirstMs: 60_000, retryLongestMs: 60_000 },
    random: () => 0.9,
  })
  shop.clock.ahead = 4 * 365 * 86_400_000
  shop.bitrix.behave = () => 'html'
  shop.sell(1)
  while (shop.outcome(1) !== 'retry') await tick()
  await shop.rounds()
  expect(shop.bitrix.received).toHaveLength(1)
  shop.bitrix.behave = () => 'accept'
  shop.clock.ahead = 0
  shop.dispatch.nudge()
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1 })
})

test('delivers what a clock that ran ahead put off, although another receipt is refused again and again', async () => {
  const shop = await open({
    limits: { ...limits, retryFirstMs: 60_000, retryLongestMs: 60_000 },
    random: () => 0.9,
  })
  shop.clock.ahead = 4 * 365 * 86_400_000
  shop.bitrix.behave = () => 'html'
  shop.sell(1)
  while (shop.outcome(1) !== 'retry') await tick()
  shop.bitrix.behave = (received) => (numberOf(received) === 2 ? { status: 409 } : 'accept')
  shop.clock.ahead = 0
  shop.sell(2)
  while (shop.outcome(2) !== 'retry') await tick()
  while (shop.outcome(1) !== 'accepted') await shop.rounds()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1, twice: 0 })
})

test('goes on when the clock is put back while a full disk is waited for', async () => {
  let full = true
  const wrap = (outbox: Outbox) =>
    withVerb(outbox, 'settle', (settle) => (...settled) => {
      if (!full) return settle(...settled)
      full = false
      throw new StoreError('full', { ru: 'полон', en: 'full' })
    })
  const shop = await open({ wrap })
  shop.clock.ahead = 365 * 86_400_000
  shop.sell(1)
  while (!shop.log.some((entry) => entry.includes('outcome not written'))) await tick()
  shop.clock.ahead = 0
  while (shop.outcome(1) !== 'accepted') await shop.rounds()
  expect(shop.bitrix.counts()).toMatchObject({ booked: 1, twice: 0 })
})

test('slows down for a site that says "too many" and not for how long', async () => {
  const shop = await open()
  shop.bitrix.behave = () => ({ status: 429 })
  for (let number = 1; number <= 30; number++) shop.sell(number)
  while (shop.bitrix.received.length < 8) await tick()
  expect(wayOf(shop)?.breaker).not.toBe('closed')
})

test('does not let documents of a register that left the config stand in the way', async () => {
  const shop = await open()
  for (let number = 1; number <= 5; number++)
    shop.keep({ storage: '9285000100150999', number, register: 'till-9' })
  shop.sell(1)
  await shop.bitrix.until(({ ledger }) => ledger.entries.size === 1)
  await shop.stop()
  expect(shop.outbox.counts('till-9')).toMatchObject({ waiting: 5 })
  expect(shop.log.filter((entry) => entry.includes('not in the config'))).toHaveLength(1)
})

test('finishes what is under way when it stops, and settles nothing of what it has to give up', async () => {
  const shop = await open({ lanes: 2, limits: { ...limits, shutdownMs: 1_500 } })
  shop.bitrix.behave = (received) => (numberOf(received) === 1 ? 'hang' : 'accept')
  shop.sell(1)
  shop.sell(2)
  await shop.bitrix.until(({ received }) => received.length === 2)
  await shop.stop()
  expect(shop.outcome(1)).toBeNull()
  expect(shop.outcome(2)).toBe('accepted')
  expect(shop.outbox.counts()).toMatchObject({ waiting: 1, accepted: 1 })
})

test('goes on after the disk was full for a moment, and the site books once', async () => {
  let full = true
  const wrap = (outbox: Outbox) =>
    withVerb(outbox, 'settle', (settle) => (...settled) => {
      if (!full) return settle(...settled)
      full = false
      throw new StoreError('full', { ru: 'полон', en: 'full' })
    })
  const shop = await open({ wrap })
  shop.sell(1)
  await shop.bitrix.until(({ received }) => received.length === 1)
  while (!shop.log.some((entry) => entry.includes('outcome not written'))) await tick()
  shop.clock.ahead = 10_000
  shop.dispatch.nudge()
  await shop.drained()
  expect(shop.bitrix.counts()).toMatchObject({ deliveries: 2, booked: 1, twice: 0 })
})

test('ends with the error itself when it is a bug of ours', async () => {
  const outbox = openOutbox(join(temporary(), 'outbox.db'))
  onTestFinished(() => outbox[Symbol.dispose]())
  const broken = withVerb(outbox, 'takeDue', () => () => {
    throw new TypeError('a bug')
  })
  const dispatch = new Dispatch({
    outbox: broken,
    destinations: [
      {
        url: 'http://localhost:1/',
        proxy: null,
        ca: null,
        pinnedKeys: [],
        connectMs: 1,
        answerMs: 1,
        totalMs: 1,
        lanes: 1,
        ways: [{ register: 'till-1', store: 'shop-12', secrets: [secretOf(1)], sendAll: false }],
      },
    ],
    zone: 'UTC',
    understand,
    allowDebugDrive: false,
    version: '0',
    instance: 'i',
    log: openLog('silent'),
    clock: Date.now,
    random: Math.random,
    beat: () => undefined,
  })
  await expect(dispatch.run(new AbortController().signal)).rejects.toThrow('a bug')
})

test('shows no secret, no query and no body in the log or the view', async () => {
  const shop = await open()
  shop.bitrix.behave = (received) =>
    numberOf(received) === 2 ? { status: 403, body: 'inner secret' } : 'accept'
  for (let number = 1; number <= 3; number++) shop.sell(number)
  await shop.drained()
  const shown = shop.log.join('') + JSON.stringify(shop.dispatch.view())
  for (const hidden of ['hush', 'whsec_', 'inner secret', 'Уксус', 'v1,']) expect(shown).not.toContain(hidden)
  expect(shown).toContain('localhost')
})
