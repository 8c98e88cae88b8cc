import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Config } from '../../agent/config.ts'
import { importText } from '../../agent/desk/importing.ts'
import { defaultRules } from '../../agent/fiscal/stock.ts'
import { readTaxJson, TaxJsonError } from '../../agent/fiscal/taxJson.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { Works } from '../../agent/progress.ts'
import type { Snapshot } from '../../agent/status/snapshot.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { text } from '../../agent/text.ts'
import type { ImportReport, ImportSource } from '../../agent/transfer/carryout.ts'
import { partsOf } from '../../agent/transfer/jsonparts.ts'
import { JsonCutter } from '../../agent/transfer/jsonpieces.ts'
import { readerOf } from '../../agent/transfer.ts'
import { bytes, file, imported, never, plain, shop, taxReceipt } from './importworkshop.ts'
import { drive, folder, none, numbers, storage, t0 } from './store/workshop.ts'

test.each<[string, Uint8Array, string]>([
  ['a picture', bytes('\u0089PNG\r\n\u001a\n'), 'picture'],
  ['a photo', bytes('\u00ff\u00d8\u00ff\u00e0..JFIF'), 'picture'],
  ['a PDF', bytes('%PDF-1.7\n'), 'PDF'],
  ['an XLSX', bytes('PK\u0003\u0004....xl/workbook.xml'), 'spreadsheet'],
  ['an old XLS', bytes('\u00d0\u00cf\u0011\u00e0\u00a1\u00b1'), 'spreadsheet'],
  ['a web page', bytes('\n<!DOCTYPE html><html>'), 'web page'],
  ['XML', bytes('<?xml version="1.0"?>'), 'XML'],
  ['UTF-16 with its mark', Buffer.concat([bytes('\u00ff\u00fe'), Buffer.from(plain, 'utf16le')]), 'UTF-16'],
  ['UTF-16 without it', Buffer.from(plain, 'utf16le'), 'UTF-16'],
  ['Windows-1251', bytes(plain.replace(/[а-яё]/gi, '\u00ef')), 'Windows-1251'],
  ['a database', bytes('SQLite format 3\u0000'), 'SQLite'],
  ['nothing', bytes(''), 'empty'],
])('%s is named, and nothing is written', async (_, content, words) => {
  const outbox = shop()
  await expect(imported(outbox, [content])).rejects.toThrow(words)
  expect(outbox.counts().documents).toBe(0)
})

test('UTF-8 with its mark is read', async () => {
  expect(await imported(shop(), [Buffer.from(`\uFEFF${plain}`)])).toMatchObject({ kept: 1 })
})

test('half a file is told with its line and its last words, and nothing of it is written', async () => {
  const outbox = shop()
  const whole = file(taxReceipt(1), taxReceipt(2))
  const half = whole.slice(0, whole.lastIndexOf('"fiscalSign"') + 12)
  const line = half.split('\n').length
  await expect(imported(outbox, [half])).rejects.toThrow(`line ${line}, behind "`)
  await expect(imported(outbox, [half])).rejects.toThrow('"fiscalSign"')
  expect(outbox.counts().documents).toBe(0)
})

test('a list of receipts cut anywhere is refused', async () => {
  const outbox = shop()
  const whole = file(taxReceipt(1), taxReceipt(2))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (at) => {
      await expect(imported(outbox, [whole.slice(0, at)])).rejects.toThrow()
    }),
  )
  expect(outbox.counts().documents).toBe(0)
})

test('what stands between or behind the receipts is named with its line', async () => {
  for (const wrong of [
    `${plain}]`,
    `${plain}x`,
    plain.replace(/\]\s*$/, ',]'),
    `[${JSON.stringify(taxReceipt(1))}{}]`,
  ])
    await expect(imported(shop(), [wrong])).rejects.toThrow(/is no JSON|neither/)
})

test('any file gives the same plan however it is cut into pieces', () => {
  const facts = { register: null, storages: [storage()], rules: defaultRules, now: t0 }
  const whole = file(taxReceipt(1), { other: [1, '],['] }, taxReceipt(3, { fiscalSign: undefined }))
  const planned = (pieces: readonly string[]) => {
    const reader = readerOf(facts)
    return [...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()].flatMap(
      ({ documents, shownOnly }) => [
        ...documents.map(({ document }) => document.number),
        ...shownOnly.map(({ missing }) => missing.join()),
      ],
    )
  }
  expect(planned([whole])).toEqual([1, 'fp'])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 30 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const pieces = at.slice(1).map((end, n) => whole.slice(at[n], end))
      expect(planned(pieces)).toEqual([1, 'fp'])
    }),
  )
})

test('any list of JSON values is cut into those very values', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.boolean(), (values, spaced) => {
      const cutter = new JsonCutter()
      const pieces = [...cutter.push(JSON.stringify(values, null, spaced ? 2 : 0)), ...cutter.end()]
      expect(pieces.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
      expect(cutter.isOpen).toBe(false)
    }),
  )
})

