import { once } from 'node:events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkedInput,
  type Desk,
  type InputOf,
  type QrFinding,
  type ReadRow,
} from '../../../../agent/desk/desk.ts'
import { checkedPart } from '../../../../agent/status/pages/importreport.ts'
import { lookOf } from '../../../../agent/status/pages/look.ts'
import { replay } from '../../../../agent/status/pages/replay.ts'
import {
  countOf,
  eachOf,
  numbersOf,
  rangesOf,
  selecting,
  written,
} from '../../../../agent/status/pages/replaynumbers.ts'
import { beginRereading, currentRereadings, Rereading } from '../../../../agent/status/pages/rereading.ts'
import type { Snapshot } from '../../../../agent/status/snapshot.ts'
import { text } from '../../../../agent/text.ts'
import type { ImportReport } from '../../../../agent/transfer/carryout.ts'
import { Failure } from '../../../../agent/usage.ts'
import { faceWith, now, rowOf, storage, visitOf } from './receiptsface.ts'

const evil = '"><script>alert(1)</script>'

test.each([
  ['120', '120'],
  [' № 120 '.replace('№ ', '№'), '120'],
  ['120-150', '120–150'],
  ['120 – 150', '120–150'],
  ['125, 120; 121\n122', '120–122, 125'],
  ['5-9,7-12,20', '5–12, 20'],
])('numbers written as «%s» are read', (given, wanted) => {
  expect(written(numbersOf(given))).toBe(wanted)
})

test.each([
  '',
  '0',
  'abc',
  '150-120',
  '12345678901',
  '1-4294967296',
  '-5',
  '1,2,x',
  '1-900, 2000-3000',
  '1,'.repeat(2000),
])('numbers written as «%s» are refused in words', (given) => {
  expect(() => numbersOf(given)).toThrow(/document number|Too many|For example/)
})

test('any numbers come out as they went in, each once, and a single range stays one however long', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 100 }),
      (numbers) => {
        const sorted = [...numbers].sort((a, b) => a - b)
        expect([...eachOf(numbersOf(numbers.join(', ')))]).toEqual(sorted)
        expect(rangesOf(numbers)).toEqual(numbersOf(numbers.join(' ')))
      },
    ),
  )
  expect(selecting(numbersOf('1-4000000000'))).toEqual({ fromNumber: 1, toNumber: 4_000_000_000 })
  expect(selecting(numbersOf('1,3'))).toEqual({ numbers: [1, 3] })
  expect(countOf(numbersOf('1-4000000000'))).toBe(4_000_000_000)
})

/** Two registers; the first is at document 200. */
const snapshot = {
  registers: [
    { name: 'till-1', newest: { storage, number: 200 } },
    { name: evil, newest: null },
  ],
} as unknown as Snapshot

const quiet: Partial<Desk> = {
  status: () => Promise.resolve(snapshot),
  list: () => Promise.resolve({ documents: [] }),
  previewReplay: () => Promise.resolve({ documents: [], count: 0, digest: 'none' }),
}

async function drawn(query: Record<string, string>, verbs: Partial<Desk> = {}, language: 'ru' | 'en' = 'ru') {
  const face = faceWith({ ...quiet, ...verbs })
  return { html: (await replay.draw(face, visitOf(language, query))).toString(), asked: face.asked }
}

test('the page looks only: no way of asking it sends or reads anything', async () => {
  const looking = ['status', 'list', 'previewReplay', 'findByQr']
  const finding: QrFinding = {
    qr: { storage, number: 7, sign: '1', time: '2026-08-01T12:30', total: 1, operation: 1 },
    document: null,
    differs: [],
    askAt: 'till-1',
  }
  for (const query of [{}, { numbers: '1-9' }, { from: '2026-08-01' }, { qr: 'x' }]) {
    const { asked } = await drawn(query as Record<string, string>, {
      findByQr: () => Promise.resolve(finding),
    })
    for (const { verb } of asked) expect(looking).toContain(verb)
  }
})

