import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultRules } from '../../agent/fiscal/stock.ts'
import type { Outbox, Selection, Storage } from '../../agent/outbox.ts'
import { carryOutImport, sourceOf } from '../../agent/transfer/carryout.ts'
import { exportPiece, type ImportFacts } from '../../agent/transfer.ts'
import { Failure } from '../../agent/usage.ts'
import {
  absent,
  accepted,
  drive,
  none,
  numbers,
  opened,
  parked,
  receipt,
  storage,
  t0,
} from './store/workshop.ts'

const never = new AbortController().signal
const later = t0 + 1_000_000

function exported(outbox: Outbox, selection: Selection = {}, size = 3): string {
  const lines: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const piece = exportPiece(outbox, selection, after, size)
    lines.push(...piece.lines)
    after = piece.after
  }
  return `${lines.join('\n')}\n`
}

function facts(changes: Partial<ImportFacts> = {}): ImportFacts {
  return { register: null, storages: [], rules: defaultRules, now: later, ...changes }
}

async function imported(outbox: Outbox, source: string, changes: Partial<ImportFacts> = {}, dryRun = false) {
  const given = facts({ storages: outbox.storages(), ...changes })
  return await carryOutImport([sourceOf(source)], outbox, given, { dryRun, now: later }, never)
}

/** An installation that follows the drive. */
function shop(changes: Partial<Storage> = {}): Outbox {
  const outbox = opened()
  outbox.beginStorage(storage(changes))
  return outbox
}

/** Accepted 1, parked 2, waiting 3, a report 4, a gap 5, a short record 6, accepted and emptied 7. */
function full(): Outbox {
  const outbox = opened()
  outbox.keepDocument(receipt(7), t0 - 500)
  outbox.settle(receipt(7), accepted, t0 - 400)
  outbox.emptyOlder(t0, 10)
  for (const number of [1, 2, 3]) outbox.keepDocument(receipt(number), t0)
  outbox.keepDocument(receipt(4, { type: 5, owed: false }), t0)
  outbox.keepDocument(absent(5), t0)
  outbox.keepDocument(receipt(6, { bytes: null, format: 'summary', owed: false }), t0)
  outbox.settle(receipt(1), accepted, t0 + 1)
  outbox.settle(receipt(2), parked, t0 + 1)
  return outbox
}

test('an export read into a new outbox is the same outbox, and what was delivered is not due', async () => {
  const there = full()
  const here = shop()
  expect(await imported(here, exported(there))).toMatchObject({ kept: 7, known: 0, conflicts: [] })
  const plain = (outbox: Outbox) =>
    outbox.walk({}, null, 99).map(({ source: _, delivery, ...rest }) => ({
      ...rest,
      delivery: delivery && { ...delivery, dueAt: delivery.dueAt === null ? null : 'due' },
    }))
  expect(plain(here)).toEqual(plain(there))
  expect(numbers(here.takeDue(later, 99, none, none))).toEqual([3])
  expect(exported(here)).toBe(exported(there))
})

test('a selection exports its part, in pieces of any size', () => {
  const outbox = full()
  const whole = exported(outbox, { fromNumber: 2, toNumber: 5 }, 500)
  expect(whole.trim().split('\n')).toHaveLength(6)
  for (const size of [1, 2, 4, 5]) expect(exported(outbox, { fromNumber: 2, toNumber: 5 }, size)).toBe(whole)
})

test('the same file twice changes nothing the second time', async () => {
  const source = exported(full())
  const here = shop()
  await imported(here, source)
  const before = exported(here)
  expect(await imported(here, source)).toMatchObject({ kept: 0, known: 7, conflicts: [] })
  expect(exported(here)).toBe(before)
})

test('a dry run tells what would be kept, known and in conflict, and writes nothing', async () => {
  const here = shop()
  here.keepDocument(receipt(1), t0)
  here.keepDocument(absent(3), t0)
  here.keepDocument(receipt(4, { type: 5, owed: false, bytes: Uint8Array.of(1) }), t0)
  const before = exported(here)
  const report = await imported(here, exported(full()), {}, true)
  expect(report).toMatchObject({ kept: 5, known: 1, conflicts: [`FN${drive}-FD4: bytes`] })
  expect(exported(here)).toBe(before)
})

