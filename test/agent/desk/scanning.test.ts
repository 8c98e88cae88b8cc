import { expect, test } from 'vitest'
import type { QrFinding } from '../../../agent/desk/desk.ts'
import { findByQr, type Shelf } from '../../../agent/desk/scanning.ts'
import type { NewDocument, Outbox } from '../../../agent/outbox.ts'
import type { Snapshot } from '../../../agent/status/snapshot.ts'
import { config } from '../smallshop.ts'
import { absent, drive, opened, receipt, storage, t0 } from '../store/workshop.ts'

const code = (changes: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({
    t: '20260821T1300',
    s: '1.00',
    fn: drive,
    i: '7',
    fp: '1000007',
    n: '1',
    ...changes,
  }).toString()

/** A shop whose register shows document 9 of the drive. */
async function found(
  kept: readonly NewDocument[],
  scanned: string,
  { shown = drive, first = 1 }: { shown?: string; first?: number } = {},
): Promise<QrFinding> {
  const outbox: Outbox = opened()
  outbox.beginStorage(storage({ first }))
  outbox.keepDocuments(kept, t0)
  const registers = [{ name: 'till-1', newest: { storage: shown, number: 9 } }]
  const shelf: Shelf = { outbox, config, snapshot: () => ({ registers }) as unknown as Snapshot }
  return await findByQr(shelf, { qr: scanned }, new AbortController().signal)
}

test('a receipt that is here is found, and nothing differs', async () => {
  expect(await found([receipt(7)], code())).toMatchObject({
    document: { key: `FN${drive}-FD7`, state: 'waiting' },
    differs: [],
    askAt: null,
  })
})

test.each([
  ['sign', { fp: '5' }],
  ['time', { t: '20260821T1301' }],
  ['total', { s: '1.01' }],
  ['operation', { n: '2' }],
] as const)('another %s than on the paper is named', async (part, change) => {
  expect((await found([receipt(7)], code(change))).differs).toEqual([part])
})

test('the seconds are no difference, nor are zeros before the sign', async () => {
  expect((await found([receipt(7)], code({ t: '20260821T130059', fp: '0001000007' }))).differs).toEqual([])
})

test('what the short record does not tell is no difference', async () => {
  const silent = receipt(7, {
    summary: { time: '', sign: '', operation: null, total: null, delivered: null },
  })
  expect((await found([silent], code())).differs).toEqual([])
})

test('one that is missing may be in the register that holds its drive', async () => {
  expect(await found([], code())).toMatchObject({ document: null, askAt: 'till-1' })
})

test('one of which only a gap is kept may be asked for again', async () => {
  expect(await found([absent(7)], code())).toMatchObject({ document: { format: 'absent' }, askAt: 'till-1' })
})

test('nobody is asked for another drive, for a number not printed yet, or for what was before the beginning', async () => {
  expect((await found([], code(), { shown: '9999078900009999' })).askAt).toBeNull()
  expect((await found([], code({ i: '10' }))).askAt).toBeNull()
  expect((await found([], code(), { first: 8 })).askAt).toBeNull()
})

test('what is no receipt is refused in words', async () => {
  await expect(found([], 'hello')).rejects.toMatchObject({ name: 'UsageError', text: { ru: /не QR/ } })
})
