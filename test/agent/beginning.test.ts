import { expect, test } from 'vitest'
import { type Beginning, type BeginningFacts, decideBeginning, isDebugDrive } from '../../agent/beginning.ts'
import type { Storage } from '../../agent/outbox.ts'
import type { Identity } from '../../drivers/index.ts'

const old = '9285000100150175'
const next = '9960440300112233'
const debug = '9999078900001234'

function identity(changes: Partial<Identity> = {}): Identity {
  return {
    model: 'РИТЕЙЛ-01Ф',
    firmware: null,
    serial: '0012340000567890',
    registrationNumber: '0000548967019338',
    inn: '2310031475',
    organisation: null,
    address: 'г. Краснодар, ул. Мира, 1',
    storage: old,
    debugStorage: false,
    storageExpires: null,
    ...changes,
  }
}

function row(changes: Partial<Storage> = {}): Storage {
  const { serial, inn, address } = identity()
  return {
    storage: old,
    register: 'till-1',
    first: 41,
    why: 'now',
    serial,
    inn,
    address,
    debug: false,
    seenAt: 1,
    ...changes,
  }
}

/** A new installation that meets its first drive with 40 documents in it. */
function decide(changes: Partial<BeginningFacts> = {}): Beginning {
  return decideBeginning({
    register: 'till-1',
    from: 'now',
    serial: null,
    identity: identity(),
    newest: 40,
    known: [],
    started: [],
    origin: 'first',
    lastKept: () => null,
    firstDocument: 'unread',
    ledger: { kind: 'unasked' },
    allowDebugDrive: false,
    now: 7,
    ...changes,
  })
}

/** The drive of `decide` has been followed up to a closing report at 21:00, and another drive is in its place. */
function replaced(changes: Partial<BeginningFacts> = {}): Beginning {
  return decide({
    identity: identity({ storage: next }),
    known: [row()],
    lastKept: () => ({ time: '2026-08-20T21:00:30', type: 6 }),
    firstDocument: { time: '2026-08-20T21:20:00', type: 1 },
    newest: 3,
    ...changes,
  })
}

test.each([
  ['now', 41, 'now'],
  ['first', 1, 'first'],
  [17, 17, 'number'],
] as const)('the first drive ever seen begins as the config says: from %s', (from, first, why) => {
  expect(decide({ from })).toEqual({ kind: 'begin', remark: null, storage: row({ first, why, seenAt: 7 }) })
})

test('a drive without documents begins at its first one', () => {
  expect(decide({ newest: 0 })).toMatchObject({ storage: { first: 1 } })
})

const hour = 3_600_000
const told = (last: number, gapSince: number | null | 'unread' = 'unread', first = 1) =>
  ({ kind: 'told', first, last, gapSince }) as const
const silent = { kind: 'silent', text: { ru: 'сайт молчит', en: 'the site is silent' } } as const

/** `from: ledger` and both files lost come to the same. */
const byLedger: readonly Partial<BeginningFacts>[] = [
  { from: 'ledger' },
  ...(['now', 'first', 17, 'ledger'] as const).map((from) => ({ from, origin: 'lost' as const })),
]

test.each(byLedger)(
  '%j begins where the ledger ends, and far enough before to see what was held back',
  (by) => {
    expect(decide(by)).toEqual({ kind: 'askLedger' })
    expect(decide({ ...by, newest: 1000, ledger: told(1000) })).toMatchObject({
      storage: { first: 801, why: 'ledger' },
    })
    expect(decide({ ...by, newest: 1000, ledger: told(1000, 'unread', 950) })).toMatchObject({
      storage: { first: 950 },
    })
  },
)

test.each(byLedger)('%j looks how old the first receipt is that the ledger lacks', (by) => {
  const now = Date.UTC(2026, 7, 21)
  const lacking = (since: number | null | 'unread') =>
    decide({ ...by, now, newest: 40, ledger: told(33, since, 30) })
  expect(lacking('unread')).toEqual({ kind: 'askGap', number: 34 })
  expect(lacking(now - 47 * hour)).toMatchObject({ storage: { first: 30, why: 'ledger' } })
  for (const since of [now - 49 * hour, null])
    expect(lacking(since)).toMatchObject({
      kind: 'stop',
      hint: { en: expect.stringMatching(/--at 34 .*--at 41/) },
    })
})