test('another sign under the same number is a conflict; the kept document stays and the others are taken', async () => {
  const here = shop()
  const mine = receipt(2, {
    bytes: null,
    format: 'summary',
    owed: false,
    summary: { time: '', sign: '5', operation: 1, total: 1, delivered: null },
  })
  here.keepDocument(mine, t0)
  const report = await imported(here, exported(full()))
  expect(report).toMatchObject({ kept: 6, conflicts: [`FN${drive}-FD2: sign`] })
  expect(here.find(mine)).toMatchObject({ format: 'summary', summary: mine.summary })
})

test('an accepted sale stays accepted when an export still calls it waiting', async () => {
  const there = opened()
  there.keepDocument(receipt(1), t0)
  const source = exported(there)
  there.settle(receipt(1), accepted, t0 + 1)
  expect(await imported(there, source)).toMatchObject({ known: 1 })
  expect(there.takeDue(later, 9, none, none)).toEqual([])
})

test('a row without bytes is filled from an export', async () => {
  const here = shop()
  here.keepDocument(absent(3), t0)
  await imported(here, exported(full()))
  expect(here.find(receipt(3))).toMatchObject({ format: 'tlv', bytes: receipt(3).bytes })
  expect(numbers(here.takeDue(later, 99, none, none))).toEqual([3])
})

test('a masked document is taken over as masked, and is no conflict with the original', async () => {
  const there = opened()
  there.keepDocument(receipt(1), t0)
  there.settle(receipt(1), accepted, t0 + 1)
  there.maskOlder(later, 9, () => Uint8Array.of(42))
  const source = exported(there)
  const here = shop()
  await imported(here, source)
  expect(here.find(receipt(1))).toMatchObject({ masked: true, bytes: Uint8Array.of(42) })
  expect(here.keepDocument(receipt(1), later)).toBe('known')
})

test('any line cut off, cut short or changed stops the whole import, and nothing is written', async () => {
  const source = exported(full())
  const here = shop()
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: source.length - 2 }), async (at) => {
      await expect(imported(here, source.slice(0, at))).rejects.toThrow(Failure)
    }),
  )
  const lines = source.trim().split('\n')
  const without = [...lines.slice(0, 3), ...lines.slice(4)].join('\n')
  await expect(imported(here, without)).rejects.toThrow('not whole')
  const end = lines.slice(0, -1)
  await expect(imported(here, `${source}{"documents":"many"}\n`)).rejects.toThrow(`line ${lines.length + 1}`)
  await expect(imported(here, `${end.join('\n')}\n\u0000rubbish\n`)).rejects.toThrow('last line is damaged')
  await expect(imported(here, `${end.join('\n')}\n{"docum`)).rejects.toThrow('the file is cut')
  expect(here.counts().documents).toBe(0)
})

test.each([
  ['bytes that do not fit their fingerprint', { bytes: 'AAAA' }],
  ['a drive that is no number', { fn: '12' }],
  ['a waiting document with nothing to send', { bytes: null }],
  ['a type that is missing', { type: null }],
  ['a number of another kind', { fd: '3' }],
])('%s is a wrong line, named by its number', async (_, change) => {
  const lines = exported(full()).trim().split('\n')
  const wrong = lines.map((line, i) => (i === 3 ? JSON.stringify({ ...JSON.parse(line), ...change }) : line))
  await expect(imported(shop(), wrong.join('\n'))).rejects.toThrow('line 4')
})

test('an export of a newer version, and what is no export at all, are refused in words', async () => {
  await expect(imported(opened(), '{"chekpost":"outbox","version":2}\n{"documents":0}')).rejects.toThrow(
    'newer',
  )
  for (const source of [' ', 'hello', '{}', '[]', '[1, 2]', '{"a":1}', '\u0000', '"[{"'])
    await expect(imported(opened(), source)).rejects.toThrow('neither')
})