test('numbers are sorted into here, perhaps in the drive, gone and not printed yet', async () => {
  const rows = [
    rowOf(198),
    rowOf(199, { format: 'absent', state: 'none' }),
    rowOf(197, { format: 'summary' }),
  ]
  const { html } = await drawn(
    { numbers: '196-202', fn: storage },
    { list: () => Promise.resolve({ documents: rows }) },
  )
  expect(html).toContain('может быть в ФН: 196, 199–200')
  expect(html).toContain('не знает номеров: 199')
  expect(html).toContain('Остался только итог, строк в ФН уже нет: 197')
  expect(html).toContain('(последний 200): 201–202')
  expect(html).toContain('name="numbers" value="196-196,199-200"')
})

test('of a drive that is in no register nothing can be read: a file is asked for', async () => {
  const { html } = await drawn({ numbers: '5', fn: '9999078900009999' })
  expect(html).toContain('этот ФН сейчас не в кассе: 5')
  expect(html).not.toContain('/do/reread"')
})

test('a range of all numbers is previewed and not walked through', async () => {
  const { html, asked } = await drawn({ numbers: '1-4294967295', fn: storage })
  expect(asked.map(({ verb }) => verb)).not.toContain('list')
  expect(html).toContain('не больше 2000 за раз')
})

test.each([
  [{ from: '2026-08-01', to: '' }, { fromTime: '2026-08-01T00:00:00' }],
  [{ from: '', to: '2026-08-01' }, { toTime: '2026-08-01T23:59:59' }],
  [
    { from: '2026-08-01T12:30', to: '2026-08-01T12:30', register: 'till-1' },
    { fromTime: '2026-08-01T12:30:00', toTime: '2026-08-01T12:30:59', register: 'till-1' },
  ],
])('both ends of a time belong to it: %o', async (query, selection) => {
  const { asked } = await drawn(query)
  expect(asked.find(({ verb }) => verb === 'previewReplay')?.input).toEqual({ selection })
})

test.each([
  [{ from: '', to: '' }, 'Укажите время'],
  [{ from: 'yesterday' }, 'Укажите время'],
  [{ from: '2026-02-31T10:00', to: '2026-08-01' }, 'Укажите время'],
  [{ from: '2026-08-02', to: '2026-08-01' }, 'позже'],
  [{ numbers: 'x' }, 'не номер ФД'],
])('what is wrong with %o is said on the page, and the forms stay', async (query, words) => {
  const { html } = await drawn(query as Record<string, string>)
  expect(html).toContain(words)
  expect(html).toContain('name="qr"')
})

test('nothing that comes from outside becomes markup', async () => {
  const finding: QrFinding = {
    qr: { storage, number: 7, sign: evil, time: '2026-08-01T12:30', total: 1, operation: 9 },
    document: rowOf(7, { why: evil, register: evil, state: 'none' }),
    differs: ['sign', 'total'],
    askAt: null,
  }
  const findByQr = () => Promise.resolve(finding)
  for (const query of [
    { qr: evil },
    { numbers: evil },
    { numbers: '1', fn: evil },
    { from: evil, register: evil },
  ])
    for (const language of ['ru', 'en'] as const)
      expect((await drawn(query as Record<string, string>, { findByQr }, language)).html).not.toContain(
        '<script',
      )
})

test('a receipt whose paper says otherwise is shown with what differs', async () => {
  const finding: QrFinding = {
    qr: { storage, number: 7, sign: '1', time: '2026-08-01T12:30', total: 1, operation: 1 },
    document: rowOf(7),
    differs: ['sign', 'total'],
    askAt: null,
  }
  const { html } = await drawn({ qr: 'x' }, { findByQr: () => Promise.resolve(finding) })
  expect(html).toContain('На бумаге и здесь разное: фискальный признак, сумма')
})