test.each(byLedger)(
  '%j with over 200 documents behind the ledger waits for a person and reads nothing',
  (by) => {
    expect(decide({ ...by, newest: 233, ledger: told(33) })).toMatchObject({ kind: 'askGap' })
    expect(decide({ ...by, newest: 234, ledger: told(33) })).toMatchObject({ kind: 'stop' })
  },
)

test.each(byLedger)('%j is never obeyed without a ledger that can be believed', (by) => {
  expect(decide({ ...by, ledger: silent })).toMatchObject({
    kind: 'stop',
    text: { en: expect.stringContaining('the site is silent') },
    hint: { ru: expect.stringContaining('chekpost begin --register till-1 --at 1') },
  })
  expect(decide({ ...by, newest: 40, ledger: told(41) })).toMatchObject({
    kind: 'stop',
    text: { en: expect.stringContaining('up to 41, while its last is 40') },
  })
})

test('a drive that is followed already goes on, whatever the config says of the beginning', () => {
  expect(decide({ from: 'first', known: [row()] })).toEqual({ kind: 'known', storage: row() })
})

test('a lost database begins again where start.json says', () => {
  for (const origin of ['restored', 'lost'] as const)
    expect(decide({ origin, started: [row({ first: 12 })], newest: 900 })).toMatchObject({
      kind: 'begin',
      storage: { first: 12, why: 'start-file' },
    })
})

test('a register that is new to a restored installation begins as the config says', () => {
  const others = [row({ register: 'till-2', storage: next })]
  expect(decide({ origin: 'restored', started: others, known: others })).toMatchObject({
    storage: { first: 41 },
  })
})

test('a successor begins at 1, once its first document has been read', () => {
  expect(replaced({ firstDocument: 'unread' })).toEqual({ kind: 'askFirstDocument' })
  expect(replaced()).toMatchObject({
    kind: 'begin',
    remark: null,
    storage: { storage: next, first: 1, why: 'successor' },
  })
})

test('a successor registered in the very minute of the closing report is still one', () => {
  expect(replaced({ firstDocument: { time: '2026-08-20T21:00:00', type: 1 } })).toMatchObject({
    kind: 'begin',
  })
})

test('a successor of a drive that left without its closing report begins, and the unknown tail is told', () => {
  const decided = replaced({ lastKept: () => ({ time: '2026-08-20T19:00:00', type: 3 }) })
  expect(decided).toMatchObject({ kind: 'begin', remark: { ru: expect.stringContaining(`ФН ${old}`) } })
})

test.each<[string, Partial<BeginningFacts>]>([
  ["another shop's used drive", { firstDocument: { time: '2025-02-01T09:00:00', type: 1 } }],
  ['another INN', { identity: identity({ storage: next, inn: '7700000000' }) }],
  ['an INN that the register does not tell', { identity: identity({ storage: next, inn: null }) }],
  ['another address', { identity: identity({ storage: next, address: 'г. Сочи' }) }],
  [
    'an address that was never told',
    { known: [row({ address: null })], identity: identity({ storage: next, address: null }) },
  ],
  ['nothing kept of its predecessor', { lastKept: () => null }],
  ['a predecessor without time', { lastKept: () => ({ time: null, type: 6 }) }],
  ['an unreadable first document', { firstDocument: { time: null, type: null } }],
  [
    'a predecessor known from start.json alone',
    { known: [], started: [row()], lastKept: () => null, origin: 'restored' },
  ],
])('a replaced drive with %s waits for a person, whatever `from` says', (_, changes) => {
  for (const from of ['now', 'first', 'ledger', 5] as const) {
    const decided = replaced({ ...changes, from })
    expect(decided).toMatchObject({
      kind: 'stop',
      hint: { ru: expect.stringContaining('chekpost begin --register till-1 --at 1') },
    })
    expect(decided).toMatchObject({ hint: { en: expect.stringContaining('--at 4') } })
  }
})

