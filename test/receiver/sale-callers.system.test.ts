/** Callers who go away, and slots that cannot be kept: receipts go on. */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { receipt } from './sale/receipt.ts'
import { tea, useShop } from './sale/shop.ts'

const shop = useShop()

test('a caller who goes away in the middle leaves a whole booking or none', async () => {
  const { site } = shop
  await site.fault('handler:OnDocumentAdd', 'slow:300')
  const stop = new AbortController()
  const body = receipt([tea])
  const asked = site.post(body, { signal: stop.signal }).catch(() => null)
  setTimeout(() => stop.abort(), 150)
  await asked
  await site.heal()
  await expect.poll(async () => (await site.post(body)).json).toMatchObject({ state: 'booked' })
  expect(await site.amount(7, 1)).toBe('4')
})

test('slots that cannot be kept do not stop receipts', async () => {
  const { site } = shop
  // As Slots names them; a folder in the file's place cannot be opened.
  const installed = createHash('sha1').update(join(site.documentRoot, 'local/chekpost')).digest('hex')
  const slot = join(site.folder, 'tmp', `chekpost-${installed.slice(0, 16)}`, '0.lock')
  rmSync(slot, { recursive: true, force: true })
  mkdirSync(slot, { recursive: true, mode: 0o700 })
  expect((await site.post(receipt([tea]))).json['state']).toBe('booked')
  rmSync(slot, { recursive: true })
})
