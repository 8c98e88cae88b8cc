import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readOutcome } from '../../../agent/bitrix/answer.ts'
import signatures from '../../fixtures/webhook-signature.json' with { type: 'json' }

const page = readFileSync(new URL('../../../docs/webhook.md', import.meta.url), 'utf8')

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block)
}

type Check = (secrets: string[], headers: Record<string, string>, body: Buffer, now: number) => boolean

test('shows a check of the signature that judges every known case rightly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'check.mjs')
  writeFileSync(file, blocks('js').join('\n'))
  const { isGenuine }: { isGenuine: Check } = await import(pathToFileURL(file).href)
  for (const { secrets, id, timestamp, signatureHeader, body, now, expect: expected } of signatures.cases) {
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader,
    }
    expect(isGenuine(secrets, headers, Buffer.from(body), now)).toBe(expected === 'ok')
  }
  expect(isGenuine([], {}, Buffer.from(''), 0)).toBe(false)
})

test('shows the very body of a fixture, and an acknowledgement that acknowledges it', () => {
  const [sale = '', acknowledgement = ''] = blocks('json')
  expect(sale).toBe(readFileSync(new URL('../../fixtures/sales/sale.json', import.meta.url), 'utf8'))
  const { eventId } = JSON.parse(sale)
  const headers = { 'content-type': 'application/json' }
  expect(readOutcome(200, headers, acknowledgement, eventId, 0).outcome.kind).toBe('accepted')
})

test('says of every status what the code does', () => {
  const rows = [...page.matchAll(/^\| ([^|]*\d{3}[^|]*|3xx) \| ([^|]+) \|$/gm)]
  const meant = (words = '') =>
    words.startsWith('parks')
      ? 'park'
      : words.startsWith('stops')
        ? 'stopDestination'
        : words.startsWith('again')
          ? 'retry'
          : null
  const statuses = rows.flatMap(([, statuses = '', words]) => {
    const kind = meant(words)
    const named = statuses.match(/\b\d{3}\b|\b[35]xx\b/g) ?? []
    return kind === null || statuses.includes('2xx')
      ? []
      : named.map((name) => [Number(name.replace('xx', '02')), kind] as const)
  })
  expect(statuses.length).toBeGreaterThan(14)
  for (const [status, kind] of statuses)
    expect([status, readOutcome(status, {}, '', 'FN1-FD1', 0).outcome.kind]).toEqual([status, kind])
})
