import { pino } from 'pino'
import { expect, test } from 'vitest'
import { LedgerError, type LedgerFault } from '../../agent/bitrix/ledger.ts'
import type { NumberRange } from '../../agent/bitrix/ranges.ts'
import type { Told } from '../../agent/ledgers.ts'
import type { DueDocument, Storage } from '../../agent/outbox.ts'
import { type Judging, Rebuilt } from '../../agent/rebuilt.ts'
import type { SiteMemory } from '../../agent/sites.ts'
import { fn, drive as followed } from './scripted.ts'

const never = new AbortController().signal
/** Noon in Moscow. */
const begunAt = Date.parse('2026-08-21T09:00:00Z')
const anew: Storage = { ...followed, why: 'start-file', seenAt: begunAt }

function due(number: number, time: string | null, more: Partial<DueDocument> = {}): DueDocument {
  const summary = time === null ? null : { time, sign: '1', operation: 1, total: 100, delivered: null }
  return {
    ...{ storage: fn, number, register: 'till-1', type: 3, format: 'tlv', source: 'register', owed: true },
    ...{ bytes: Uint8Array.of(1), summary, readAt: begunAt, fingerprint: null, masked: false },
    ...{ attempts: 0, replay: false },
    ...more,
  } as DueDocument
}

const told = (
  ranges: readonly NumberRange[],
  parked: readonly number[] = [],
  more: Partial<Told> = {},
): Told => ({
  ledger: { ledgerId: 'l-1', host: 'h', drives: new Map([[fn, { ranges, parked: new Set(parked) }]]) },
  trust: 'same',
  ...more,
})

const known: SiteMemory = { ledgerId: 'l-1', host: 'h', since: '', changed: null, audit: null }

/** A judge over what `answer` says, with a clock of its own; `asked` counts the questions. */
function judge(answer: () => Told, memory: SiteMemory | null = known) {
  const clock = { now: begunAt + 60_000 }
  const asked: string[] = []
  const judging: Judging = {
    ask: (register, { fn: drive }) => {
      asked.push(`${register} ${drive}`)
      return Promise.resolve().then(answer)
    },
    sites: { of: () => memory },
    zone: 'Europe/Moscow',
    clock: () => clock.now,
    log: pino({ level: 'silent' }),
  }
  const rebuilt = new Rebuilt(judging)
  const of = (document: DueDocument, drive: Storage | null = anew) => rebuilt.judge(document, drive, never)
  return { rebuilt, of, asked, clock }
}

test('what the site has is settled without being sent, parked where it is parked there', async () => {
  const { of, asked } = judge(() => told([[1, 40]], [7]))
  expect(await of(due(1, '2026-07-21T10:00:00'))).toMatchObject({
    outcome: 'accepted',
    settled: true,
    dueAt: null,
  })
  expect(await of(due(7, '2026-08-21T10:00:00'))).toMatchObject({ outcome: 'acceptedParked', settled: true })
  expect(asked).toEqual([`till-1 ${fn}`])
})

test('what it lacks is sent while it is from the last 48 hours, else parked for a person', async () => {
  const { of } = judge(() => told([[1, 40]]))
  expect(await of(due(41, '2026-08-19T12:02:00'))).toBeNull()
  for (const time of ['2026-08-19T12:00:00', '2025-08-20T12:00:00', null])
    expect(await of(due(42, time))).toMatchObject({ outcome: 'park', settled: false, dueAt: null })
})

test('at most 200 documents go by themselves, however often each of them is tried', async () => {
  const { of } = judge(() => told([]))
  const recent = '2026-08-21T11:00:00'
  for (let round = 0; round < 2; round++)
    for (let number = 1; number <= 200; number++) expect(await of(due(number, recent))).toBeNull()
  expect(await of(due(201, recent))).toMatchObject({ outcome: 'park', why: expect.stringMatching(/200/) })
})