test('the same file twice, and one receipt in two files, are counted once', async () => {
  const outbox = shop()
  const files = [file(taxReceipt(1), taxReceipt(2)), file(taxReceipt(2), taxReceipt(3)), file(taxReceipt(3))]
  const told = { kept: 3, known: 2, owed: 3, conflictCount: 0, registers: ['till-1'] }
  expect(await imported(outbox, files, { dryRun: true })).toMatchObject(told)
  expect(outbox.counts().documents).toBe(0)
  expect(await imported(outbox, files)).toMatchObject(told)
  expect(numbers(outbox.takeDue(t0, 9, none, none))).toEqual([1, 2, 3])
  expect(await imported(outbox, files)).toMatchObject({ kept: 0, known: 5, owed: 0 })
})

test('of several files the wrong ones are told with their reason and left out whole; the others are imported', async () => {
  const outbox = shop()
  const half = file(taxReceipt(1), taxReceipt(2), taxReceipt(9)).slice(0, -30)
  const files = [half, file(taxReceipt(2), taxReceipt(3)), bytes('%PDF-1.7\n'), file(taxReceipt(3))]
  const looked = await imported(outbox, files, { dryRun: true })
  expect(looked).toMatchObject({ kept: 2, known: 1, owed: 2, drives: [{ first: 2, last: 3, documents: 3 }] })
  expect(looked.refused.map(({ at, why }) => [at, why.en])).toEqual([
    [0, expect.stringMatching(/cut in line .* Nothing of the file was written/)],
    [2, expect.stringContaining('Download the same receipts as JSON')],
  ])
  expect(looked.digests).toHaveLength(2)
  expect(outbox.counts().documents).toBe(0)
  expect(await imported(outbox, files, { digests: looked.digests })).toEqual(looked)
  expect(numbers(outbox.list({}))).toEqual([2, 3])
})

test('when every file is wrong each is told, and nothing is written; a right one that has become wrong is not the one that was checked', async () => {
  const outbox = shop()
  const { refused, kept } = await imported(outbox, ['[', bytes('')])
  expect([refused.length, kept]).toEqual([2, 0])
  const { digests } = await imported(outbox, [plain, file(taxReceipt(2))], { dryRun: true })
  await expect(imported(outbox, [plain, '['], { digests })).rejects.toThrow('not the files')
  expect(outbox.counts().documents).toBe(0)
})

test('another receipt under the same number is in conflict, in a dry run within one file as well', async () => {
  const outbox = shop()
  const files = [file(taxReceipt(1), taxReceipt(1, { fiscalSign: 5 }))]
  for (const dryRun of [true, false])
    expect(await imported(outbox, files, { dryRun })).toMatchObject({
      kept: 1,
      conflictCount: 1,
      conflicts: [`FN${drive}-FD1: sign`],
    })
})

test('only the file that was checked is imported', async () => {
  const outbox = shop()
  const { digests } = await imported(outbox, [plain], { dryRun: true })
  await expect(imported(outbox, [file(taxReceipt(2))], { digests })).rejects.toThrow('not the files')
  expect(outbox.counts().documents).toBe(0)
  expect(await imported(outbox, [plain], { digests })).toMatchObject({ kept: 1 })
})

test('a large file leaves others their turn between two pieces, and is never gathered whole', async () => {
  const outbox = shop()
  const receipt = JSON.stringify(taxReceipt(1, { fiscalSign: undefined }))
  const source: ImportSource = {
    open: () =>
      Readable.from(
        ['[', ...Array(10).fill(`${receipt},`.repeat(400)), `${receipt}]`].map((part) => Buffer.from(part)),
      ),
  }
  let turns = 0
  let over = false
  const count = () => {
    turns++
    if (!over) setImmediate(count)
  }
  setImmediate(count)
  const report = await imported(outbox, [source], { dryRun: true })
  over = true
  expect(report.shownOnlyCount).toBe(4_001)
  expect(report.shownOnly).toHaveLength(1000)
  // About a megabyte, in slices of 32 kB.
  expect(turns).toBeGreaterThan(30)
})

test('one value that is far larger than any receipt is refused before it is gathered', async () => {
  const huge = `{"receipts": [${'{"a": 1},'.repeat(200_000)}{}]}`
  await expect(imported(shop(), [huge])).rejects.toThrow('no receipt is larger')
})

test('receipts in a wrapper leave others their turn as those of a list do', async () => {
  const whole = JSON.stringify({
    count: 504,
    documents: Array.from({ length: 504 }, (_, n) => taxReceipt(n + 1)),
  })
  for (const source of [whole, `[${whole}]`]) {
    const turns = { count: 0, over: false }
    const count = () => {
      turns.count++
      if (!turns.over) setImmediate(count)
    }
    setImmediate(count)
    expect(await imported(shop(), [source], { dryRun: true })).toMatchObject({ kept: 504 })
    turns.over = true
    expect(turns.count).toBeGreaterThan(100)
  }
})

