import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { strFromU8, unzipSync } from 'fflate'
import iconv from 'iconv-lite'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { parseConfig } from '../../../agent/config.ts'
import type { Premises } from '../../../agent/desk/premises.ts'
import { bundleForSupport } from '../../../agent/desk/supporting.ts'
import { LogTail, openLog } from '../../../agent/log.ts'
import { openOutbox } from '../../../agent/store/open.ts'
import { scrubber } from '../../../agent/support.ts'
import { factsOf, now } from '../status/facts.ts'

/** What must be found nowhere in a bundle, each planted in as many places as it could come from. */
const planted = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  setting: '73501946',
  operator: '90318642',
  proxyUser: 'shopproxy',
  proxyPassword: 'p%40ss-hush',
  proxyPlain: 'p@ss-hush',
  query: 'hush-in-query',
  cashier: 'Кузнецова Мария Ильинична',
  phone: '+79161234567',
  phoneSpaced: '8 (916) 765-43-21',
  mail: 'buyer.one@mail.example',
  mailCyrillic: 'покупатель@почта.рф',
  buyer: 'Сидоров Пётр',
  environment: 'env-hush-4711',
} as const

const config = (stateDir: string) => `
store: shop-12
timezone: Europe/Moscow
stateDir: ${stateDir}
registers:
  - name: till-1
    driver: shtrih
    address: 'tcp:127.0.0.1:1'
    settings: { password: ${planted.setting}, operatorPassword: ${planted.operator} }
bitrix:
  url: 'https://shop.example/sale.php?token=${planted.query}'
  secretFile: webhook-secret
  proxy: 'http://${planted.proxyUser}:${planted.proxyPassword}@proxy.example:3128'
  siteOrders: { cashiers: ['${planted.cashier}'], patterns: ['^заказ \\d+'] }
`

const body = iconv.encode(
  [planted.phone, planted.mail, planted.cashier, planted.buyer, planted.phoneSpaced].join('\0'),
  'cp866',
)

function premises(): Premises {
  const stateDir = mkdtempSync(join(tmpdir(), 'chekpost-support-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const outbox = openOutbox(join(stateDir, 'outbox.db'))
  onTestFinished(() => outbox[Symbol.dispose]())
  plantDocument(outbox)
  writeFileSync(
    join(stateDir, 'start.json'),
    JSON.stringify({ version: 1, drives: [], token: planted.secret }),
  )
  const { snapshot } = factsOf({
    way: { words: { ru: planted.phoneSpaced, en: `Basic ${Buffer.from('a:b').toString('base64')}` } },
  })
  return {
    config: parseConfig(config(stateDir), 'chekpost.yaml'),
    outbox,
    clock: () => now,
    snapshot: () => snapshot,
    isDaemon: true,
    receivers: () => [{ ways: [{ secrets: [planted.secret] }] }],
    recentLog: plantedLog(),
    lastTalk: () => [
      { at: now, way: '>', hex: '02 05 10 ·· ·· ·· ··', name: '10h', meaning: null, problem: null },
    ],
  } as unknown as Premises
}

function plantDocument(outbox: Premises['outbox']): void {
  const key = { storage: '9285000100150175', number: 7 }
  const drive = { ...key, register: 'till-1', first: 1, why: 'first', debug: false, seenAt: 1 } as const
  outbox.beginStorage({ ...drive, serial: null, inn: null, address: null })
  const document = { ...key, register: 'till-1', type: 3, format: 'tlv', bytes: body } as const
  outbox.keepDocument({ ...document, summary: null, source: 'register', owed: true }, now)
  const why = `no product for ${planted.mail}, call ${planted.phone} or ${planted.mailCyrillic}`
  outbox.settle(key, { outcome: 'park', why, settled: false, dueAt: null, answer: null }, now)
  outbox.audit({
    ...{ at: now, who: 'root', action: 'replay', reason: `asked by ${planted.phoneSpaced}` },
    detail: JSON.stringify({ buyer: planted.buyer, cashier: planted.cashier, count: 3 }),
  })
}

function plantedLog(): () => readonly string[] {
  const tail = new LogTail()
  const log = openLog('trace', new Writable({ write: (_chunk, _, done) => done() }), tail)
  log.info({ document: 7, buyer: planted.buyer, cashier: planted.cashier }, 'document kept')
  log.warn({ deep: { deeper: { deepest: { customerPhone: planted.buyer } } } }, 'register lost')
  log.warn({ why: `https://shop.example/sale.php?token=${planted.query}` }, 'document not delivered')
  log.warn(
    { why: `proxy http://${planted.proxyUser}:${planted.proxyPassword}@proxy.example:3128 refused` },
    'x',
  )
  log.error({ why: `signed with ${planted.secret}, not ${planted.setting}` }, planted.proxyPlain)
  log.trace({ hex: body.toString('hex') }, 'frame')
  return () => tail.lines()
}

const healthy = () => Promise.resolve({ at: '', version: '1', examinations: [] })

async function filesOf(asked = premises(), doctor: typeof healthy = healthy) {
  process.env['CHEKPOST_HUSH'] = planted.environment
  onTestFinished(() => void delete process.env['CHEKPOST_HUSH'])
  const unitLog = asked.recentLog?.().join('').trim() ?? ''
  const { name, zip } = await bundleForSupport(asked, { unitLog }, new AbortController().signal, doctor)
  expect(name).toBe('chekpost-support-2026-08-21-1000.zip')
  const files = Object.entries(unzipSync(Buffer.from(zip, 'base64')))
  return Object.fromEntries(files.map(([file, bytes]) => [file, strFromU8(bytes)]))
}

test('nothing that was planted is found in any file of the bundle', async () => {
  const files = await filesOf()
  const hex = iconv.encode(planted.cashier, 'cp866').toString('hex')
  for (const [file, content] of Object.entries(files))
    for (const [what, value] of [...Object.entries(planted), ['document', hex] as const])
      for (const shape of [value, JSON.stringify(value).slice(1, -1), Buffer.from(value).toString('base64')])
        expect(content.includes(shape), `${what} in ${file}`).toBe(false)
})

test('what support needs is there, and the README names every file', async () => {
  const files = await filesOf()
  const read = (name: string) => JSON.parse(files[name] ?? '')
  expect(read('status.json')).toMatchObject({ version: '1.2.3', health: { colour: 'green' } })
  expect(parse(files['config.yaml'] ?? '')).toMatchObject({
    registers: [
      {
        address: 'tcp:127.0.0.1:1',
        settings: { password: '***', operatorPassword: '***', frames: 'v1' },
        bitrix: { url: 'https://shop.example/sale.php?***', secretFile: 'webhook-secret', lanes: 1 },
      },
    ],
  })
  expect(read('versions.json')).toMatchObject({
    node: process.version,
    sqlite: expect.stringMatching(/^3\./),
  })
  expect(read('versions.json').packages).toContainEqual(expect.stringMatching(/^@fastify\/cookie \d/))
  expect(read('parked.json')).toMatchObject({
    counts: { parked: 1 },
    reasons: [{ why: 'no product for ***, call *** or ***', count: 1, registers: ['till-1'] }],
  })
  expect(read('audit.json')).toMatchObject([{ action: 'replay', who: 'root', detail: { count: 3 } }])
  expect(
    files['log.jsonl']
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line).level),
  ).toEqual([...['info', 'warn', 'warn', 'warn', 'error']])
  expect(files['journal.jsonl']).toBe(files['log.jsonl'])
  expect(read('wire.jsonl')).toMatchObject({ register: 'till-1', hex: '02 05 10 ·· ·· ·· ··' })
  expect(read('doctor.json')).toEqual({ at: '', version: '1', examinations: [] })
  for (const name of Object.keys(files))
    if (name !== 'README.txt') expect(files['README.txt']).toContain(name)
})

