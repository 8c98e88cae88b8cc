/** Register, outbox and site compared by the real daemon, and by the command when the daemon is stopped. */
import { expect, test } from 'vitest'
import { auditCommand } from '../../agent/commands/audit.ts'
import { statusCommand } from '../../agent/commands/status.ts'
import type { AuditedRegister, InputOf } from '../../agent/desk/desk.ts'
import { openOutbox } from '../../agent/store/open.ts'
import type { Entry } from '../fakes/bitrix/ledger.ts'
import { Daemon, never } from './daemon.ts'

/** So many receipts sold and booked; the daemon runs. */
async function traded(count: number, options: Parameters<typeof Daemon.open>[0] = {}): Promise<Daemon> {
  const daemon = await Daemon.open(options)
  daemon.sell(count)
  await daemon.start()
  await daemon.delivered(count)
  return daemon
}

async function audited(daemon: Daemon, more: Partial<InputOf<'audit'>> = {}): Promise<AuditedRegister> {
  const input = { repair: false, confirmed: false, who: 'anna', reason: 'test', ...more }
  const { registers } = await daemon.desk.audit(input, never)
  const [found] = registers
  if (found === undefined) throw new Error('no register was audited')
  return found
}

const numbers = (daemon: Daemon) => daemon.register.receipts.map(({ number }) => number)
const keyOf = ({ register }: Daemon, number: number) => `FN${register.storage}-FD${number}`
const forget = (daemon: Daemon, number: number) => daemon.bitrix.ledger.entries.delete(keyOf(daemon, number))
const gapsOf = ({ drives }: AuditedRegister) => Object.assign({}, ...drives.map(({ gaps }) => gaps))

/** Runs the command; returns its exit code and what it printed. */
async function command(daemon: Daemon, ...words: string[]): Promise<{ code: number; out: string }> {
  const context = daemon.context()
  process.exitCode = 0
  await auditCommand(context).parseAsync(words, { from: 'user' })
  const code = Number(process.exitCode ?? 0)
  process.exitCode = 0
  return { code, out: String(context.out.read()) }
}

test('when all three agree it says so and ends with 0', async () => {
  const daemon = await traded(3)
  expect(await audited(daemon)).toMatchObject({
    site: { ledgerId: daemon.bitrix.ledger.id, host: 'shop.example' },
    ...{ siteProblem: null, registerProblem: null, distrust: null, foreign: [], repaired: null },
    drives: [{ agreed: 3, gaps: {} }],
  })
  expect(await command(daemon)).toEqual({ code: 0, out: 'till-1: all 3 documents are in Bitrix\n' })
})

test('a receipt that the site has lost is named, sent again and booked, and the audit keeps who did it', async () => {
  const daemon = await traded(3)
  const [, lost = 0] = numbers(daemon)
  forget(daemon, lost)
  const shown = await command(daemon)
  expect(shown).toMatchObject({
    code: 1,
    out: expect.stringMatching(`not on the site: 1 .*FD ${lost}\\)\n.*--repair`),
  })
  expect(await command(daemon, '--repair', '--dry-run')).toMatchObject({
    out: expect.stringContaining('Would be sent: 1'),
  })
  expect(daemon.bitrix.counts().deliveries).toBe(3)
  const found = await audited(daemon, { repair: true })
  expect(gapsOf(found)).toEqual({ notInBitrix: [[lost, lost]] })
  expect(found.repaired).toEqual({ replayed: 1, read: 0 })
  await daemon.until(() => daemon.bitrix.ledger.entries.has(keyOf(daemon, lost)))
  await daemon.delivered(3)
  expect(daemon.bitrix.counts()).toMatchObject({ deliveries: 4, duplicates: 0 })
  expect(daemon.bitrix.received.at(-1)?.headers).toMatchObject({ 'chekpost-replay': '1' })
  await daemon.stop()
  using outbox = openOutbox(`${daemon.stateDir}/outbox.db`)
  expect(outbox.audits(9)).toMatchObject([{ who: 'anna', action: 'replay', reason: 'test' }])
})

test('what is older than 48 hours is sent again only when a person says yes', async () => {
  const daemon = await traded(2, { clock: () => '2026-01-10T12:00:00' })
  for (const number of numbers(daemon)) forget(daemon, number)
  expect(await audited(daemon, { repair: true })).toMatchObject({
    repair: { mayByItself: false },
    repaired: null,
  })
  const asked = await command(daemon, '--repair', '--json')
  expect(JSON.parse(asked.out).registers[0]).toMatchObject({ repaired: null })
  expect((await command(daemon, '--repair')).out).toContain('add --yes')
  expect(daemon.bitrix.counts().deliveries).toBe(2)
  expect(await command(daemon, '--repair', '--yes')).toMatchObject({
    out: expect.stringContaining('Queued: 2'),
  })
  await daemon.until(() => daemon.bitrix.counts().booked === 2)
})

test('another receiver is compared and never mended by itself', async () => {
  const daemon = await traded(2)
  daemon.bitrix.reinstall()
  const found = await audited(daemon, { repair: true })
  expect(found).toMatchObject({
    distrust: { en: expect.stringContaining('--accept-ledger') },
    ...{ repair: { mayByItself: false }, repaired: null },
  })
  expect(gapsOf(found)).toMatchObject({ notInBitrix: expect.anything() })
  expect((await daemon.desk.status({}, never)).health.colour).toBe('red')
  expect(await command(daemon, '--accept-ledger')).toEqual({
    code: 0,
    out: 'till-1: shop.example is accepted\n',
  })
  const after = await audited(daemon, { repair: true })
  expect(after).toMatchObject({ distrust: null, repaired: { replayed: 2 } })
  await daemon.until(() => daemon.bitrix.counts().booked === 2)
})