test("another shop's export is sent under nobody's name: its drives are shown, and a person says whose they are", async () => {
  const there = shop()
  for (const number of [1, 2, 3]) there.keepDocument(receipt(number), t0)
  const source = exported(there)
  const here = opened()
  here.beginStorage(storage({ storage: '9285000100150175' }))
  const dry = await imported(here, source, {}, true)
  expect(dry).toMatchObject({ kept: 3, registers: ['?'] })
  expect(dry.drives).toEqual([
    {
      ...{ storage: drive, register: '?', told: 'till-1', isKnown: false },
      ...{ documents: 3, kept: 3, owed: 0, first: 1, last: 3 },
    },
  ])
  await expect(imported(here, source)).rejects.toThrow(`${drive} (register till-1 in the file)`)
  expect(here.counts().documents).toBe(0)
  await imported(here, source, { register: 'till-2' })
  expect(here.list({}).map(({ register }) => register)).toEqual(['till-2', 'till-2', 'till-2'])
})

test('an installation is restored as it was when a person says so, each drive under its register', async () => {
  const [one, other] = ['9285000100150175', '9285000100150299']
  const there = opened()
  there.keepDocument(receipt(1, { storage: one }), t0)
  there.keepDocument(receipt(1, { storage: other, register: 'till-2' }), t0)
  const here = opened()
  const report = await imported(here, exported(there), { register: '*' })
  expect(report).toMatchObject({ kept: 2, owed: 2, registers: ['till-1', 'till-2'] })
  expect(here.find(receipt(1, { storage: other }))).toMatchObject({ register: 'till-2' })
})

test('a drive that is followed here is nobody else, whatever the file and a person say', async () => {
  const there = shop()
  there.keepDocument(receipt(1, { register: 'till-9' }), t0)
  const here = shop()
  await imported(here, exported(there), { register: 'till-2' })
  expect(here.find(receipt(1))).toMatchObject({ register: 'till-1' })
})

test('a number that the register has not made yet is refused, and what was true up to it is not written either', async () => {
  const there = shop()
  for (const number of [9, 10]) there.keepDocument(receipt(number), t0)
  const here = shop()
  const newest = new Map([[drive, 9]])
  await expect(imported(here, exported(there), { newest })).rejects.toThrow(/document 10.*its last is 9/)
  expect(here.counts()).toMatchObject({ documents: 0 })
  expect(await imported(here, exported(there), { newest: new Map([[drive, 10]]) })).toMatchObject({ kept: 2 })
})

test('a restored installation owes what it owed, also what was read by hand from before the beginning', async () => {
  const there = shop({ first: 100 })
  there.keepDocument(receipt(7), t0)
  const here = shop({ first: 100 })
  expect(await imported(here, exported(there), { register: '*' })).toMatchObject({ kept: 1, owed: 1 })
  expect(numbers(here.takeDue(later, 9, none, none))).toEqual([7])
})

test('of an export as well, what lies before the beginning of its drive is kept and not sent', async () => {
  const there = shop()
  for (const number of [1, 2, 99, 100]) there.keepDocument(receipt(number), t0)
  there.settle(receipt(1), accepted, t0 + 1)
  there.settle(receipt(2), parked, t0 + 1)
  const here = shop({ first: 100 })
  const report = await imported(here, exported(there))
  expect(report).toMatchObject({ kept: 4, owed: 1, heldCount: 2 })
  expect(report.documents).toMatchObject([
    { key: `FN${drive}-FD100`, owed: true, unsent: null, time: '2026-08-21T13:00:00', total: 100 },
    { key: `FN${drive}-FD1`, owed: false, unsent: null },
    { key: `FN${drive}-FD2`, owed: false, unsent: 'before' },
    { key: `FN${drive}-FD99`, owed: false, unsent: 'before' },
  ])
  expect(numbers(here.takeDue(later, 9, none, none))).toEqual([100])
  expect(here.counts()).toMatchObject({ accepted: 1, waiting: 1, parked: 0 })
})

test('of an export as well, a debug drive is kept and not sent', async () => {
  const there = shop()
  there.keepDocument(receipt(1), t0)
  const here = shop({ debug: true })
  expect(await imported(here, exported(there))).toMatchObject({ kept: 1, owed: 0, heldCount: 1 })
  expect(await imported(opened(), exported(there), { register: 'till-1' })).toMatchObject({ owed: 0 })
})