test('blanks and case do not make another address', () => {
  const same = identity({ storage: next, address: ' Г. Краснодар,  ул. Мира, 1 ' })
  expect(replaced({ identity: same })).toMatchObject({ kind: 'begin' })
})

test('the predecessor is the latest real drive of this very register', () => {
  const asked: string[] = []
  const known = [
    row({ storage: '9285000100000001', seenAt: 1 }),
    row({ storage: '9285000100000002', seenAt: 2 }),
    row({ storage: debug, seenAt: 3, debug: true }),
    row({ storage: '9285000100000003', seenAt: 4, register: 'till-2' }),
  ]
  replaced({
    known,
    lastKept: (storage) => {
      asked.push(storage)
      return null
    },
  })
  expect(asked).toEqual(['9285000100000002'])
})

test('swapped cables stop both registers', () => {
  const known = [row(), row({ register: 'till-2', storage: next, serial: '77' })]
  expect(decide({ known, register: 'till-2', identity: identity() })).toMatchObject({ kind: 'stop' })
  const swapped = decide({ known, identity: identity({ storage: next, serial: '77' }) })
  expect(swapped).toMatchObject({ kind: 'stop', text: { ru: expect.stringContaining('till-2') } })
  expect(decide({ started: known, origin: 'restored', register: 'till-2' })).toMatchObject({ kind: 'stop' })
})

test('another serial number than the config names stops the reading, even of a known drive', () => {
  const decided = decide({ serial: '999', known: [row()] })
  expect(decided).toMatchObject({
    kind: 'stop',
    hint: { ru: expect.stringContaining('serial: "0012340000567890"') },
  })
})

test('without a serial in the config the register of the drives before is expected', () => {
  expect(replaced({ identity: identity({ storage: next, serial: '999' }) })).toMatchObject({
    kind: 'stop',
    text: { en: expect.stringContaining('no. 999, expected no. 0012340000567890') },
  })
})

test('a drive of start.json goes on in the register that a person put it into, though others were before', () => {
  const started = [row(), row({ storage: next, serial: '999', first: 12, why: 'person', seenAt: 2 })]
  expect(
    decide({ identity: identity({ storage: next, serial: '999' }), origin: 'restored', started }),
  ).toMatchObject({ kind: 'begin', storage: { first: 12, serial: '999', why: 'start-file' } })
})

test('zeros in front do not make another serial number', () => {
  expect(decide({ serial: '12340000567890' })).toMatchObject({ kind: 'begin' })
})

test('a register that does not tell its serial number is not refused for it', () => {
  expect(decide({ serial: '1', identity: identity({ serial: null }) })).toMatchObject({ kind: 'begin' })
})

test('a debug drive is told by its flag or by its number', () => {
  expect(isDebugDrive({ storage: debug, debugStorage: false })).toBe(true)
  expect(isDebugDrive({ storage: old, debugStorage: true })).toBe(true)
  expect(isDebugDrive({ storage: old, debugStorage: false })).toBe(false)
})

test('a debug drive in the place of a real one is followed from 1 and marked, with no question asked', () => {
  const decided = replaced({ identity: identity({ storage: debug, inn: null }), firstDocument: 'unread' })
  expect(decided).toMatchObject({ kind: 'begin', storage: { first: 1, debug: true } })
})

test('a debug drive that may be sent has to prove itself like any other', () => {
  const trial = { identity: identity({ storage: debug, inn: null }), allowDebugDrive: true }
  expect(replaced(trial)).toMatchObject({ kind: 'stop' })
})

test('a real drive after nothing but a debug one has to prove itself', () => {
  const known = [row({ storage: debug, debug: true })]
  expect(replaced({ known, identity: identity({ storage: next, inn: '1' }) })).toMatchObject({ kind: 'stop' })
  expect(replaced({ known })).toMatchObject({ kind: 'begin', storage: { first: 1 } })
})