test('what is set aside here or there, waits, or is known to the site alone is named', async () => {
  const daemon = await traded(1)
  const behaviours = ['park', { status: 422 }, { status: 503 }] as const
  for (const behaviour of behaviours) {
    daemon.bitrix.behave = () => behaviour
    const before = daemon.bitrix.received.length
    daemon.sell(1)
    await daemon.until(() => daemon.bitrix.received.length > before)
  }
  const [, parkedThere = 0, parkedHere = 0, waiting = 0] = numbers(daemon)
  const entry: Entry = {
    key: keyOf(daemon, 900),
    register: 'shop/till-1',
    facts: '',
    state: 'booked',
    reasons: [],
    movements: [],
  }
  daemon.bitrix.ledger.keep(entry)
  daemon.bitrix.ledger.keep({ ...entry, key: 'FN9252440300000002-FD7' })
  await daemon.statusWhere(({ outbox }) => outbox.parked === 1)
  const found = await audited(daemon)
  const gaps = gapsOf(found)
  expect(gaps).toEqual({
    ...{ parkedThere: [[parkedThere, parkedThere]], parkedHere: [[parkedHere, parkedHere]] },
    ...{ waiting: [[waiting, waiting]], unknownThere: [[900, 900]] },
  })
  expect(found.foreign).toEqual([{ storage: '9252440300000002', documents: 1 }])
  const { code, out } = await command(daemon, '--json')
  expect([code, JSON.parse(out).registers[0].drives]).toEqual([1, found.drives])
})

test('a document that the outbox lacks is named by the register alone, and read by the repair', async () => {
  const daemon = await traded(2)
  await daemon.stop()
  daemon.sell(1)
  const [, , unread = 0] = numbers(daemon)
  // The register lets one client in at a time and may not have seen yet that the last one has left.
  const said = async (words: string[], pattern: RegExp) => {
    while (!pattern.test((await command(daemon, ...words)).out));
  }
  await said([], new RegExp(`not read yet: 1 .*FD ${unread}`))
  await said(['--repair'], /Queued: 0, read: 1/)
  expect(await command(daemon)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/waiting to be sent: 1/),
  })
  await daemon.start()
  await daemon.delivered(3)
})

test('a register that is away, and a site that is down, are told as not asked and not as gaps', async () => {
  const daemon = await traded(2)
  await daemon.stop()
  daemon.register.unplug()
  await daemon.bitrix.down()
  const { code, out } = await command(daemon)
  expect(code).toBe(1)
  expect(out).toMatch(/site was not asked: .*refused/)
  expect(out).toMatch(/register was not asked/)
  expect(out).not.toMatch(/not on the site|not read/)
})

test('only the numbers that are asked for are compared', async () => {
  const daemon = await traded(3)
  const [first = 0, second = 0] = numbers(daemon)
  forget(daemon, first)
  expect(await command(daemon, '--since', String(second))).toMatchObject({ code: 0 })
  expect(await command(daemon, '--fd', `${first}-${second}`)).toMatchObject({ code: 1 })
  expect(gapsOf(await audited(daemon, { fromNumber: second }))).toEqual({})
})

test.each([['--fd', '1-2', '--since', '3'], ['--yes'], ['--accept-ledger', '--repair']])(
  '%s %s %s %s is wrong use',
  async (...words) => {
    const daemon = await Daemon.open()
    await expect(command(daemon, ...words)).rejects.toMatchObject({ name: 'UsageError' })
  },
)

test('a register or a drive that nobody knows is a failure with its name', async () => {
  const daemon = await traded(1)
  await expect(command(daemon, '--register', 'till-9')).rejects.toThrow(/till-9/)
  await expect(command(daemon, '--fn', '9252440300000002')).rejects.toThrow(/never read here/)
})

test('receipts that are sold during the comparison are no gaps', async () => {
  const daemon = await traded(2)
  daemon.bitrix.behaveAside = ({ type }) => {
    if (type === 'pos.ledger') daemon.sell(1)
    return { afterMs: 400 }
  }
  expect(gapsOf(await audited(daemon))).toEqual({})
  await daemon.delivered(3)
})

test('the last whole comparison stands in the status, and what is missing on the site is red until it is mended', async () => {
  const daemon = await traded(2)
  await audited(daemon)
  const siteOf = async () => (await daemon.desk.status({}, never)).registers[0]?.site?.audit
  expect(await siteOf()).toMatchObject({ documents: 2, gaps: {}, asked: true })
  const context = daemon.context()
  await statusCommand(context).parseAsync([], { from: 'user' })
  expect(String(context.out.read())).toMatch(
    /^till-1: site shop\.example, compared .*: 2 in Bitrix, 0 gaps$/m,
  )
  forget(daemon, numbers(daemon)[0] ?? 0)
  await audited(daemon)
  expect((await daemon.desk.status({}, never)).health).toMatchObject({
    ...{ colour: 'red', hint: { en: expect.stringContaining('chekpost audit') } },
    text: { en: 'till-1: 1 delivered documents are not on the site' },
  })
  await audited(daemon, { repair: true })
  await daemon.statusWhere(({ health }) => health.colour === 'green')
})
