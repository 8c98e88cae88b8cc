/** The demo as a newcomer and a machine start it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** Starts the compiled demo with a folder of its own for whatever is temporary. */
function play(...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-demo-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawn(process.execPath, ['dist/test/demo/demo.js', ...words], {
    env: { ...process.env, TMPDIR: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code, ...said, left: readdirSync(folder) }))
  return { child, said, ended }
}

test.each([
  ['in peace', ['--for', '3s', '--json']],
  [
    'in chaos, on a serial port',
    ['--for', '6s', '--json', '--chaos', '--seed', '11', '--pty', '--rate', '4'],
  ],
])('unattended and %s, it ends with one line of JSON, code 0 and nothing left behind', async (_, words) => {
  const { code, stdout, stderr, left } = await play(...words).ended
  expect({ code, left }, stderr).toEqual({ code: 0, left: [] })
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/)
  const { closed, ...rest } = JSON.parse(stdout)
  expect(closed).toBeGreaterThan(0)
  expect(rest).toEqual({ kept: closed, delivered: closed, lost: 0, twice: 0, forbidden: 0, undrained: 0 })
})

test('the link that it prints opens the status page of the shop, once', async () => {
  const { child, said, ended } = play('--lang', 'en')
  await expect.poll(() => said.stdout).toMatch(/login\?token=\S+\n/)
  const link = /http:\S+token=\S+/.exec(said.stdout)?.[0] ?? ''
  const open = async () => await fetch(link, { redirect: 'manual' })
  const welcome = await open()
  expect(welcome.status).toBe(200)
  const cookie = welcome.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = await fetch(new URL('/replay', link), { headers: { cookie }, redirect: 'manual' })
  expect(await page.text()).toContain('QR')
  expect((await open()).status).toBe(403)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 0, left: [] })
})

/** Logs in by the link and presses buttons as the page's own script does. */
async function visit(link: string) {
  const cookie = (await fetch(link)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const { origin } = new URL(link)
  const headers = { cookie, origin, 'x-chekpost': '1', 'content-type': 'application/json' }
  const press = async (path: string, fields: object) => {
    const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(fields) })
    return JSON.stringify(await answer.json())
  }
  return { press }
}

test('a receipt that it sets aside can be sent again on the page, as its hint says', async () => {
  const { child, said, ended } = play('--lang', 'en', '--rate', '40')
  await expect.poll(() => said.stdout).toMatch(/▶ FD \d+: too long/)
  await expect.poll(() => said.stdout).toMatch(/login\?token=\S+\n/)
  const { press } = await visit(/http:\S+token=\S+/.exec(said.stdout)?.[0] ?? '')
  const selection = JSON.stringify({ state: 'parked' })
  let shown = ''
  await expect
    .poll(async () => (shown = await press('/do/resend/preview', { selection, into: 'resend' })))
    .toContain('Проба')
  const [, mark = ''] = /name=\\"mark\\" value=\\"([^\\]+)/.exec(shown) ?? []
  const answer = await press('/do/resend', {
    selection,
    into: 'resend',
    mark,
    reason: 'the limit was raised',
  })
  expect(answer).toContain('Поставлено в очередь: 1.')
  child.kill('SIGINT')
  const { code, stdout, left } = await ended
  expect({ code, left }, stdout).toEqual({ code: 0, left: [] })
  expect(stdout).toContain('Nothing is lost.')
})

test.each([
  ['waits for the last receipts', /delivered [1-9]/, []],
  ['sends what is still set aside', /FD \d+ is set aside here/, ['--rate', '40']],
] as const)('interrupted, it %s, sums up and leaves nothing behind', async (_, seen, words) => {
  const { child, said, ended } = play('--lang', 'en', ...words)
  await expect.poll(() => said.stdout).toMatch(seen)
  child.kill('SIGINT')
  const { code, stdout, left } = await ended
  expect({ code, left }).toEqual({ code: 0, left: [] })
  expect(stdout).toContain('Nothing is lost.')
})

test('what it does not understand is answered with its usage and code 2', async () => {
  const { code, stdout, stderr } = await play('--for', 'ever').ended
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('npm run demo')
})
