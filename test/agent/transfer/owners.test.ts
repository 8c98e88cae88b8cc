import { expect, test } from 'vitest'
import { demandOwners, ownerlessOf, wantsConsent } from '../../../agent/transfer/owners.ts'
import type { ImportedDrive, ImportReport } from '../../../agent/transfer/tally.ts'
import { file, imported, shop, taxReceipt } from '../importworkshop.ts'

function reportOf(drive: Partial<ImportedDrive>): Pick<ImportReport, 'owed' | 'drives' | 'registers'> {
  const whole: ImportedDrive = {
    ...{ storage: '9285000100150175', register: 'till-1', told: null, isKnown: true },
    ...{ documents: 2, kept: 2, owed: 1, first: 1, last: 2, ...drive },
  }
  return { owed: whole.owed, drives: [whole], registers: whole.kept > 0 ? [whole.register] : [] }
}

test.each([
  ['what goes to the site', {}, true],
  ['history of a drive that is known', { owed: 0 }, false],
  ['a drive that is new here, be it history alone', { owed: 0, isKnown: false }, true],
  ['nothing new of a foreign drive', { owed: 0, kept: 0, isKnown: false }, false],
])('%s wants a consent: %#', (_, drive, wants) => {
  expect(wantsConsent(reportOf(drive))).toBe(wants)
})

test.each([
  ['a drive that nobody knows', { register: '?', isKnown: false, told: 'till-9' }, 'stranger'],
  ['nothing new of such a drive', { register: '?', isKnown: false, kept: 0, owed: 0 }, null],
  ['receipts to be sent of a register that is gone', { register: 'till-9' }, 'unconfigured'],
  ['mere history of a register that is gone', { register: 'till-9', owed: 0 }, null],
  ['a register of the config', {}, null],
] as const)('%s: %#', (_, drive, kind) => {
  expect(ownerlessOf(reportOf(drive), ['till-1'])?.kind ?? null).toBe(kind)
})

test('what is in the way is named with its drive and what to type', () => {
  const ask = (drive: Partial<ImportedDrive>) => () => demandOwners(reportOf(drive), ['till-1'])
  const stranger = ask({ register: '?', isKnown: false, told: 'till-9\u001b[2J' })
  expect(stranger).toThrow(/9285000100150175 \(register till-9.\[2J in the file\).*--register till-1 file/)
  expect(stranger).not.toThrow('\u001b')
  expect(ask({ register: 'till-9' })).toThrow(/9285000100150175 \(register till-9\).*back into the config/)
})

test('receipts that no register of the config could send are not kept: they would wait for ever', async () => {
  const outbox = shop()
  const files = [file(taxReceipt(1))]
  await expect(imported(outbox, files, {}, { configured: ['till-2'] })).rejects.toThrow('not in the config')
  expect(outbox.counts().documents).toBe(0)
  expect(await imported(outbox, files, {}, { configured: ['till-1'] })).toMatchObject({ kept: 1, owed: 1 })
})
