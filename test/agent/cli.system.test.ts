/** The built program as a person meets it: help, exit codes, languages, and what it prints for programs. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/agent/cli.js', import.meta.url))
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-cli-'))
  mkdirSync(join(folder, 'secrets'))
  writeFileSync(join(folder, 'secrets', 'webhook-secret'), `${secret}\n`)
  writeFileSync(join(folder, 'good.yaml'), config(folder))
  writeFileSync(join(folder, 'misspelt.yaml'), config(folder).replace('driver:', 'driwer:'))
  writeFileSync(join(folder, 'secretless.yaml'), config(folder).replace('webhook-secret', 'lost'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const config = (stateDir: string) => `
store: shop-12
timezone: Europe/Moscow
stateDir: ${stateDir}/state
registers:
  - { name: till-1, driver: shtrih, address: 'tcp:127.0.0.1:1' }
bitrix: { url: 'https://shop.example/sale.php', secretFile: webhook-secret }
status: { listen: null }
`

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

function chekpost(
  args: readonly string[],
  input: string | Buffer = '',
  env: NodeJS.ProcessEnv = {},
  who: { readonly uid?: number } = {},
): Ran {
  const ran = spawnSync(process.execPath, [cli, ...args], {
    ...who,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
  })
  return { code: ran.status, out: ran.stdout, said: ran.stderr }
}

describe('every command explains itself with an example', () => {
  const commands = [
    ['run'],
    ['status'],
    ['doctor'],
    ['init'],
    ['probe'],
    ['read'],
    ['record'],
    ['decode'],
    ['explain'],
    ['replay'],
    ['begin'],
    ['outbox', 'ls'],
    ['outbox', 'show'],
    ['outbox', 'export'],
    ['outbox', 'import'],
    ['outbox', 'audits'],
    ['config', 'check'],
    ['audit'],
    ['secret', 'rotate'],
  ]
  test.each(commands)('%s %s', (...words) => {
    const command = words.filter((word) => word !== undefined)
    const russian = chekpost([...command, '--help'])
    expect(russian.code).toBe(0)
    expect(russian.out).toMatch(/Примеры:\n {2}\S/)
    expect(chekpost([...command, '--help', '--lang', 'en']).out).toMatch(/Examples:\n {2}\S/)
  })
})

describe('the exit code says who has to act', () => {
  const hex = '0300060010040200abcd'
  const cases: [what: string, code: number, args: string[], input: string][] = [
    ['done', 0, ['decode', '--type', '2', '-'], '110410003932383930303031303030383737343510040400406100 00'],
    ['a damaged document', 1, ['decode', '-'], hex.slice(0, -2)],
    ['an unknown command', 2, ['frobnicate'], ''],
    ['an unknown option', 2, ['status', '--colour'], ''],
    ['a missing argument', 2, ['decode'], ''],
    ['a wrong number', 2, ['read', '--fd', '12-x'], ''],
    ['a config that is not there', 2, ['config', 'check', '/nowhere.yaml'], ''],
    ['a file that is not there', 2, ['decode', '/nowhere.hex'], ''],
    ['a driver that is not there', 2, ['explain', '--driver', 'acme', '-'], ''],
    ['a transcript that is none', 1, ['explain', '--driver', 'shtrih', '-'], 'hello\n'],
    [
      'a recording of two at once',
      2,
      ['record', 'tcp:127.0.0.1:1', '--driver', 'shtrih', '--through', 'tcp:0'],
      '',
    ],
    ['a recording to nowhere', 2, ['record', 'tcp:127.0.0.1:1', '--out', '/nowhere/talk'], ''],
    ['a recording for no time', 2, ['record', 'tcp:127.0.0.1:1', '--for', 'ever'], ''],
    ['a wrong setting', 2, ['record', 'tcp:127.0.0.1:1', '--driver', 'shtrih', '--set', 'frames=v9'], ''],
    ['a recording of nobody', 1, ['record', 'tcp:127.0.0.1:1'], ''],
    ['a probe with a wrong setting', 2, ['probe', 'tcp:127.0.0.1:1', '--set', 'frames=v9'], ''],
    ['a probe with a setting and no address', 2, ['probe', '--set', 'frames=v2'], ''],
    ['a probe of nobody', 1, ['probe', 'tcp:127.0.0.1:1', '--set', 'frames=v2'], ''],
    ['a wizard that nobody can answer', 2, ['init', '--config', '/nowhere/chekpost.yaml'], ''],
    [
      'a wizard without the shop',
      2,
      ['init', '--yes', '--tcp', '127.0.0.1:1', '--config', '/nowhere/c.yaml'],
      '',
    ],
    ['a doctor without a config', 2, ['doctor', '--config', '/nowhere.yaml'], ''],
    ['no document', 2, ['outbox', 'show', 'abc'], ''],
    ['replay without a selection', 2, ['replay', '--config', '/nowhere.yaml'], ''],
  ]
  test.each(cases)('%s: %i', (_what, code, args, input) => {
    const ran = chekpost(args, input)
    expect({ code: ran.code, said: ran.said }).toEqual({
      code,
      said: code === 0 ? '' : expect.stringMatching(/\S/),
    })
    expect(ran.said).not.toMatch(/\n\s+at /)
  })
})

describe('config check', () => {
  test('names what will be done', () => {
    const ran = chekpost(['config', 'check', join(folder, 'good.yaml')])
    expect(ran).toMatchObject({ code: 0, said: '' })
    expect(ran.out).toMatch(/shop-12\/till-1: shtrih tcp:127.0.0.1:1 → https:\/\/shop.example/)
  })
  test('names the misspelt key and the place, in Russian and in English', () => {
    const at = join(folder, 'misspelt.yaml')
    expect(chekpost(['config', 'check', at])).toMatchObject({
      code: 2,
      said: expect.stringMatching(/driwer[\s\S]*Исправьте/),
    })
    expect(chekpost(['config', 'check', at, '--lang', 'en']).said).toMatch(/driwer[\s\S]*Mend/)
  })
  test('refuses an authority that is not there or holds no certificate', () => {
    for (const [name, content] of [
      ['lost.pem', null],
      ['empty.pem', 'no certificate\n'],
    ] as const) {
      const pem = join(folder, name)
      if (content !== null) writeFileSync(pem, content)
      const at = join(folder, 'authority.yaml')
      writeFileSync(at, config(folder).replace('secretFile:', `caFile: ${pem}, secretFile:`))
      expect(chekpost(['config', 'check', at, '--lang', 'en'])).toMatchObject({
        code: 2,
        said: expect.stringContaining(`caFile ${pem}`),
      })
    }
  })
  test('names every place where the secret was looked for', () => {
    const ran = chekpost(['config', 'check', join(folder, 'secretless.yaml'), '--lang', 'en'])
    expect(ran.code).toBe(2)
    expect(ran.said).toContain(join(folder, 'secrets', 'lost'))
  })
})

test('the language is Russian unless the locale or --lang says otherwise', () => {
  const said = (env: NodeJS.ProcessEnv, ...more: string[]) =>
    chekpost(['decode', '/nowhere', ...more], '', env).said
  expect(said({})).toMatch(/не читается/)
  expect(said({ LANG: 'ru_RU.UTF-8' })).toMatch(/не читается/)
  expect(said({ LANG: 'C.UTF-8' })).toMatch(/не читается/)
  expect(said({ LANG: 'en_GB.UTF-8' })).toMatch(/cannot be read/)
  expect(said({ LANG: 'en_GB.UTF-8' }, '--lang', 'ru')).toMatch(/не читается/)
})

test('decode reads bytes, hex and a bare body alike', () => {
  const hex = '0300200011041000393238393030303130303038373734351004040040610000f4030400fc1ad85b'
  const whole = hex.replace('03002000', '03002400')
  const fromHex = chekpost(['decode', '-'], whole)
  expect(fromHex.code, fromHex.said).toBe(0)
  expect(JSON.parse(fromHex.out)).toMatchObject({ documentType: 3, fn: '9289000100087745', fd: 24896 })
  expect(chekpost(['decode', '-'], Buffer.from(whole, 'hex')).out).toBe(fromHex.out)
  expect(chekpost(['decode', '--type', '3', '-'], whole.slice(8)).out).toBe(fromHex.out)
})

test('a dry import of the tax service needs neither config nor daemon, and leaves nothing behind', () => {
  const receipt = { items: [], totalSum: 100, operationType: 1, code: 3, dateTime: '2026-08-03T16:44:00' }
  const ran = chekpost(
    ['outbox', 'import', '--dry-run', '--json', '--config', join(folder, 'none.yaml'), '-'],
    JSON.stringify(receipt),
  )
  expect(ran.code, ran.said).toBe(0)
  expect(JSON.parse(ran.out)).toMatchObject({ kept: 0, shownOnly: [{ receipt: { total: 100 } }] })
})

test('of several files to import each wrong one is named, the others go on, and scripts are told', () => {
  const [right, wrong] = [join(folder, 'right.json'), join(folder, 'wrong.json')]
  writeFileSync(right, JSON.stringify({ items: [], totalSum: 100, operationType: 1, code: 3 }))
  writeFileSync(wrong, '%PDF-1.7')
  const [gone, large] = [join(folder, 'gone.json'), join(folder, 'large.json')]
  writeFileSync(large, '')
  truncateSync(large, 65 * 1024 * 1024)
  const none = join(folder, 'none.yaml')
  const words = ['outbox', 'import', '--dry-run', '--config', none, '--lang', 'en']
  const ran = chekpost([...words, gone, wrong, large, right])
  expect(ran.code, ran.said).toBe(1)
  const lines = ran.out.split('\n')
  expect(lines[0]).toMatch(/gone\.json cannot be read: there is no such file/)
  expect(lines[1]).toMatch(/wrong\.json: This is a PDF\. .*JSON/)
  expect(lines[2]).toMatch(/large\.json: The file is larger than 64 MB/)
  expect(lines[3]).toMatch(/only shown: 1/)
  expect(ran.said).toContain('3 of 4')
  const neither = chekpost([...words, gone, large])
  expect(neither.code).toBe(1)
  expect(neither.said).toMatch(/gone\.json cannot be read.*\n.*large\.json: The file is larger/)
})

test('without daemon and database, status says how to begin', () => {
  const ran = chekpost(['status', '--config', join(folder, 'good.yaml')])
  expect(ran.code).toBe(1)
  expect(ran.said).toMatch(/systemctl start chekpost/)
})

test.each(['state', 'etc'])(
  'a dry import by somebody who may not look into %s never says that all is new',
  (hidden) => {
    const place = mkdtempSync(join(tmpdir(), 'chekpost-hidden-'))
    try {
      for (const name of ['state', 'etc']) mkdirSync(join(place, name))
      const path = join(place, 'etc', 'chekpost.yaml')
      writeFileSync(path, config(place))
      writeFileSync(join(place, 'state', 'outbox.db'), '')
      chmodSync(place, 0o755)
      chmodSync(join(place, hidden), 0)
      const args = ['outbox', 'import', '--dry-run', '--config', path, '--lang', 'en', '-']
      const ran = chekpost(args, '[]', {}, process.getuid?.() === 0 ? { uid: 65_534 } : {})
      expect(ran.out).toBe('')
      expect(ran.said).toMatch(/sudo|permission|EACCES|root/i)
    } finally {
      chmodSync(join(place, hidden), 0o700)
      rmSync(place, { recursive: true })
    }
  },
)

test('a register that is not there is named with the next step', () => {
  const ran = chekpost(['probe', 'tcp:127.0.0.1:1'])
  expect(ran.code).toBe(1)
  expect(ran.out + ran.said).toMatch(/→ \S/)
})

test('run as root never puts files of root into the directory of the daemon', () => {
  const owned = join(folder, 'owned')
  mkdirSync(owned)
  writeFileSync(join(folder, 'owned.yaml'), config(folder).replace(`${folder}/state`, owned))
  if (process.getuid?.() === 0) chownSync(owned, 12345, 12345)
  const ran = chekpost(['run', '--config', join(folder, 'owned.yaml'), '--lang', 'en'])
  const asRoot = { code: 2, said: expect.stringContaining('systemctl start chekpost') }
  if (process.getuid?.() === 0) expect(ran).toMatchObject(asRoot)
  expect(readdirSync(owned)).toEqual([])
})

test.each([
  [['frobnicate'], /^Ошибка: нет такой команды: frobnicate\.\n→ Справка: chekpost --help/],
  [['status', '--wrong'], /^Ошибка: нет такого ключа: --wrong\.\n→ Справка: chekpost status --help/],
  [['read', '--fd', 'x'], /неверно «x», нужен номер .*: 120 или 120-150/],
  [['outbox', 'ls', '--state', 'x'], /можно: waiting, parked, accepted,/],
  [['begin'], /нужен ключ --register <name>/],
])('wrong use as %j is told in Russian with the next step', (args, says) => {
  const ran = chekpost([...args, '--lang', 'ru'])
  expect(ran.said).toMatch(says)
  expect(ran.code).toBe(2)
})
