/** The keys of the page must not be worth more than what it shows: receipts go on without them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tokenCommand } from '../../../agent/commands/token.ts'
import { keepPort } from '../../fakes/ports.ts'
import { Daemon, never } from '../daemon.ts'

test.each([
  ['that is not there', null, /page-password/],
  ['that is too short', 'short\n', /page-password has fewer than/],
])('a password of the page %s stops the page alone, and is told of', async (_, content, why) => {
  await using kept = await keepPort()
  const daemon = await Daemon.open()
  daemon.configure({ status: `listen: '127.0.0.1:${kept.port}', passwordFile: page-password` })
  const passwordFile = join(daemon.folder, 'page-password')
  if (content !== null) writeFileSync(passwordFile, content)
  daemon.sell(2)
  await daemon.start()
  await daemon.delivered(2)

  const { health } = await daemon.statusWhere(({ health: { colour } }) => colour !== 'green')
  expect(health).toMatchObject({ colour: 'amber', text: { en: expect.stringMatching(why) } })
  expect(daemon.log.join('')).toMatch(/the status page cannot be served/)
  await expect(fetch(`http://127.0.0.1:${kept.port}/healthz`)).rejects.toThrow()
  await expect(daemon.desk.token({ who: 'anna' }, never)).rejects.toThrow(why)

  writeFileSync(passwordFile, 'correct horse battery\n')
  const context = daemon.context()
  await tokenCommand(context).parseAsync(['--json'], { from: 'user' })
  expect(JSON.parse(String(context.out.read())).url).toContain(`127.0.0.1:${kept.port}/login?token=`)
})
