/**
 * The real process, killed and robbed at random while receipts keep closing. A failing run is played again with the
 * seed it prints: `SEED=… npx vitest run --project system test/endtoend.system.test.ts`.
 */
import { readdirSync } from 'node:fs'
import { describe, test } from 'vitest'
import { pause } from '../drivers/index.ts'
import { openShop, type Shop, type ShopOptions } from './demo/shop.ts'
import { allIsWell, drained, longReceipt, sell } from './endtoend/account.ts'
import { Chance } from './fakes/register/chance.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.log(`end to end with SEED=${seed}`)

/** Slow enough that a kill often meets the agent in the middle of a document. */
const unhurried: ShopOptions = { tills: { 'till-1': { seed, wire: { answerMs: () => 2 } } } }

const forEver = new AbortController().signal

/** The agent works while receipts are closed, and something happens; then a moment later it is killed. */
async function killSometime(shop: Shop, chance: Chance): Promise<void> {
  const { entries } = shop.bitrix.ledger
  const before = entries.size
  // Without a number a slow machine would sell ever more than it can read.
  shop.register().startSelling({ rate: 6, count: 5 })
  shop.start()
  if (chance.happens(0.7)) await shop.until(() => entries.size > before, 'the agent gets on')
  await pause(chance.whole(300), forEver)
  await shop.killAgent()
}

describe.concurrent('killed with SIGKILL', () => {
  test('at random moments while receipts keep closing, each is sold exactly once and none is missing', async ({
    expect,
  }) => {
    await using shop = await openShop(unhurried)
    const chance = new Chance(seed)
    for (let kills = 0; kills < 12; kills++) await killSometime(shop, chance)
    shop.register().stopSelling()
    shop.start()
    expect(await drained(shop)).toEqual(allIsWell)
    expect(shop.agent.starts).toBe(13)
  })

  test('in the middle of a document, the register is read to its end before anything else is asked', async ({
    expect,
  }) => {
    await using shop = await openShop(unhurried)
    for (let kills = 0; kills < 4; kills++) {
      shop.register().closeReceipt({ real: longReceipt })
      shop.start()
      await shop.until(() => shop.register().mode === 1, 'a document is being read')
      await shop.killAgent()
      expect(shop.register().mode).toBe(1)
    }
    shop.start()
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('after the site has booked and before the answer arrives, the sale is sent again and booked once', async ({
    expect,
  }) => {
    const kills: Promise<void>[] = []
    await using shop = await openShop({
      ...unhurried,
      received: () => {
        if (kills.length < 5) kills.push(shop.killAgent())
      },
    })
    sell(shop, 3)
    for (let starts = 1; starts <= 5; starts++) {
      shop.start()
      await shop.until(() => kills.length === starts, 'the site is reached')
      await Promise.all(kills)
    }
    shop.start()
    expect(await drained(shop)).toEqual(allIsWell)
    expect(shop.bitrix.counts()).toMatchObject({ booked: 3, duplicates: 5, twice: 0 })
  })
})

describe.concurrent('the database destroyed in the middle', () => {
  test.for(['garbage', 'removed'] as const)(
    'while the agent is dead, its files %s: start.json brings it back and nothing is lost or doubled',
    async (how, { expect }) => {
      await using shop = await openShop(unhurried)
      const chance = new Chance(seed)
      for (let losses = 0; losses < 3; losses++) {
        await killSometime(shop, chance)
        shop.destroyDatabase(how)
      }
      shop.register().stopSelling()
      shop.start()
      expect(await drained(shop)).toEqual(allIsWell)
      const { health } = await shop.statusWhere(({ storageTrouble }) => storageTrouble !== null, 'it says so')
      expect(health.colour).toBe('amber')
      if (how === 'garbage')
        expect(readdirSync(shop.stateDir).some((name) => name.startsWith('outbox.damaged-'))).toBe(true)
    },
  )

  // What SQLite holds in memory may carry it for a while; the nightly check or the next start meets the damage.
  test('under the feet of the working agent, its next start at the latest mends everything', async ({
    expect,
  }) => {
    await using shop = await openShop({ ...unhurried, restartMs: 100 })
    shop.register().startSelling({ rate: 6, count: 8 })
    shop.start()
    await shop.until(() => shop.bitrix.ledger.entries.size > 5, 'the agent works')
    shop.destroyDatabase('garbage')
    const { documents } = shop.register()
    shop.register().startSelling({ rate: 6, count: 4 })
    await shop.until(() => shop.register().documents.length > documents.length + 3, 'the selling goes on')
    await shop.killAgent()
    shop.register().stopSelling()
    expect(await drained(shop)).toEqual(allIsWell)
    expect(readdirSync(shop.stateDir).some((name) => name.startsWith('outbox.damaged-'))).toBe(true)
  })

  test('with reading begun at "now", what was sold before the installation stays unsold after the loss', async ({
    expect,
  }) => {
    await using shop = await openShop({
      tills: { 'till-1': { config: { from: 'now' }, drive: { receipts: 5 } } },
    })
    shop.start()
    await shop.statusWhere(({ registers }) => registers[0]?.newest?.number === 7, 'the old receipts are seen')
    sell(shop, 1)
    await shop.until(() => shop.bitrix.counts().booked === 1, 'the new receipt is booked')
    await shop.killAgent()
    shop.destroyDatabase('removed')
    sell(shop, 1)
    shop.start()
    await shop.until(() => shop.bitrix.counts().booked === 2, 'the next one is booked')
    await shop.statusWhere(({ outbox }) => outbox.waiting === 0 && outbox.documents === 2, 'both are kept')
    expect([...shop.bitrix.ledger.entries.keys()].map((key) => key.split('-FD')[1])).toEqual(['8', '9'])
  })
})

describe.concurrent('stopped with SIGTERM', () => {
  test('in the middle of reading, it reads the document out and exits 0', async ({ expect }) => {
    await using shop = await openShop(unhurried)
    shop.start()
    for (let stops = 0; stops < 3; stops++) {
      shop.register().closeReceipt({ real: longReceipt })
      await shop.until(() => shop.register().mode === 1, 'a document is being read')
      expect(await shop.agent.terminate()).toEqual({ code: 0, signal: null })
      expect(shop.register().mode).not.toBe(1)
      shop.start()
    }
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('with a request under way, it takes the answer in before it exits 0', async ({ expect }) => {
    const endings: Promise<unknown>[] = []
    await using shop = await openShop({ received: () => endings.push(shop.agent.terminate()) })
    for (let stops = 1; stops <= 3; stops++) {
      sell(shop, 1)
      shop.start()
      await shop.until(() => endings.length >= stops, 'a request is under way')
      expect(await endings.at(-1)).toEqual({ code: 0, signal: null })
    }
    expect(shop.bitrix.counts()).toMatchObject({ booked: 3, duplicates: 0 })
  })

  test('with a site that hangs, it exits 0 all the same and the sale stays owed', async ({ expect }) => {
    await using shop = await openShop()
    shop.behaviour = 'hang'
    sell(shop, 1)
    shop.start()
    await shop.until(() => shop.bitrix.received.length > 0, 'a request is under way')
    expect(await shop.agent.terminate()).toEqual({ code: 0, signal: null })
    shop.behaviour = 'accept'
    shop.start()
    expect(await drained(shop)).toEqual(allIsWell)
  })
})