test('bytes that nobody can check are never sent by themselves', async () => {
  const there = shop()
  there.keepDocument(receipt(1), t0)
  const forged = exported(there).replace('"masked":false', '"masked":true')
  await expect(imported(shop(), forged)).rejects.toThrow('masked and yet to be delivered')
  there.settle(receipt(1), accepted, t0 + 1)
  there.maskOlder(later, 9, () => Uint8Array.of(42))
  there.replay({}, { at: t0 + 2, who: 'anna', action: 'replay', reason: 'why', detail: '' })
  const here = shop()
  expect(await imported(here, exported(there))).toMatchObject({ kept: 1, owed: 0 })
  expect(here.find(receipt(1))?.delivery).toMatchObject({
    dueAt: null,
    settledAt: null,
    why: expect.stringContaining('masked'),
  })
})

test.each(['why', 'answer'])('a line whose %s is longer than any is refused', async (field) => {
  const there = shop()
  there.keepDocument(receipt(1), t0)
  there.settle(receipt(1), { ...parked, [field]: 'x'.repeat(20_000) }, t0 + 1)
  await expect(imported(shop(), exported(there))).rejects.toThrow(field)
})

const taxReceipt = {
  code: 3,
  fiscalDriveNumber: drive,
  fiscalDocumentNumber: 77,
  fiscalSign: 123456,
  operationType: 1,
  dateTime: 1599955200,
  totalSum: 100,
  items: [{ name: 'Хлеб', quantity: 1, price: 100, sum: 100, paymentType: 4, productType: 1 }],
}

test("the tax service's receipt is kept with its format, once, and owed", async () => {
  const here = opened()
  here.beginStorage(storage())
  const source = JSON.stringify([{ ticket: { document: { receipt: taxReceipt } } }])
  const report = await imported(here, source)
  expect(report).toMatchObject({
    kept: 1,
    documents: [{ key: `FN${drive}-FD77`, result: 'kept', owed: true }],
  })
  expect(here.find({ storage: drive, number: 77 })).toMatchObject({
    format: 'tax-json',
    register: 'till-1',
    type: 3,
    source: 'import',
    summary: { sign: '123456' },
  })
  expect(numbers(here.takeDue(later, 9, none, none))).toEqual([77])
  expect(await imported(here, source)).toMatchObject({ kept: 0, known: 1 })
  const forged = JSON.stringify({ ...taxReceipt, fiscalSign: 9 })
  expect(await imported(here, forged)).toMatchObject({ conflicts: [`FN${drive}-FD77: sign`] })
})

test('a receipt from before the beginning of its drive is kept and not sent: it is accounted for', async () => {
  const here = opened()
  here.beginStorage(storage({ first: 78 }))
  expect(await imported(here, JSON.stringify(taxReceipt))).toMatchObject({
    kept: 1,
    documents: [{ owed: false }],
  })
  expect(here.takeDue(later, 9, none, none)).toEqual([])
})

test('a receipt of a debug drive is kept and not sent', async () => {
  const here = opened()
  const source = JSON.stringify({ ...taxReceipt, fiscalDriveNumber: '9999078912345678' })
  expect(await imported(here, source, { register: 'till-1' })).toMatchObject({ documents: [{ owed: false }] })
})

test('a receipt of a drive that nobody knows wants its register named, but can be looked at', async () => {
  const here = opened()
  const source = JSON.stringify(taxReceipt)
  await expect(imported(here, source)).rejects.toThrow('--register')
  expect(await imported(here, source, {}, true)).toMatchObject({ kept: 1 })
  expect(await imported(here, source, { register: 'till-2' })).toMatchObject({ kept: 1 })
  expect(here.list({})).toMatchObject([{ register: 'till-2' }])
})

test('a fiscal drive number that is none gives no key', async () => {
  const source = JSON.stringify({ ...taxReceipt, fiscalDriveNumber: '12' })
  const report = await imported(opened(), source, { register: 'till-1' })
  expect(report).toMatchObject({ kept: 0, shownOnly: [{ missing: ['fn'] }] })
})

test.each(['fiscalDriveNumber', 'fiscalDocumentNumber', 'fiscalSign'])(
  'a receipt without %s is shown and never kept',
  async (key) => {
    const here = opened()
    const { [key as keyof typeof taxReceipt]: _, ...without } = taxReceipt
    const report = await imported(here, JSON.stringify(without), { register: 'till-1' })
    expect(report).toMatchObject({ kept: 0, documents: [], shownOnly: [{ receipt: { total: 100 } }] })
    expect(here.counts().documents).toBe(0)
  },
)
