/** A bad line, a busy till and curious readers of the log, with the real process. */
import { statSync } from 'node:fs'
import { describe, test } from 'vitest'
import { openShop } from '../demo/shop.ts'
import { allIsWell, bread, drained, longReceipt, sell } from './account.ts'

/** Slow enough that a document can be met in the middle. */
const unhurried = { tills: { 'till-1': { wire: { answerMs: () => 2 } } } }

describe.concurrent('a line that fails', () => {
  test.for(['tcp', 'pty'] as const)(
    'unplugged in the middle of a document (%s), it is read again whole',
    async (line, { expect }) => {
      await using shop = await openShop({ ...unhurried, line })
      shop.start()
      for (let pulls = 0; pulls < 3; pulls++) {
        shop.register().closeReceipt({ real: longReceipt })
        await shop.until(() => shop.register().mode === 1, 'a document is being read')
        shop.unplugRegister()
        await shop.statusWhere(({ registers }) => registers[0]?.line === 'lost', 'the loss is noticed')
        await shop.plugRegister()
      }
      expect(await drained(shop)).toEqual(allIsWell)
    },
  )

  test('power lost in the middle of a document, it is read again whole', async ({ expect }) => {
    await using shop = await openShop(unhurried)
    shop.start()
    shop.register().closeReceipt({ real: longReceipt })
    await shop.until(() => shop.register().mode === 1, 'a document is being read')
    shop.register().powerLoss()
    await shop.statusWhere(({ registers }) => registers[0]?.line === 'lost', 'the loss is noticed')
    shop.register().powerOn()
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('noise, garbled and lost answers change no receipt and repeat no step of a reading', async ({
    expect,
  }) => {
    await using shop = await openShop()
    const register = shop.register()
    register.noise(0.002)
    register.loseAnswers(0.003)
    register.corruptAnswers(0.004)
    register.startSelling({ rate: 8, count: 20 })
    shop.start()
    await shop.until(() => register.counters.receipts === 20, 'all is sold')
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('a register that falls silent without a word is noticed and read when it speaks again', async ({
    expect,
  }) => {
    await using shop = await openShop()
    shop.start()
    await shop.statusWhere(({ registers }) => registers[0]?.line === 'connected', 'it is connected')
    shop.register().silence(true)
    sell(shop, 1)
    await shop.statusWhere(
      ({ registers }) => registers[0]?.trouble?.kind === 'silent',
      'the silence is noticed',
    )
    shop.register().silence(false)
    expect(await drained(shop)).toEqual(allIsWell)
  })
})

describe.concurrent('a till at work', () => {
  test('while a receipt is open the register is asked for its state and nothing else, whatever is still unread', async ({
    expect,
  }) => {
    await using shop = await openShop({ tills: { 'till-1': { config: { quietSeconds: 1 } } } })
    const register = shop.register()
    shop.start()
    await shop.statusWhere(
      ({ registers }) => registers[0]?.outbox.documents === 1,
      'the register is followed',
    )
    sell(shop, 2)
    register.openReceipt({ lines: [bread] })
    const before = register.counters.commands
    const polls = () => (register.counters.commands['10'] ?? 0) - (before['10'] ?? 0)
    await shop.until(() => polls() > 15, 'it is polled for longer than quietSeconds')
    const asked = newlyAsked(before, register.counters.commands)
    expect(asked.filter((command) => !['10', '11', 'FF01'].includes(command))).toEqual([])
    register.closeReceipt()
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('an agent started while a receipt is open waits for its end before it learns who it talks to', async ({
    expect,
  }) => {
    await using shop = await openShop()
    const register = shop.register()
    register.openReceipt({ lines: [bread] })
    shop.start()
    await shop.until(() => (register.counters.commands['10'] ?? 0) > 10, 'it is polled')
    const asked = Object.keys(register.counters.commands)
    expect(asked.filter((command) => !['10', '11', 'FC', 'FF01'].includes(command))).toEqual([])
    register.closeReceipt()
    expect(await drained(shop)).toEqual(allIsWell)
  })

  test('a till that sells without a pause of quietSeconds is never met by a reading, and loses nothing', async ({
    expect,
  }) => {
    await using shop = await openShop({ tills: { 'till-1': { config: { quietSeconds: 2 } } } })
    const register = shop.register()
    shop.start()
    await shop.statusWhere(({ registers }) => registers[0]?.line === 'connected', 'it is connected')
    register.startSelling({ rate: 8, openMs: 40, count: 30 })
    await shop.until(() => register.counters.receipts === 30, 'all is sold')
    expect(register.counters).toMatchObject({ tillRefused: 0 })
    expect(await drained(shop)).toEqual(allIsWell)
  })
})

function newlyAsked(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): string[] {
  return Object.keys(after).filter((command) => after[command] !== before[command])
}

describe.concurrent('the log of a whole run', () => {
  test('at its most talkative level but frames holds no buyer, no cashier and no secret', async ({
    expect,
  }) => {
    await using shop = await openShop({ config: { logLevel: 'debug' } })
    const register = shop.register()
    shop.behaviour = { status: 503 }
    register.closeReceipt({ real: 'tlv-advance-with-buyer-email-2020' })
    register.closeReceipt({ real: longReceipt })
    register.noise(0.01)
    shop.start()
    await shop.statusWhere(({ delivery }) => delivery.ways[0]?.state === 'waiting', 'the site refuses')
    shop.behaviour = { status: 401 }
    await shop.statusWhere(({ delivery }) => delivery.ways[0]?.state === 'stopped', 'the way stops')
    shop.unplugRegister()
    await shop.statusWhere(({ registers }) => registers[0]?.line === 'lost', 'the line is lost')
    await shop.killAgent()
    shop.destroyDatabase('garbage')
    await shop.mend()
    register.startSelling({ rate: 10, count: 20 })
    await shop.until(() => register.counters.receipts === 22, 'all is sold')
    expect(await drained(shop)).toEqual(allIsWell)
    await shop.agent.terminate()
    for (const secret of [...shop.secrets, ...shop.secrets.map((each) => each.replace('whsec_', ''))])
      expect(shop.agent.log).not.toContain(secret)
    expect(shop.agent.log).not.toMatch(/[\w.+-]+@[\w-]+\.\w+|Кассир|v1,[A-Za-z0-9+/]{20}/)
    expect(shop.agent.log).toContain('document settled')
  })

  test('is not the only place for them: what is kept can be read by its owner alone', async ({ expect }) => {
    await using shop = await openShop()
    shop.start()
    sell(shop, 1)
    await shop.waitUntilDrained()
    for (const path of [shop.stateDir, shop.outboxPath]) expect(statSync(path).mode & 0o077).toBe(0)
  })
})
