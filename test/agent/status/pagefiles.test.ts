/** What `config check` says of the page's certificate. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkPage } from '../../../agent/status/pagefiles.ts'
import { UsageError } from '../../../agent/usage.ts'
import { environment } from '../daemon.ts'
import { config } from '../smallshop.ts'

/** What is said of a certificate and a key with this text; null = there is no such file. */
function saidOf(texts: { readonly cert: string | null; readonly key: string | null }): string {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-page-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(texts))
    if (content !== null) writeFileSync(join(folder, name), content)
  const tls = { certFile: join(folder, 'cert'), keyFile: join(folder, 'key') }
  const page = { host: '0.0.0.0', port: 8321, hosts: ['till.local'], tls, passwordFile: null }
  try {
    checkPage({ ...config, page }, environment, join(folder, 'chekpost.yaml'))
    return ''
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.text.ru.replaceAll(`${folder}/`, '')
  }
}

test('the one file that is missing is named, and both where they are no certificate', () => {
  expect(saidOf({ cert: null, key: 'k' })).toMatch(/не годится \(cert\): нет такого файла/)
  expect(saidOf({ cert: 'c', key: null })).toMatch(/не годится \(key\): нет такого файла/)
  expect(saidOf({ cert: 'c', key: 'k' })).toMatch(/не годится \(cert, key\): /)
})