test('a report of an import draws hostile names and keys as text, and offers no import of unknown registers', () => {
  const report: ImportReport = {
    ...{ kept: 1, known: 0, owed: 1, heldCount: 1, conflictCount: 300, shownOnlyCount: 0 },
    conflicts: Array(300).fill(`${evil}: ${evil}`),
    shownOnly: [],
    documents: [
      { key: evil, result: 'kept', owed: false, unsent: 'before', time: evil, total: 1, receipt: null },
    ],
    drives: [
      {
        ...{ storage: evil, register: '?', told: evil, isKnown: false },
        ...{ documents: 1, kept: 1, owed: 1, first: 1, last: 1 },
      },
    ],
    registers: ['?'],
    refused: [],
    digests: ['00'],
  }
  const look = lookOf(faceWith({}), visitOf('en'))
  const files = [{ upload: 'u', name: evil }]
  const html = checkedPart(report, { files, register: '' }, faceWith({}), look).toString()
  expect(html).not.toContain('<script')
  expect(html).not.toContain('data-do="/do/import"')
  expect(html).toContain('and 100 more')
  expect(html).toContain('not seen here, register ')
  expect(html).toContain('taken as booked')
  const known = checkedPart(
    {
      ...report,
      registers: ['till-1'],
      drives: report.drives.map((one) => ({ ...one, register: 'till-1' })),
    },
    { files, register: evil },
    faceWith({}),
    look,
  )
  expect(known.toString()).toContain('data-do="/do/import"')
  expect(known.toString()).not.toContain('<script')
})

test('of several files the wrong one is named with its reason, and the others alone are offered', () => {
  const report: ImportReport = {
    ...{ kept: 1, known: 0, owed: 1, heldCount: 0, conflictCount: 0, shownOnlyCount: 0 },
    ...{ conflicts: [], shownOnly: [], documents: [], drives: [], registers: ['till-1'], digests: ['00'] },
    refused: [{ at: 0, why: text('файл пуст', 'the file is empty') }],
  }
  const look = lookOf(faceWith({}), visitOf('en'))
  const files = ['a', 'b'].map((name) => ({ upload: `upload-${name}`, name: `${name}.json` }))
  const drawn = (of: ImportReport) => checkedPart(of, { files, register: '' }, faceWith({}), look).toString()
  expect(drawn(report)).toMatch(/<bdi>a.json<\/bdi>: the file is empty/)
  expect(drawn(report)).toContain('name="uploads" value="upload-b"')
  const allWrong = [0, 1].map((at) => ({ at, why: text('файл пуст', 'the file is empty') }))
  expect(drawn({ ...report, kept: 0, refused: allWrong })).not.toMatch(/<form|nothing to import/)
})

const order = { register: 'till-1', storage, ranges: numbersOf('1-7, 20'), who: 'anna', reason: 'why' }
const forEver = new AbortController().signal

/** A register that knows what `rows` says of each number. */
function reading(rowFor: (number: number) => Partial<ReadRow>) {
  const pieces: number[][] = []
  const asked: InputOf<'read'>[] = []
  const read: Desk['read'] = (input) => {
    const { fromNumber, toNumber } = checkedInput('read', input)
    asked.push(input)
    const numbers = [...eachOf([{ from: fromNumber, to: toNumber }])]
    if (numbers.length > 0) pieces.push(numbers)
    const blank: Omit<ReadRow, 'number'> = { outbox: 'kept', decoded: {}, problem: null }
    const documents: ReadRow[] = []
    for (const number of numbers)
      try {
        documents.push({ number, ...blank, ...rowFor(number) })
      } catch (error) {
        if (documents.length === 0 || !(error instanceof Failure)) throw error
        return Promise.resolve({ documents, fault: error.text })
      }
    return Promise.resolve({ documents, fault: null })
  }
  return { desk: { read }, pieces, asked }
}

test('a range is read in pieces of five, and every number is told apart', async () => {
  const { desk, pieces } = reading((number) => {
    if (number === 2) return { outbox: 'known' }
    if (number === 3) return { outbox: 'not kept', absent: true, decoded: null, problem: 'absent' }
    if (number === 4) return { outbox: 'differs' }
    return number === 5 ? { outbox: 'kept', decoded: null, problem: 'short' } : {}
  })
  const rereading = new Rereading(desk, order, () => now)
  await rereading.run(forEver)
  expect(pieces).toEqual([[1, 2, 3, 4, 5], [6, 7], [20]])
  expect(rereading.view()).toMatchObject({
    ...{ running: false, fault: null, left: [] },
    ...{ kept: [1, 6, 7, 20], known: [2], absent: [3] },
    problems: [{ number: 4 }, { number: 5, why: 'short' }],
    work: { done: 8, of: 8 },
  })
})

