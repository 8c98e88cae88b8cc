/** The real daemon and the real receiver in PHP: heartbeats, the ledger, and an outbox that was lost. */
import { expect, test } from 'vitest'
import { openMaria, openSite, type Site } from '../receiver/site.ts'
import { tieNames } from '../receiver/trade/names.ts'
import { Daemon, never, secret } from './daemon.ts'

const bread = { name: 'Хлеб дарницкий 350г', price: 4290, quantity: '1.000' }
const unknown = { name: 'Чай «Лисма»', price: 100, quantity: '1.000' }

async function withSite(work: (site: Site, daemon: Daemon) => Promise<void>): Promise<void> {
  await using db = await openMaria()
  await using site = await openSite(db)
  await site.store({ id: 1 })
  await site.product({ id: 1, amount: { 1: 100 }, name: 'Хлеб' })
  await tieNames(site, [[bread.name, 1, '1']])
  await site.register({ id: 'shop/till-1', storeId: 1, secret })
  const daemon = await Daemon.open({}, { register: 'from: first' })
  daemon.configure({ url: site.url })
  await work(site, daemon)
  await daemon.stop()
}

const repeats = (site: Site) => site.value('SELECT SUM(attempts) - COUNT(*) FROM chekpost_event')

test('heartbeats arrive, the ledger agrees with the outbox, and a lost outbox sends nothing again', async () => {
  await withSite(async (site, daemon) => {
    daemon.register.closeReceipt({ lines: [bread] })
    daemon.register.closeReceipt({ lines: [unknown] })
    daemon.register.closeReceipt({ lines: [bread, bread] })
    await daemon.start()
    await daemon.delivered(3)
    expect(await site.amount(1, 1)).toBe('97')
    await daemon.until(async () => (await site.value('SELECT heartbeat FROM chekpost_register')) !== null)
    const heartbeat = JSON.parse((await site.value('SELECT heartbeat FROM chekpost_register')) ?? '{}')
    expect(heartbeat).toMatchObject({ type: 'pos.heartbeat', device: { fn: daemon.register.storage } })

    const input = { repair: true, confirmed: false, who: 'anna', reason: 'test' }
    const compare = async () => (await daemon.desk.audit(input, never)).registers[0]
    const [, parked] = daemon.register.receipts
    const inOrder = {
      ...{ siteProblem: null, registerProblem: null, distrust: null, foreign: [] },
      site: {
        ledgerId: await site.value("SELECT VALUE FROM b_option WHERE NAME = 'ledgerId'"),
        host: site.host,
      },
      drives: [{ agreed: 3, gaps: { parkedThere: [[parked?.number, parked?.number]] } }],
    }
    expect(await compare()).toMatchObject(inOrder)

    await daemon.stop()
    daemon.loseOutbox()
    daemon.lose('start.json')
    daemon.register.closeReceipt({ lines: [bread] })
    await daemon.start()
    await daemon.delivered(4)
    expect(await site.amount(1, 1)).toBe('96')
    expect(await repeats(site)).toBe('0')
    expect(await compare()).toMatchObject({ ...inOrder, drives: [{ ...inOrder.drives[0], agreed: 4 }] })

    await site.sql('DELETE FROM chekpost_event WHERE state = ? LIMIT 1', 'booked')
    const found = await compare()
    expect(found?.drives[0]?.gaps).toHaveProperty('notInBitrix')
    expect(found?.repaired).toEqual({ replayed: 1, read: 0 })
    await daemon.until(async () => (await site.value('SELECT COUNT(*) FROM chekpost_event')) === '4')
  })
})

test('a drive with more ranges than one answer holds is told of in pieces', async () => {
  await withSite(async (site, daemon) => {
    daemon.register.closeReceipt({ lines: [bread] })
    await daemon.start()
    await daemon.delivered(1)
    const rows = Array.from(
      { length: 5_000 },
      (_, i) => `('FN9252440300000002-FD${2 * i + 1}', ${2 * i + 1})`,
    )
    await site.sql(`CREATE TEMPORARY TABLE old (k VARCHAR(64), fd INT); INSERT INTO old VALUES ${rows.join(',')};
      INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, http_status, body, created_at, updated_at)
      SELECT k, REPEAT('0', 64), 'shop/till-1', '9252440300000002', fd, 'pos.sale', '', 'booked', 200, '{}', NOW(), NOW() FROM old`)
    const input = { repair: false, confirmed: false, who: 'anna', reason: 'test' }
    const { registers } = await daemon.desk.audit(input, never)
    expect(registers[0]?.foreign).toEqual([{ storage: '9252440300000002', documents: 5_000 }])
  })
})
