/** `chekpost support` as a person meets it: with a config that is right, with one that is not, over a file that is there. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../../agent/commands/context.ts'
import { supportCommand } from '../../../agent/commands/support.ts'
import { readEnvironment } from '../../../agent/environment.ts'
import { openOutbox } from '../../../agent/store/open.ts'

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url))
let folder = ''

const config = (stateDir: string) => `
store: shop-12
timezone: Europe/Moscow
stateDir: ${stateDir}
registers:
  - { name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1', settings: { password: 73501946 } }
bitrix: { url: 'http://127.0.0.1:1/sale.php?token=hush', secretFile: webhook-secret }
status: { listen: null }
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-support-'))
  openOutbox(join(folder, 'outbox.db'))[Symbol.dispose]()
  writeFileSync(join(folder, 'good.yaml'), config(folder))
  writeFileSync(join(folder, 'bad.yaml'), config(folder).replace('driver:', 'driwer:'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function support(configName: string, output: string) {
  const args = [cli, 'support', '--config', join(folder, configName), '-o', join(folder, output)]
  const env = { PATH: process.env['PATH'], CHEKPOST_HUSH: 'env-hush-4711' }
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 120_000 })
  return { code: ran.status, said: `${ran.stdout}${ran.stderr}` }
}

function filesIn(name: string): Record<string, string> {
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  const files = Object.entries(unzipSync(readFileSync(join(folder, name))))
  return Object.fromEntries(files.map(([file, bytes]) => [file, strFromU8(bytes)]))
}

test('without a daemon the bundle is made over the files, with the doctor’s report', () => {
  expect(support('good.yaml', 'a.zip')).toMatchObject({ code: 0, said: expect.stringContaining('a.zip') })
  const files = filesIn('a.zip')
  expect(JSON.parse(files['status.json'] ?? '').registers[0].trouble.kind).toBe('stopped')
  expect(JSON.parse(files['doctor.json'] ?? '').examinations[0].register).toBe('till-1')
  expect(Object.values(files).join('\n')).not.toMatch(/73501946|token=hush|env-hush-4711/)
})

/** In this process, with a stand-in for the command that reads the journal. */
async function withJournal(
  configName: string,
  output: string,
  script: string,
): Promise<Record<string, string>> {
  const journalctl = join(folder, `journalctl-${output}`)
  if (script !== '') writeFileSync(journalctl, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  const context: Context = {
    environment: { ...readEnvironment({}), journalctl },
    ...{ language: 'en', configPath: join(folder, configName), out: new PassThrough() },
    ...{ input: process.stdin, interactive: false, signal: new AbortController().signal },
  }
  await supportCommand(context).parseAsync(['-o', join(folder, output)], { from: 'user' })
  return filesIn(output)
}

const entry = (message: unknown) =>
  JSON.stringify({
    ...{ __REALTIME_TIMESTAMP: '1787306400000000', _HOSTNAME: 'shop-pc-12', SYSLOG_IDENTIFIER: 'chekpost' },
    MESSAGE: message,
  })

const lineOfOurs = (level: string, more: object) =>
  entry(JSON.stringify({ level, time: '2026-08-21T10:00:00Z', ...more }))

const frame = Buffer.from('+79161234567 Сидоров Пётр и ещё много слов').toString('hex')

test.each(['good.yaml', 'bad.yaml'])(
  'with %s what the daemon said before it was killed is there, redacted',
  async (name) => {
    const said = [
      lineOfOurs('error', { msg: 'cannot go on', cashier: 'Кузнецова', why: 'password: 73501946' }),
      lineOfOurs('trace', { hex: frame, msg: '<' }),
      entry(frame.slice(20)),
      entry([1, 2, 3]),
      'no entry at all',
      entry('chekpost.service: Main process exited, code=killed, status=9/KILL'),
    ]
    writeFileSync(join(folder, 'said'), `${said.join('\n')}\n`)
    const asked = join(folder, 'asked')
    const files = await withJournal(name, `${name}.zip`, `echo "$@" > ${asked}; tac ${join(folder, 'said')}`)
    expect(readFileSync(asked, 'utf8')).toMatch(/--unit=chekpost --lines=\d+ --output=json --reverse/)
    const lines =
      files['journal.jsonl']
        ?.trim()
        .split('\n')
        .map((line) => JSON.parse(line)) ?? []
    expect(lines).toMatchObject([
      { at: '2026-08-21T10:00:00.000Z', said: { msg: 'cannot go on', cashier: '***', why: 'password: ***' } },
      { said: expect.stringContaining('code=killed, status=9/KILL') },
    ])
    expect(files['README.txt']).toContain('journal.jsonl')
    expect(files['journal.jsonl']).not.toMatch(/shop-pc-12|Кузнецова|73501946/)
  },
)

test('a journal that is too long is cut to its newest; one that says no is told of', async () => {
  const long = Array.from({ length: 500 }, (_, n) => entry(`${n} ${'ж'.repeat(20_000)}`)).join('\n')
  // Twenty megabytes.
  writeFileSync(join(folder, 'long'), `${long}\n`)
  const files = await withJournal('bad.yaml', 'long.zip', `tac ${join(folder, 'long')}`)
  const lines = files['journal.jsonl']?.trim().split('\n') ?? []
  expect(lines.length).toBeLessThan(30)
  expect(JSON.parse(lines.at(-1) ?? '').said).toMatch(/^499 /)
  const refused = await withJournal('bad.yaml', 'refused.zip', 'echo no such unit >&2; exit 1')
  expect(JSON.parse(refused['journal.jsonl'] ?? '').said).toContain('no such unit')
})

test.each([
  ['there is no journal', ''],
  ['the journal knows nothing of the daemon', 'exit 0'],
])('where %s the bundle goes without', async (_, script) => {
  const files = await withJournal('bad.yaml', `none${script.length}.zip`, script)
  expect(Object.keys(files)).toEqual(['README.txt', 'problem.txt', 'versions.json'])
})

test('a file that is there is left as it is', () => {
  writeFileSync(join(folder, 'mine.zip'), 'mine')
  expect(support('good.yaml', 'mine.zip')).toMatchObject({ code: 2, said: expect.stringContaining('-o') })
  expect(readFileSync(join(folder, 'mine.zip'), 'utf8')).toBe('mine')
})

test('a disk that takes a part of the file only leaves none, and it is said', () => {
  const words = ['support', '-o', join(folder, 'part.zip'), '--config', join(folder, 'bad.yaml')]
  const line = 'ulimit -f 1; exec "$0" "$@"'
  const { status, stderr } = spawnSync('bash', ['-c', line, process.execPath, cli, ...words, '--lang', 'en'])
  expect(String(stderr)).toMatch(/^The file cannot be written \(/)
  expect(status).toBe(2)
  expect(existsSync(join(folder, 'part.zip'))).toBe(false)
})

test('a config that cannot be read is told in the bundle', () => {
  expect(support('bad.yaml', 'b.zip').code).toBe(0)
  const files = filesIn('b.zip')
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['README.txt', 'problem.txt', 'versions.json']))
  expect(files['problem.txt']).toContain('driwer')
})
