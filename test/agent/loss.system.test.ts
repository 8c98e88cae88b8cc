/** An outbox that was lost is read again out of the drive, and the site's ledger says what need not be sent again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Daemon, never } from './daemon.ts'

const keysOf = ({ bitrix }: Daemon) => [...bitrix.ledger.entries.keys()]
const ledgerQuestions = ({ bitrix }: Daemon) => bitrix.asides.filter(({ type }) => type === 'pos.ledger')

/** The register's wall clock so many minutes from now, in Moscow. */
const wallClock = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000 + 3 * 3_600_000).toISOString().slice(0, 19)

/** Three receipts sold and booked, and the daemon stopped. */
async function traded(clock = () => wallClock(0)): Promise<Daemon> {
  const daemon = await Daemon.open({ clock })
  daemon.sell(3)
  await daemon.start()
  await daemon.delivered(3)
  await daemon.stop()
  return daemon
}

test('a lost database is filled again and what the site has is not sent again; the next sale goes as ever', async () => {
  const daemon = await traded()
  daemon.loseOutbox()
  await daemon.start()
  await daemon.delivered(3)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 3, booked: 3, duplicates: 0 })
  expect(ledgerQuestions(daemon)).toHaveLength(1)
  daemon.sell(1)
  await daemon.delivered(4)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 4, booked: 4, duplicates: 0 })
})

test('what was sold while nobody delivered is sent after the loss, for it is recent and the site lacks it', async () => {
  const daemon = await traded()
  daemon.loseOutbox()
  daemon.sell(2)
  await daemon.start()
  await daemon.delivered(5)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 5, booked: 5, duplicates: 0, twice: 0 })
})

test('a receiver installed anew books nothing old after a loss until a person has accepted it', async () => {
  let minutes = -60
  const daemon = await traded(() => wallClock(minutes))
  daemon.loseOutbox()
  daemon.bitrix.reinstall()
  await daemon.start()
  const { health } = await daemon.statusWhere(({ registers }) => registers[0]?.site?.changed !== null)
  expect(health).toMatchObject({ colour: 'red', hint: { en: expect.stringContaining('--accept-ledger') } })
  minutes = 5
  daemon.sell(1)
  await daemon.until(() => daemon.bitrix.counts().booked === 1)
  await daemon.statusWhere(({ outbox }) => outbox.waiting === 3)
  expect(keysOf(daemon)).toHaveLength(1)
  const accept = () => daemon.desk.acceptLedger({ who: 'anna', reason: 'installed anew' }, never)
  const { accepted } = await accept()
  expect(accepted).toMatchObject([{ register: 'till-1', ledgerId: daemon.bitrix.ledger.id }])
  // What waits for the ledger asks it again after half a minute.
  daemon.ahead = 31_000
  await accept()
  await daemon.delivered(4)
  expect(daemon.bitrix.counts()).toMatchObject({ booked: 4, twice: 0 })
})

test('a receiver that keeps no ledger gets everything again, and its keys keep it single', async () => {
  const daemon = await traded()
  daemon.lose('site.json')
  daemon.loseOutbox()
  daemon.bitrix.behaveAside = () => ({ status: 404 })
  await daemon.start()
  await daemon.delivered(3)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 6, booked: 3, duplicates: 3, twice: 0 })
})

test('with start.json lost as well, reading begins by the ledger, without a person', async () => {
  const daemon = await traded()
  daemon.loseOutbox()
  daemon.lose('start.json')
  daemon.sell(2)
  await daemon.start()
  await daemon.delivered(5)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 5, booked: 5, duplicates: 0 })
  const started = JSON.parse(readFileSync(join(daemon.stateDir, 'start.json'), 'utf8'))
  const [first] = daemon.register.receipts
  expect(started.drives).toMatchObject([{ why: 'ledger', first: first?.number }])
})

test.each([
  ['knows nothing of the drive', (daemon: Daemon) => daemon.bitrix.reinstall(), /another receiver/],
  [
    'cannot be asked',
    ({ bitrix }: Daemon) => Object.assign(bitrix, { behaveAside: () => ({ status: 503 }) }),
    /503/,
  ],
] as const)(
  'with start.json lost and a site that %s, nothing is read until a person says where',
  async (_, harm, why) => {
    const daemon = await traded()
    daemon.loseOutbox()
    daemon.lose('start.json')
    harm(daemon)
    await daemon.start()
    const { health } = await daemon.statusWhere(({ registers }) => registers[0]?.trouble?.kind === 'halted')
    expect(health).toMatchObject({ colour: 'red', text: { en: expect.stringMatching(why) } })
    expect(health.hint?.en).toContain('chekpost begin --register till-1')
    expect(daemon.bitrix.counts().deliveries).toBe(3)
  },
)

test('on a new PC "from: ledger" goes on where the ledger ends', async () => {
  const daemon = await traded()
  daemon.lose('')
  daemon.configure({ register: 'from: ledger' })
  daemon.sell(2)
  await daemon.start()
  await daemon.delivered(5)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 5, booked: 5, duplicates: 0 })
})

test('on a new PC "from: ledger" with an empty ledger books nothing and asks', async () => {
  const daemon = await traded()
  daemon.lose('')
  daemon.configure({ register: 'from: ledger' })
  daemon.bitrix.reinstall()
  await daemon.start()
  const { health } = await daemon.statusWhere(({ registers }) => registers[0]?.trouble?.kind === 'halted')
  expect(health.text.en).toMatch(/no receipt of the drive/)
  expect(keysOf(daemon)).toHaveLength(0)
})
