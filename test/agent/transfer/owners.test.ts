import { expect, test } from 'vitest'
import type { NewDocument } from '../../../agent/outbox.ts'
import { demandOwners, ownerlessOf, wantsConsent } from '../../../agent/transfer/owners.ts'
import type { ImportedDrive, ImportReport } from '../../../agent/transfer/tally.ts'
import { exportPiece } from '../../../agent/transfer.ts'
import { file, imported, shop, taxReceipt } from '../importworkshop.ts'
import { opened, receipt, t0 } from '../store/workshop.ts'

const storage = '9285000100150175'

/** Of the drive. */
const sale = (number: number, changes: Partial<NewDocument> = {}) => receipt(number, { storage, ...changes })

function reportOf(drive: Partial<ImportedDrive>): Pick<ImportReport, 'owed' | 'drives' | 'registers'> {
  const whole: ImportedDrive = {
    ...{ storage, register: 'till-1', told: null, isKnown: true },
    ...{ documents: 2, kept: 2, owed: 1, first: 1, last: 2, ...drive },
  }
  return { owed: whole.owed, drives: [whole], registers: whole.owed > 0 ? [whole.register] : [] }
}

/** An export of an installation that held these. */
function exportOf(documents: readonly NewDocument[]): string {
  const there = opened()
  there.keepDocuments(documents, t0)
  return exportPiece(there, {}, undefined, documents.length + 1).lines.join('\n')
}

/** More drives than a report lists. */
const fleet = Array.from({ length: 1_000 }, (_, n) =>
  receipt(1, { storage: `928500010${String(n).padStart(7, '0')}` }),
)

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

test('of a register that was renamed both names must be of the config, for each has receipts to send', async () => {
  const outbox = opened()
  const files = [exportOf([sale(1, { register: 'old-till' }), sale(2)])]
  const restored = { register: '*', configured: ['till-1'] }
  await expect(imported(outbox, files, {}, restored)).rejects.toThrow(
    `drives ${storage} (register old-till).`,
  )
  expect(outbox.counts().documents).toBe(0)
  const report = await imported(outbox, files, {}, { ...restored, configured: ['till-1', 'old-till'] })
  expect(report.drives).toMatchObject([
    { storage, register: 'old-till', owed: 1, first: 1, last: 1 },
    { storage, register: 'till-1', owed: 1, first: 2, last: 2 },
  ])
})

test('mere history under the former name of a register is in nobody’s way', async () => {
  const files = [exportOf([sale(1, { register: 'old-till', owed: false }), sale(2)])]
  const restored = { register: '*', configured: ['till-1'] }
  expect(await imported(opened(), files, {}, restored)).toMatchObject({ kept: 2, owed: 1 })
})

test('a drive behind all that a report lists is judged and named as well', async () => {
  const restored = { register: '*', configured: ['till-1'] }
  const last = sale(1, { register: 'old-till' })
  const looking = imported(opened(), [exportOf([...fleet, last])], {}, restored)
  await expect(looking).rejects.toThrow(`drives ${storage} (register old-till).`)
  const stranger = imported(
    opened(),
    [exportOf(fleet), file(taxReceipt(1, { fiscalDriveNumber: storage }))],
    {},
    restored,
  )
  await expect(stranger).rejects.toThrow(`not seen here: ${storage}.`)
})
