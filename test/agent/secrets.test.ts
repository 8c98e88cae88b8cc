import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Environment } from '../../agent/environment.ts'
import { readSecrets } from '../../agent/secrets.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const other = 'whsec_BjAgh0F3zZI6DlMASe6yD8yOQkO/2q4UlyioRS1biCA='
const environment: Environment = {
  language: 'en',
  credentialsDirectory: null,
  runtimeDirectory: null,
  notifySocket: null,
  watchdogMs: null,
}
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-secrets-'))
  mkdirSync(join(folder, 'secrets'))
  mkdirSync(join(folder, 'credentials'))
  writeFileSync(join(folder, 'secrets', 'webhook'), `${secret}\n`)
  writeFileSync(join(folder, 'credentials', 'webhook'), `${other}\n${secret}\n`)
  writeFileSync(join(folder, 'secrets', 'empty'), '\n')
  writeFileSync(join(folder, 'secrets', 'wrong'), 'hunter2\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the secret beside the config is found', () => {
  expect(readSecrets('webhook', environment, join(folder, 'chekpost.yaml'))).toEqual([secret])
})

test("systemd's credential comes first, and both secrets of a rotation are read", () => {
  const credentialsDirectory = join(folder, 'credentials')
  expect(
    readSecrets('webhook', { ...environment, credentialsDirectory }, join(folder, 'chekpost.yaml')),
  ).toEqual([other, secret])
})

test('an absolute path is taken as it is', () => {
  expect(readSecrets(join(folder, 'secrets', 'webhook'), environment, '/etc/x.yaml')).toEqual([secret])
})

test.each([
  ['missing', /missing: there is no such file or folder[\s\S]*whsec_/],
  ['empty', /is wrong/],
  ['wrong', /is wrong/],
])('a secret that is %s is refused with the next step, and never shown', (name, says) => {
  let said = ''
  try {
    readSecrets(name, environment, join(folder, 'chekpost.yaml'))
  } catch (error) {
    said = String(error)
  }
  expect(said).toMatch(says)
  expect(said).not.toContain('hunter2')
})
