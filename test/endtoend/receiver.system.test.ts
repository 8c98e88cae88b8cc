/** A site in every bad mood, seen by the real process: what `status` says, and what the site counted. */
import { describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../demo/shop.ts'
import type { Behaviour } from '../fakes/bitrix.ts'
import { bread, sell } from './account.ts'

/** So that a site that hangs is given up soon. */
const impatient = { bitrix: { answerSeconds: 1, connectSeconds: 1 } }

/** Two receipts closed while the site behaves so; the agent runs. */
async function openTroubled(behaviour: Behaviour): Promise<Shop> {
  const shop = await openShop(behaviour === 'hang' || behaviour === 'slow' ? impatient : {})
  shop.behaviour = behaviour
  sell(shop, 2)
  shop.start()
  return shop
}

const wayOf = async (shop: Shop, state: 'waiting' | 'stopped', words: RegExp) =>
  (
    await shop.statusWhere(
      ({ delivery }) => delivery.ways.some((way) => way.state === state && words.test(way.words?.en ?? '')),
      `the way is ${state} and says ${words}`,
    )
  ).delivery.ways[0]

describe.concurrent('a site that heals by itself', () => {
  test.for<[name: string, behaviour: Behaviour, words: RegExp]>([
    ['forgets to answer', 'forget', /broke off/],
    ['answers 200 with a page', 'html', /200.*text\/html/],
    ['answers without Content-Type', 'untyped', /Content-Type.* is missing/],
    ['resets the connection', 'reset', /broke off/],
    ['hangs', 'hang', /did not answer in time/],
    ['drips bytes', 'slow', /did not answer in time/],
    ['answers without end', 'endless', /./],
    ['acknowledges another receipt', 'wrongKey', /another document/],
    ['answers 500', { status: 500 }, /has an error.*500/],
    ['answers 503 and Retry-After', { status: 503, headers: { 'retry-after': '1' } }, /503/],
  ])('that %s is tried again until it books, once', async ([, behaviour, words], { expect }) => {
    await using shop = await openTroubled(behaviour)
    await wayOf(shop, 'waiting', words)
    const { outbox, health } = await shop.statusWhere((status) => status.outbox.waiting === 2, 'both wait')
    expect(outbox).toMatchObject({ accepted: 0, parked: 0 })
    expect(health.colour).toBe('amber')
    shop.behaviour = 'accept'
    await shop.waitUntilDrained()
    expect(shop.tally()).toMatchObject({ closed: 2, delivered: 2, lost: 0, twice: 0 })
    expect(shop.misbooked()).toEqual([])
  })

  test('that is down is waited for', async ({ expect }) => {
    await using shop = await openShop()
    await shop.stopReceiver()
    sell(shop, 1)
    shop.start()
    await wayOf(shop, 'waiting', /refused/)
    await shop.startReceiver()
    await shop.waitUntilDrained()
    expect(shop.bitrix.counts()).toMatchObject({ booked: 1, duplicates: 0 })
  })
})

describe.concurrent('a site that refuses everything', () => {
  test.for<[name: string, behaviour: Behaviour, words: RegExp]>([
    ['redirects', 'redirect', /redirects elsewhere.*302/],
    ['knows no such address', { status: 404 }, /nothing at this address.*404/],
    ['rejects the key', { status: 401 }, /signature.*401/],
    ['has switched the register off', { status: 410 }, /disabled.*410/],
  ])(
    'because it %s stops the way red, loses nothing, and is asked with tests only',
    async ([, behaviour, words], { expect }) => {
      await using shop = await openTroubled(behaviour)
      const way = await wayOf(shop, 'stopped', words)
      expect(way?.hint?.ru ?? '').not.toBe('')
      const { code, stdout } = await shop.command('status', '--json')
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({
        health: { colour: 'red' },
        outbox: { waiting: 2, accepted: 0, parked: 0 },
      })
      const documents = shop.bitrix.received.filter(({ type }) => type !== 'pos.test')
      expect(documents).toHaveLength(1)
      shop.behaviour = 'accept'
      await shop.waitUntilDrained()
      expect(shop.bitrix.counts()).toMatchObject({ booked: 2, twice: 0 })
    },
  )

  test('but one receipt only: that one is parked and the others go on', async ({ expect }) => {
    await using shop = await openShop()
    shop.behaviour = ({ body }) => (body.includes('Script') ? { status: 403 } : 'accept')
    shop.register().closeReceipt({ lines: [{ ...bread, name: 'Script & Select from' }] })
    sell(shop, 1)
    shop.start()
    const { health } = await shop.statusWhere(
      ({ outbox }) => outbox.parked === 1 && outbox.accepted === 1 && outbox.waiting === 0,
      'one is parked, the other booked',
    )
    expect(health).toMatchObject({ colour: 'amber' })
    const listed = await shop.command('outbox', 'ls', '--state', 'parked', '--json')
    expect(listed.stdout).toContain('403')
  })
})

test.for([400, 413, 422])(
  'a receipt answered %i is parked with its reason, and a replay delivers it',
  async (status) => {
    await using shop = await openShop()
    shop.behaviour = { status, body: '{"reasons":["no such product"]}' }
    sell(shop, 1)
    shop.start()
    await shop.statusWhere(({ outbox }) => outbox.parked === 1, 'it is parked')
    shop.behaviour = 'accept'
    const replayed = await shop.command('replay', '--parked', '--reason', 'product added', '--yes')
    expect(replayed).toMatchObject({ code: 0 })
    await shop.waitUntilDrained()
    expect(shop.bitrix.counts()).toMatchObject({ booked: 1, twice: 0 })
  },
)