test('a part that cannot be had says why and spoils no other', async () => {
  const asked = premises()
  const broken = { ...asked, snapshot: () => failing('disk full') } as Premises
  const files = await filesOf(broken, () => Promise.reject(new Error(`no answer to ${planted.secret}`)))
  expect(JSON.parse(files['status.json'] ?? '')).toEqual({ problem: 'Error: disk full' })
  expect(JSON.parse(files['doctor.json'] ?? '')).toEqual({ problem: 'Error: no answer to ***' })
  expect(JSON.parse(files['instance.json'] ?? '').problem).toContain('ENOENT')
  expect(files['config.yaml']).toContain('shop-12/till-1')
})

function failing(why: string): never {
  throw new Error(why)
}

test('a bundle stays small, whatever the status, the log and the reasons are', async () => {
  const asked = premises()
  const long = 'x'.repeat(3_000_000)
  const { zip } = await bundleForSupport(
    { ...asked, recentLog: () => [long], snapshot: () => ({ long }) } as unknown as Premises,
    {},
    new AbortController().signal,
    healthy,
  )
  const sizes = Object.values(unzipSync(Buffer.from(zip, 'base64'))).map(({ length }) => length)
  expect(Math.max(...sizes)).toBeLessThan(520 * 1024)
})

test('numbers of documents, drives, registers and times are not taken for a telephone', () => {
  const kept =
    'FN9285000100150175-FD71234567 1772345678901 2026-08-21T10:00:00.000Z INN 7707083893 0141870012176301'
  expect(scrubber([])(kept)).toBe(kept)
  expect(scrubber([])('+7 916 123-45-67, 89161234567; +375291234567')).toBe('***, ***; ***')
})

test('what is told of this installation is masked as a word of its own only', () => {
  expect(scrubber(['1234', 'ab'])('document 1234, 12345 and ab')).toBe('document ***, 12345 and ab')
})

test('a line of a config that cannot be read shows no password', () => {
  expect(scrubber([])('at line 3:\n  password: 73501\n  secretFile: webhook-secret')).toBe(
    'at line 3:\n  password: ***\n  secretFile: webhook-secret',
  )
})

test('rows of bytes are no telephones, and a telephone in pairs is no row of bytes', () => {
  const scrub = scrubber([])
  for (const kept of ['80 12 34 56 78 9a', '"hex":"02 80 12 34 56 78 9a ·· ·· 89"', '89 16 12 34 56 78'])
    expect(scrub(kept)).toBe(kept)
  expect(scrub('89 16 12 34 56 7, 8 91 61 23 45 67; +7 91 61 23 45 67')).toBe('***, ***; ***')
})

test.each([
  ['пароль - 1234', 'пароль - ***'],
  ['"pin": 1234,', '"pin": ***,'],
  ['ПИН-код: 1234', 'ПИН-код: ***'],
  ['token = abc', 'token = ***'],
  ['a pin of the plug; spin: 5', 'a pin of the plug; spin: 5'],
])('a password in the middle of words is masked: %s', (said, masked) => {
  expect(scrubber([])(said)).toBe(masked)
})

test('of a log that is too long the newest stays, from the beginning of a line', async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, n) => `${JSON.stringify({ level: 'info', n, why: 'x'.repeat(40) })}`,
  )
  const files = await filesOf({ ...premises(), recentLog: () => lines } as unknown as Premises)
  const [cut, first = '', ...rest] = (files['log.jsonl'] ?? '').trim().split('\n')
  expect(cut).toBe('…')
  expect(JSON.parse(first).n).toBeGreaterThan(1000)
  expect(JSON.parse(rest.at(-1) ?? '').n).toBe(19_999)
})
