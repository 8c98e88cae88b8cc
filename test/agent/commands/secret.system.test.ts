/** A secret changed while the shop trades: no receipt is refused at any step. */
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secretCommand } from '../../../agent/commands/secret.ts'
import { Daemon, secret } from '../daemon.ts'

async function run(daemon: Daemon, ...words: string[]): Promise<string> {
  const context = daemon.context()
  await secretCommand(context).parseAsync(['rotate', ...words], { from: 'user' })
  return String(context.out.read())
}

const fileOf = (daemon: Daemon) => join(daemon.folder, 'webhook')
const secretsOf = (daemon: Daemon) => readFileSync(fileOf(daemon), 'utf8').trim().split('\n')

/** One more receipt is sold and delivered by a daemon that is started for it. */
async function sells(daemon: Daemon, count: number): Promise<void> {
  await daemon.start()
  daemon.sell(1)
  await daemon.delivered(count)
  await daemon.stop()
}

test('the new secret stands beside the old one, then alone, and every receipt gets through in between', async () => {
  const daemon = await Daemon.open()
  chmodSync(fileOf(daemon), 0o640)
  await sells(daemon, 1)
  const printed = await run(daemon)
  const [made = '', old] = secretsOf(daemon)
  expect([old, secretsOf(daemon).length]).toEqual([secret, 2])
  expect(made).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(printed).toContain(made)
  expect(printed).toContain('shop/till-1')
  expect(statSync(fileOf(daemon)).mode & 0o777).toBe(0o640)
  await sells(daemon, 2)
  daemon.known.unshift(made)
  await sells(daemon, 3)
  expect(await run(daemon, '--finish')).toContain('systemctl restart chekpost')
  expect(secretsOf(daemon)).toEqual([made])
  daemon.known.pop()
  await sells(daemon, 4)
  expect(daemon.bitrix.received.filter(({ genuine }) => !genuine)).toEqual([])
})

test('the old secret stays until the site has believed the new one', async () => {
  const daemon = await Daemon.open()
  await run(daemon)
  const before = secretsOf(daemon)
  await expect(run(daemon, '--finish')).rejects.toThrow(/not proved yet .*401/)
  await daemon.bitrix.down()
  await expect(run(daemon, '--finish')).rejects.toThrow(/not proved yet .*refused/)
  expect(secretsOf(daemon)).toEqual(before)
})

test('a change that has begun is not begun again, and one that has not is not ended', async () => {
  const daemon = await Daemon.open()
  await expect(run(daemon, '--finish')).rejects.toThrow(/nothing to end/)
  const { secret: made } = JSON.parse(await run(daemon, '--json'))
  expect(secretsOf(daemon)).toEqual([made, secret])
  await expect(run(daemon)).rejects.toThrow(/--finish/)
  expect(secretsOf(daemon)).toEqual([made, secret])
  await expect(run(daemon, '--register', 'till-9')).rejects.toMatchObject({ name: 'UsageError' })
})
