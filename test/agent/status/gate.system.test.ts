/** The keys of the page must not be worth more than what it shows: receipts go on without them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
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

  const { health } = await daemon.statusWhere(({ health: { text } }) => why.test(text.en))
  expect(health.colour).toBe('amber')
  expect(daemon.log.join('')).toMatch(/the status page cannot be served/)
  await expect(fetch(`http://127.0.0.1:${kept.port}/healthz`)).rejects.toThrow()
  await expect(daemon.desk.token({ who: 'anna' }, never)).rejects.toThrow(why)

  writeFileSync(passwordFile, 'correct horse battery\n')
  const context = daemon.context()
  await tokenCommand(context).parseAsync(['--json'], { from: 'user' })
  expect(JSON.parse(String(context.out.read())).url).toContain(`127.0.0.1:${kept.port}/login?token=`)
})

test('while another program has the port no link is given, for it would lead there; the program is named', async () => {
  await using kept = await keepPort()
  const other = spawn(process.execPath, ['-e', listening, String(kept.port)], { stdio: 'pipe' })
  onTestFinished(() => void other.kill('SIGKILL'))
  await once(other.stdout, 'data')
  const daemon = await Daemon.open()
  daemon.configure({ status: `listen: '127.0.0.1:${kept.port}'` })
  await daemon.start()
  const who = new RegExp(`127\\.0\\.0\\.1:${kept.port} is taken by the program \\S+ \\(PID ${other.pid}\\)`)
  await expect(daemon.desk.token({ who: 'anna' }, never)).rejects.toThrow(who)
  await expect(daemon.desk.token({ who: 'anna' }, never)).rejects.toThrow('status.listen')
  const { health } = await daemon.statusWhere(({ health: { text } }) => who.test(text.en))
  expect(health.colour).toBe('amber')
  expect(daemon.log.join('')).toMatch(who)

  other.kill('SIGKILL')
  await once(other, 'exit')
  const { url } = await daemon.desk.token({ who: 'anna' }, never)
  expect((await fetch(url)).status).toBe(200)
})

const listening = `require('node:net').createServer().listen(+process.argv[1], '127.0.0.1', () => console.log('up'))`
