/** Whose receipts are these? Drives replaced, lent, swapped and lost, with the real process. */
import { describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../demo/shop.ts'
import { sell } from './account.ts'

const successor = '9252440300999999'
const stranger = '9999000011112222'

/** A shop that has sold and booked two receipts. */
async function openTrading(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop(options)
  shop.start()
  sell(shop, 2)
  await shop.waitUntilDrained()
  return shop
}

/** The register is red, and says what to do. */
async function expectRed(shop: Shop, words: RegExp, hint: RegExp): Promise<void> {
  const { health } = await shop.statusWhere(
    ({ registers }) => registers.some(({ trouble }) => trouble?.kind === 'halted'),
    'the register stops red',
  )
  expect(health.colour).toBe('red')
  expect(health.text.en).toMatch(words)
  expect(health.hint?.en).toMatch(hint)
  const { code, stdout } = await shop.command('status', '--lang', 'en')
  expect(code).toBe(1)
  expect(stdout).toMatch(words)
}

const keysOf = (shop: Shop) => [...shop.bitrix.ledger.entries.keys()]

describe.concurrent('a fiscal drive replaced', () => {
  test('by its lawful successor is read from document 1 on, without a person', async ({ expect }) => {
    await using shop = await openTrading()
    shop.register().closeDrive()
    await shop.until(
      async () => ((await shop.status())?.outbox.documents ?? 0) >= 6,
      'the old drive is read out',
    )
    shop.register().replaceDrive({ number: successor })
    sell(shop, 2)
    await shop.waitUntilDrained()
    expect(keysOf(shop).filter((key) => key.startsWith(`FN${successor}`))).toHaveLength(2)
    expect(shop.tally()).toMatchObject({ closed: 4, kept: 4, delivered: 4, lost: 0, twice: 0 })
    await shop.statusWhere(({ health }) => health.colour === 'green', 'all is well')
  })

  test("by another shop's used drive stops red, books nothing of it, and goes on where a person says", async ({
    expect,
  }) => {
    await using shop = await openTrading()
    const foreign = { number: stranger, owner: { inn: '5406000000' }, receipts: 3 }
    shop.register().replaceDrive({ ...foreign, registeredAt: '2026-01-10T09:00:00' })
    await expectRed(shop, /INN differs/, /chekpost begin --register till-1/)
    expect(keysOf(shop).filter((key) => key.includes(stranger))).toEqual([])
    const newest = shop.register().documents.at(-1)?.number ?? 0
    const answer = ['--register', 'till-1', '--at', String(newest + 1), '--reason', 'bought used']
    expect(await shop.command('begin', ...answer)).toMatchObject({ code: 0 })
    sell(shop, 1)
    await shop.until(() => keysOf(shop).some((key) => key.includes(stranger)), 'its new receipt is booked')
    await shop.statusWhere(
      ({ outbox, health }) => outbox.waiting === 0 && health.colour === 'green',
      'all is well',
    )
    expect(keysOf(shop).filter((key) => key.includes(stranger))).toEqual([`FN${stranger}-FD${newest + 1}`])
  })

  test('by an older drive of the same owner stops red, for its receipts are from before', async ({
    expect,
  }) => {
    await using shop = await openTrading()
    shop.register().replaceDrive({ number: stranger, registeredAt: '2026-01-10T09:00:00', receipts: 3 })
    await expectRed(shop, /before the last one read/, /--at 1/)
    expect(keysOf(shop)).toHaveLength(2)
  })

  test('by a debug drive is kept and shown and never sent', async ({ expect }) => {
    await using shop = await openTrading()
    shop.register().replaceDrive({ number: '9999078902001234', debug: true })
    sell(shop, 3)
    await shop.until(() => shop.tally().kept === 5, 'the receipts of the debug drive are kept')
    await shop.statusWhere(({ outbox }) => outbox.waiting === 0, 'nothing is owed for them')
    expect(keysOf(shop)).toHaveLength(2)
    expect(shop.bitrix.received).toHaveLength(2)
    const { stdout } = await shop.command('outbox', 'ls', '--json')
    expect(stdout).toContain('9999078902001234')
  })

  test('by a debug drive is sent when the daemon is told so for a trial', async ({ expect }) => {
    await using shop = await openShop({
      tills: { 'till-1': { drive: { number: '9999078902001234', debug: true } } },
      words: ['--allow-debug-drive'],
    })
    shop.start()
    sell(shop, 1)
    await shop.waitUntilDrained()
    expect(keysOf(shop)).toHaveLength(1)
  })
})

describe.concurrent('two registers', () => {
  const tills = {
    'till-1': { serial: '0012340000567891', drive: { number: '9252440300000001' } },
    'till-2': { serial: '0012340000567892', drive: { number: '9252440300000002' } },
  }

  test('deliver side by side, each under its own name', async ({ expect }) => {
    await using shop = await openShop({ tills })
    shop.start()
    sell(shop, 3, 'till-1')
    sell(shop, 3, 'till-2')
    await shop.waitUntilDrained()
    const names = [...shop.bitrix.ledger.entries.values()].map(
      ({ key, register }) => `${register} ${key.slice(2, 18)}`,
    )
    expect([...new Set(names)].sort()).toEqual([
      'shop/till-1 9252440300000001',
      'shop/till-2 9252440300000002',
    ])
  })

  test('with swapped cables both stop red, and go on when the cables are right again', async ({ expect }) => {
    await using shop = await openShop({ tills })
    shop.start()
    sell(shop, 1, 'till-1')
    sell(shop, 1, 'till-2')
    await shop.waitUntilDrained()
    await shop.agent.terminate()
    shop.swapCables('till-1', 'till-2')
    sell(shop, 1, 'till-1')
    shop.start()
    const { registers } = await shop.statusWhere(
      (status) => status.registers.every(({ trouble }) => trouble?.kind === 'halted'),
      'both stop red',
    )
    for (const { trouble } of registers) {
      expect(trouble?.text.en).toMatch(/that was read in register till-/)
      expect(trouble?.hint?.en).toMatch(/Cables .* exchange them/)
    }
    expect(shop.tally().delivered).toBe(2)
    await shop.agent.terminate()
    shop.swapCables('till-1', 'till-2')
    shop.start()
    await shop.waitUntilDrained()
    expect(shop.tally()).toMatchObject({ closed: 3, delivered: 3, lost: 0, twice: 0 })
    expect(shop.misbooked()).toEqual([])
  })

  test('one that is away never holds up the other', async ({ expect }) => {
    await using shop = await openShop({ tills })
    shop.unplugRegister('till-1')
    shop.start()
    sell(shop, 2, 'till-2')
    await shop.until(() => shop.bitrix.counts().booked === 2, 'the other one is booked')
    sell(shop, 2, 'till-1')
    await shop.plugRegister('till-1')
    await shop.waitUntilDrained()
    expect(shop.bitrix.counts()).toMatchObject({ booked: 4, duplicates: 0 })
  })
})

describe.concurrent('the database and start.json lost together', () => {
  test("are made good by the site's ledger: nobody is asked, everything arrives and nothing twice", async ({
    expect,
  }) => {
    await using shop = await openTrading()
    await shop.killAgent()
    shop.destroyDatabase('removed')
    shop.loseStartFile()
    sell(shop, 2)
    shop.start()
    await shop.waitUntilDrained()
    expect(shop.tally()).toMatchObject({ closed: 4, kept: 4, delivered: 4, lost: 0, twice: 0 })
    expect(shop.bitrix.counts().duplicates).toBe(0)
    const { code, stdout } = await shop.command('audit', '--lang', 'en')
    expect([code, stdout]).toEqual([0, 'till-1: all 4 documents are in Bitrix\n'])
  })

  test('stop red and ask where the site keeps no ledger; "chekpost begin" answers, and nothing arrives twice', async ({
    expect,
  }) => {
    await using shop = await openTrading()
    shop.bitrix.behaveAside = () => ({ status: 404 })
    await shop.killAgent()
    shop.destroyDatabase('removed')
    shop.loseStartFile()
    sell(shop, 2)
    shop.start()
    await shop.statusWhere(({ registers }) => registers[0]?.trouble?.kind === 'halted', 'it asks')
    expect(shop.tally()).toMatchObject({ closed: 4, delivered: 2 })
    const answer = ['--register', 'till-1', '--at', '1', '--reason', 'the disk died']
    expect(await shop.command('begin', ...answer)).toMatchObject({ code: 0 })
    await shop.waitUntilDrained()
    expect(shop.tally()).toMatchObject({ closed: 4, kept: 4, delivered: 4, lost: 0, twice: 0 })
    expect(shop.bitrix.counts().duplicates).toBe(2)
  })

  test('are not forgotten by the next restart: it still asks', async ({ expect }) => {
    await using shop = await openTrading()
    shop.bitrix.behaveAside = () => ({ status: 404 })
    await shop.killAgent()
    shop.destroyDatabase('garbage')
    shop.loseStartFile()
    for (let starts = 0; starts < 2; starts++) {
      shop.start()
      await shop.statusWhere(({ registers }) => registers[0]?.trouble?.kind === 'halted', 'it asks')
      await shop.killAgent()
    }
    expect(shop.bitrix.counts()).toMatchObject({ booked: 2, duplicates: 0 })
  })
})