test('whatever receipts are wrapped in, the same ones are found in it, in their order', () => {
  const filler = fc.oneof(fc.string(), fc.constant({ note: '{"[\\"'.repeat(300) }), fc.integer())
  const forms = fc.constantFrom('receipt', 'bso', 'receiptCorrection', 'other', 'a"\\b')
  const numbersIn = (parts: readonly string[]) =>
    parts.flatMap((part) => {
      try {
        return readTaxJson(Buffer.from(part)).map(
          ({ receipt: { fd, documentType } }) => `${fd} ${documentType}`,
        )
      } catch (error) {
        if (error instanceof TaxJsonError) return []
        throw error
      }
    })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(forms, filler), { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (wraps, many) => {
        const receipts = Array.from({ length: many }, (_, n) => taxReceipt(n + 1))
        const wrapped = wraps.reduce<unknown>(
          (inner, [key, other]) => [{ before: other, [key]: inner }],
          receipts,
        )
        const json = JSON.stringify(wrapped)
        expect(numbersIn([...partsOf(json)])).toEqual(numbersIn([json]))
      },
    ),
    { numRuns: 30 },
  )
})

/** A file that is another one each time that it is read. */
function turning(...contents: readonly string[]): ImportSource {
  const left = contents.map((content) => Buffer.from(content))
  return { open: () => Readable.from([left.shift() ?? Buffer.alloc(0)]) }
}

const many = (count: number) => file(...Array.from({ length: count }, (_, n) => taxReceipt(n + 1)))

test.each<[string, string]>([
  ['grew', `${many(100).slice(0, -1)},${file(taxReceipt(500)).slice(1)}`],
  ['is another one', many(100).replace('"totalSum": 100', '"totalSum": 200')],
  ['is damaged', `${many(90).slice(0, -1)},x`],
])(
  'a file that %s between its two readings is no success, and what was taken of it is told',
  async (_, again) => {
    const outbox = shop()
    const told: string[] = []
    const order = {
      begins: () => void told.push(`begins ${outbox.counts().documents}`),
      broke: ({ kept }: ImportReport) => void told.push(`broke ${kept}`),
    }
    const outcome = imported(outbox, [turning(many(100), again)], order)
    await expect(outcome).rejects.toThrow(/^Imported \d+ of 100, then it failed: the file has changed/)
    const { documents } = outbox.counts()
    expect(told).toEqual(['begins 0', `broke ${documents}`])
    expect(outbox.find({ storage: drive, number: 500 })).toBeNull()
    expect(await imported(outbox, [many(100)])).toMatchObject({ kept: 100 - documents })
  },
)

/** The desk's import over an outbox of which `change` is different. */
async function byHand(
  outbox: Outbox,
  text: string,
  change: Partial<Outbox> = {},
  nudge: () => void = () => undefined,
) {
  const changed = new Proxy(outbox, {
    get: (whole, name: keyof Outbox) => {
      const verb = change[name] ?? whole[name]
      return typeof verb === 'function' ? verb.bind(whole) : verb
    },
  })
  const intake = {
    config: { rules: defaultRules, stateDir: folder(), registers: [{ name: 'till-1' }] } as unknown as Config,
    ...{ outbox: changed, clock: () => t0, nudge, works: new Works() },
    snapshot: () => ({ registers: [] }) as unknown as Snapshot,
  }
  return await importText(intake, { text, dryRun: false, who: 'anna', reason: 'burnt' }, never)
}

test('an import that a full disk ends says what it took, and who wanted it stands there from its beginning', async () => {
  const outbox = shop()
  let commits = 0
  const keepDocuments: Outbox['keepDocuments'] = (documents, now) => {
    expect(outbox.audits(9)).toMatchObject([{ who: 'anna', action: 'import', reason: 'burnt' }])
    if (++commits > 2) throw new StoreError('full', text('нет места', 'no room'))
    return outbox.keepDocuments(documents, now)
  }
  await expect(byHand(outbox, many(100), { keepDocuments })).rejects.toThrow(
    'Imported 80 of 100, then it failed: no room',
  )
  expect(outbox.audits(9).map(({ detail }) => JSON.parse(detail))).toMatchObject([
    { broke: true, kept: 80 },
    { begun: true, kept: 100 },
  ])
  await byHand(outbox, many(100))
  expect(JSON.parse(outbox.audits(1)[0]?.detail ?? '')).toMatchObject({ kept: 20, known: 80 })
})

test('an import whose last entry in the audit finds no room is done, is told, and goes to the site', async () => {
  const outbox = shop()
  const nudged: number[] = []
  let rows = 0
  const audit: Outbox['audit'] = (row) => {
    if (++rows > 1) throw new StoreError('full', text('нет места', 'no room'))
    outbox.audit(row)
  }
  expect(await byHand(outbox, many(3), { audit }, () => void nudged.push(rows))).toMatchObject({ kept: 3 })
  expect(nudged).toHaveLength(1)
  expect(outbox.audits(9).map(({ detail }) => JSON.parse(detail))).toMatchObject([{ begun: true, kept: 3 }])
})