test('a busy till ends it in words, with what is left to read', async () => {
  const { desk } = reading((number) => {
    if (number > 5) throw new Failure(text('Касса занята', 'The register is busy'))
    return {}
  })
  const rereading = new Rereading(desk, order, () => now)
  await rereading.run(forEver)
  expect(rereading.view()).toMatchObject({
    running: false,
    fault: { ru: 'Касса занята' },
    kept: [1, 2, 3, 4, 5],
  })
  expect(written(rereading.view().left)).toBe('6–7, 20')
})

test('what was read of a piece before the register went away is told, and the rest is left', async () => {
  const { desk, asked } = reading((number) => {
    if (number > 3) throw new Failure(text('Нет связи', 'The line is lost'))
    return {}
  })
  const rereading = new Rereading(desk, order, () => now)
  await rereading.run(forEver)
  expect(rereading.view()).toMatchObject({ kept: [1, 2, 3], fault: { en: 'The line is lost' }, endedAt: now })
  expect(written(rereading.view().left)).toBe('4–7, 20')
  // The desk is told that nothing follows, so that the work is not shown for ever.
  expect(asked.at(-1)).toMatchObject({ fromNumber: 2, toNumber: 1, sitting: { isLast: true } })
})

test('however many pieces, it is one sitting at the desk, of one drive', async () => {
  const { desk, asked } = reading(() => ({}))
  await new Rereading(desk, order, () => now).run(forEver)
  expect(new Set(asked.map(({ sitting }) => sitting?.id)).size).toBe(1)
  expect(asked.map(({ storage: drive, sitting }) => [drive, sitting?.numbers, sitting?.isLast])).toEqual([
    [storage, '1–7, 20', false],
    [storage, '1–7, 20', false],
    [storage, '1–7, 20', true],
  ])
})

test('it stops between two pieces, and only one of a register is under way at a time', async () => {
  const { desk, pieces } = reading(() => ({}))
  const clock = () => now
  beginRereading(desk, order, clock, forEver)
  expect(() => beginRereading(desk, order, clock, forEver)).toThrow('already')
  expect(beginRereading(desk, { ...order, register: 'till-2' }, clock, forEver).running).toBe(true)
  const views = () => currentRereadings(desk, now).map((one) => one.view())
  for (const one of currentRereadings(desk, now)) one.stop()
  await expect.poll(() => views().some(({ running }) => running)).toBe(false)
  expect(pieces).toHaveLength(2)
  expect(views().map(({ fault }) => fault?.en)).toEqual(['Stopped', 'Stopped'])
  const long = { ...order, ranges: numbersOf('1-2001') }
  expect(() => beginRereading(desk, long, clock, forEver)).toThrow('At most 2000')
  expect(currentRereadings(desk, now + 3_600_000)).toEqual([])
})

test('what was read is shown with who asked for it, when, why and of which drive', async () => {
  const face = faceWith({ ...quiet, read: reading(() => ({})).desk.read })
  beginRereading(face.desk, { ...order, who: evil, reason: 'burnt' }, face.clock, forEver)
  await expect.poll(() => currentRereadings(face.desk, now)[0]?.view().running).toBe(false)
  const html = (await replay.draw(face, visitOf('en'))).toString()
  expect(html).toContain('burnt')
  expect(html).toContain('Reading from register till-1')
  expect(html).toContain(`Drive ${storage}, documents 1–7, 20`)
  expect(html).not.toContain('<script')
})

test('a fault of the program is shown and takes nothing else with it', async () => {
  const { desk } = reading(() => {
    throw new TypeError('x is undefined')
  })
  const rereading = new Rereading(desk, order, () => now)
  const warned = once(process, 'warning')
  await rereading.run(forEver)
  expect(await warned).toMatchObject([{ message: 'x is undefined' }])
  expect(rereading.view()).toMatchObject({
    running: false,
    fault: { en: expect.stringContaining('x is undefined') },
  })
})
