/** `chekpost support` as a person meets it: with a config that is right, with one that is not, over a file that is there. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('a file that is there is left as it is', () => {
  writeFileSync(join(folder, 'mine.zip'), 'mine')
  expect(support('good.yaml', 'mine.zip')).toMatchObject({ code: 2, said: expect.stringContaining('-o') })
  expect(readFileSync(join(folder, 'mine.zip'), 'utf8')).toBe('mine')
})

test('a config that cannot be read is told in the bundle', () => {
  expect(support('bad.yaml', 'b.zip').code).toBe(0)
  const files = filesIn('b.zip')
  expect(Object.keys(files)).toEqual(['README.txt', 'problem.txt', 'versions.json'])
  expect(files['problem.txt']).toContain('driwer')
})