test.each<[string, DueDocument, Storage]>([
  ['sold since then', due(99, '2026-08-21T12:00:00'), anew],
  ['replayed by a person', due(9, '2025-01-01T10:00:00', { replay: true }), anew],
  ['imported', due(9, '2025-01-01T10:00:00', { source: 'import' }), anew],
  ['of a drive that was begun by a person', due(9, '2025-01-01T10:00:00'), { ...anew, why: 'person' }],
  ['of a drive that was never lost', due(9, '2025-01-01T10:00:00'), { ...anew, why: 'now' }],
])('a document %s is sent, and nobody is asked', async (_, document, drive) => {
  const { of, asked } = judge(() => told([]))
  expect(await of(document, drive)).toBeNull()
  expect(asked).toEqual([])
})

test('a drive that was begun by the ledger goes by it as well', async () => {
  const { of } = judge(() => told([[1, 40]]))
  expect(await of(due(4, '2026-07-21T10:00:00'), { ...anew, why: 'ledger' })).toMatchObject({ settled: true })
})

const fails = (fault: LedgerFault) => () => {
  throw new LedgerError(fault, { ru: fault, en: fault }, null)
}

test.each<[string, () => Told, boolean]>([
  ['cannot be reached', fails('unreachable'), false],
  ['refuses', fails('refused'), true],
  ['makes no sense', fails('garbled'), true],
  ['kept a ledger and keeps none any more', fails('none'), true],
  ['is another one', () => told([[1, 99]], [], { trust: 'changed' }), true],
  ['does not name itself any more', () => told([[1, 99]], [], { trust: 'nameless' }), true],
])(
  'while the ledger %s, what was sold before waits, and a person is told (red: %s)',
  async (_, answer, isRed) => {
    const { of, rebuilt, clock, asked } = judge(answer)
    const settlement = await of(due(1, '2026-08-21T10:00:00'))
    expect(settlement).toMatchObject({ outcome: 'retry', settled: false, dueAt: clock.now + 30_000 })
    expect(rebuilt.held('till-1')).toMatchObject({ isRed })
    expect(rebuilt.held('till-2')).toBeNull()
    await of(due(2, '2026-08-21T10:00:00'))
    expect(asked).toHaveLength(1)
    clock.now += 30_000
    await of(due(1, '2026-08-21T10:00:00'))
    expect(asked).toHaveLength(2)
  },
)

test('when nothing waits for the ledger any more, a person is no longer told so', async () => {
  const { of, rebuilt, clock } = judge(fails('refused'))
  await of(due(1, '2026-08-21T10:00:00'))
  clock.now += 20 * 60_000
  expect(rebuilt.held('till-1')).toBeNull()
})

test('once the ledger tells, what waited for it goes on', async () => {
  let isDown = true
  const { of, rebuilt, clock } = judge(() => (isDown ? fails('unreachable')() : told([[1, 1]])))
  await of(due(1, '2026-08-21T10:00:00'))
  isDown = false
  clock.now += 30_000
  expect(await of(due(1, '2026-08-21T10:00:00'))).toMatchObject({ settled: true })
  expect(rebuilt.held('till-1')).toBeNull()
})

test.each<[string, () => Told]>([
  ['keeps no ledger', fails('none')],
  ['does not name its ledger', () => told([], [], { trust: 'nameless' })],
])('a receiver that %s and never did gets everything again: its keys keep it single', async (_, answer) => {
  const { of, asked } = judge(answer, null)
  for (const number of [1, 2]) expect(await of(due(number, '2026-08-01T10:00:00'))).toBeNull()
  expect(asked).toHaveLength(1)
})

test('many lanes ask one question', async () => {
  const { of, asked } = judge(() => told([[1, 40]]))
  await Promise.all([1, 2, 3, 4].map((number) => of(due(number, '2026-08-21T10:00:00'))))
  expect(asked).toHaveLength(1)
})
