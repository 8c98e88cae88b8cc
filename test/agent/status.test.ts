import { expect, test } from 'vitest'
import type { DiskFacts } from '../../agent/disk.ts'
import type { DispatchView, WayView } from '../../agent/dispatch.ts'
import type { OutboxCounts } from '../../agent/outbox.ts'
import type { Held } from '../../agent/rebuilt.ts'
import type { SiteMemory } from '../../agent/sites.ts'
import { type Subject, takeSnapshot } from '../../agent/status/snapshot.ts'
import type { Text } from '../../agent/text.ts'
import { newView, type RegisterView, see, tell } from '../../agent/view.ts'

const now = Date.UTC(2026, 7, 21, 10)
const counts: OutboxCounts = {
  documents: 9,
  waiting: 0,
  parked: 0,
  accepted: 9,
  withoutBytes: 0,
  oldestWaitingAt: null,
  lastReadAt: now - 5000,
  lastAcceptedAt: now - 4000,
}
const way: WayView = {
  register: 'till-1',
  id: 'shop/till-1',
  destination: 'shop.example/sale.php',
  state: 'ready',
  since: '',
  words: { ru: 'Сайт принял чек', en: 'The site took the receipt' },
  hint: null,
  lastStatus: 200,
  lastTriedAt: null,
  lastAnswerAt: null,
  lastAcceptedAt: null,
  nextTryAt: null,
  breaker: 'closed',
  clockOffsetSeconds: null,
}
const disk: DiskFacts = {
  ...{ at: now - 20_000, ageMs: 20_000, writable: true, outboxBytes: 4096 },
  ...{ freeBytes: 9_000_000_000, sizeBytes: 10_000_000_000 },
}
const said = (words: string) => ({ ru: words, en: words })

interface Change {
  view?: (view: RegisterView) => void
  way?: Partial<WayView>
  counts?: Partial<OutboxCounts>
  site?: SiteMemory
  held?: Held
  disk?: Partial<DiskFacts>
  storageTrouble?: Text
}

function subjectOf(change: Change): Subject {
  const view = newView({ name: 'till-1', id: 'shop/till-1', driver: 'shtrih', address: 'tcp:x' }, now)
  view.line = 'connected'
  change.view?.(view)
  const dispatch: DispatchView = { ways: [{ ...way, ...change.way }], underWay: 0 }
  return {
    version: '1',
    instance: 'i',
    startedAt: now,
    views: [view],
    dispatch: () => dispatch,
    outbox: {
      counts: () => ({ ...counts, ...change.counts }),
      nextDueAt: () => null,
    } as unknown as Subject['outbox'],
    storageTrouble: () => change.storageTrouble ?? null,
    disk: () => ({ ...disk, ...change.disk }),
    siteOf: () => change.site ?? null,
    heldOf: () => change.held ?? null,
    lastOf: () => null,
    hours: () => [],
    work: () => [],
  }
}

const health = (change: Change) => takeSnapshot(subjectOf(change), now)

test('all is well is green', () => {
  expect(health({}).health.colour).toBe('green')
})

test('what needs a person is red and says the next step', () => {
  const halted = (view: RegisterView) =>
    tell(view, 'halted', said('another drive'), said('chekpost begin'), now)
  expect(health({ view: halted }).health).toEqual({
    colour: 'red',
    text: said('till-1: another drive'),
    hint: said('chekpost begin'),
  })
  expect(health({ way: { clockOffsetSeconds: -300 } }).health).toMatchObject({
    colour: 'red',
    text: { en: expect.stringContaining('300 s') },
    hint: { en: expect.stringContaining('timedatectl') },
  })
  const refused = { state: 'stopped', words: said('401'), hint: said('check the secret') } as const
  expect(health({ way: refused }).health).toEqual({
    colour: 'red',
    text: said('401'),
    hint: said('check the secret'),
  })
})

test('another receiver is red until a person has accepted it, and says which is meant', () => {
  const known = { ledgerId: 'l-1', host: 'shop.example', since: '', changed: null, audit: null }
  expect(health({ site: known }).health.colour).toBe('green')
  const moved = { ...known, changed: { ledgerId: 'l-1', host: 'new.example', at: '' } }
  expect(health({ site: moved }).health).toMatchObject({
    colour: 'red',
    text: { en: 'till-1: the receiver has changed: was shop.example, is new.example' },
    hint: { en: expect.stringContaining('chekpost audit --accept-ledger') },
  })
  const reinstalled = { ...known, changed: { ledgerId: 'l-2', host: 'shop.example', at: '' } }
  expect(health({ site: reinstalled }).health.text.en).toContain('was l-1, is l-2')
})

test('what heals by itself is amber', () => {
  const lost = (view: RegisterView) => tell(view, 'silent', said('no answer'), null, now)
  expect(health({ view: lost }).health.colour).toBe('amber')
  expect(health({ way: { state: 'waiting' }, counts: { waiting: 2 } }).health.colour).toBe('amber')
  expect(health({ counts: { parked: 1 } }).health).toMatchObject({
    colour: 'amber',
    hint: { en: expect.stringContaining('--state parked') },
  })
})

test('a receipt that does not get through is amber, however well the others go', () => {
  const kept = (minutes: number) => ({ waiting: 1, oldestWaitingAt: now - minutes * 60_000 })
  expect(health({ counts: kept(1) }).health.colour).toBe('green')
  expect(health({ counts: kept(45) }).health).toMatchObject({
    colour: 'amber',
    text: { en: expect.stringContaining('45 min') },
    hint: { en: expect.stringContaining('--state waiting') },
  })
})

test('documents of a register that left the config are amber, for nobody sends them', () => {
  const subject = subjectOf({})
  const all = { ...counts, waiting: 5 }
  const outbox = { counts: (register?: string) => (register === undefined ? all : counts) }
  expect(takeSnapshot({ ...subject, outbox: outbox as Subject['outbox'] }, now).health).toMatchObject({
    colour: 'amber',
    text: { en: expect.stringMatching(/^5 receipts/) },
  })
})

test('receipts that lie unread for minutes are amber, however well the rest does', () => {
  const unread = (ms: number) => (view: RegisterView) =>
    void Object.assign(view, { behind: 7, unreadSince: now - ms })
  expect(health({ view: unread(100_000) }).health.colour).toBe('green')
  expect(health({ view: unread(240_000) }).health).toMatchObject({
    colour: 'amber',
    text: { en: expect.stringMatching(/7 documents unread, none read for 4 min/) },
  })
})

test('a register that is busy for more than half an hour is amber: its receipts are not read meanwhile', () => {
  const busy = { kind: 'busy', text: said('a receipt is open') } as const
  const since = (ms: number) => (view: RegisterView) => see(view, busy, now - ms)
  expect(health({ view: since(60_000) }).health.colour).toBe('green')
  expect(health({ view: since(3_600_000) }).health).toMatchObject({
    colour: 'amber',
    text: { en: expect.stringContaining('a receipt is open') },
  })
})

test('red comes before amber', () => {
  const lost = (view: RegisterView) => tell(view, 'silent', said('no answer'), null, now)
  expect(health({ view: lost, way: { state: 'stopped', words: said('401') } }).health.text).toEqual(
    said('401'),
  )
})

test('a trouble that goes on keeps the time of its beginning', () => {
  const view = newView({ name: 'a', id: 'a', driver: 'x', address: 'x' }, now)
  tell(view, 'silent', said('no answer'), null, now)
  tell(view, 'silent', said('no answer'), null, now + 9000)
  expect(view.trouble?.since).toBe(now)
})

test('the age of the oldest waiting document is told in seconds', () => {
  const snapshot = health({ counts: { waiting: 1, oldestWaitingAt: now - 61_000 } })
  expect(snapshot.outbox).toMatchObject({ waiting: 1, oldestWaitingSeconds: 61 })
})

test('a status made of the whole config tells no password', () => {
  const config = {
    ...{ name: 'till-1', id: 'shop/till-1', driver: 'shtrih', address: 'tcp:x' },
    settings: { password: 73501 },
    bitrix: { proxy: 'http://shop:hunter2@proxy:3128' },
  }
  const shown = JSON.stringify(newView(config, now))
  expect(shown).not.toMatch(/73501|hunter2|settings|bitrix/)
})

test('a register that was never reached is not well, and one that is lost is told before one that was let go of', () => {
  const connecting = (view: RegisterView) => {
    view.line = 'connecting'
  }
  expect(health({ view: connecting }).health).toMatchObject({
    colour: 'amber',
    text: { en: 'till-1: connecting' },
  })
  const paused = newView({ name: 'till-2', id: 'shop/till-2', driver: 'shtrih', address: 'tcp:y' }, now)
  paused.pausedUntil = now + 60_000
  const lost = (view: RegisterView) => {
    view.line = 'lost'
    tell(view, 'lost', said('no line'), null, now)
  }
  const subject = subjectOf({ view: lost })
  expect(takeSnapshot({ ...subject, views: [paused, ...subject.views] }, now).health.text.en).toBe(
    'till-1: no line',
  )
})

test('a way that waits says when its first receipt is tried again', () => {
  const asked: string[][] = []
  const outbox = {
    counts: () => counts,
    nextDueAt: (not: ReadonlySet<string>) => {
      asked.push([...not])
      return now + 30_000
    },
  } as unknown as Subject['outbox']
  const subject = { ...subjectOf({ way: { state: 'waiting' } }), outbox }
  const [waiting] = takeSnapshot(subject, now).delivery.ways
  expect(waiting?.nextTryAt).toBe(new Date(now + 30_000).toISOString())
  expect(asked).toEqual([[]])
})

test('a disk without room is red before a receipt has to be kept, one that runs short is amber', () => {
  const left = (freeBytes: number) => health({ disk: { freeBytes } }).health
  expect(left(100 * 1024 * 1024).colour).toBe('green')
  expect(left(90_000_000)).toMatchObject({ colour: 'amber', text: { en: '85 MB are left on the disk' } })
  expect(left(4096)).toMatchObject({
    colour: 'red',
    hint: { en: expect.stringContaining('Free some space') },
  })
  expect(health({ disk: { writable: false } }).health).toMatchObject({
    colour: 'red',
    text: { en: 'The disk cannot be written to' },
  })
  expect(health({ disk: { ageMs: 200_000 } }).health.text.en).toBe('The disk does not answer')
})

test('what else is wrong is told behind the gravest, and no cause hides another', () => {
  const lost = (view: RegisterView) => tell(view, 'silent', said('no answer'), said('look at the cable'), now)
  const { health: first, also } = health({
    ...{ view: lost, way: { state: 'stopped', words: said('401') }, counts: { parked: 2 } },
    storageTrouble: said('the outbox was damaged'),
  })
  expect([first, ...also].map(({ colour, text }) => `${colour} ${text.en}`)).toEqual([
    'red 401',
    'amber till-1: no answer',
    'amber the outbox was damaged',
    'amber Receipts set aside: 2',
  ])
  expect(health({}).also).toEqual([])
})

test('what several registers have is told once, with their names', () => {
  const views = ['till-1', 'till-2', 'till-3'].map((name) => {
    const view = newView({ name, id: `shop/${name}`, driver: 'shtrih', address: 'tcp:x' }, now)
    tell(view, 'silent', said(name === 'till-3' ? 'no cable' : 'no answer'), null, now)
    return view
  })
  const ways = views.map(
    ({ name, id }) => ({ ...way, register: name, id, state: 'waiting', words: said('502') }) as const,
  )
  const subject = { ...subjectOf({ counts: { waiting: 3 } }), views, dispatch: () => ({ ways, underWay: 0 }) }
  const { health: first, also } = takeSnapshot(subject, now)
  expect([first, ...also].map(({ text }) => text.en)).toEqual([
    'till-1, till-2: no answer',
    'till-3: no cable',
    'till-1, till-2, till-3: 502',
  ])
})

test('the reason is told, not what follows from it', () => {
  const late = { waiting: 1, oldestWaitingAt: now - 3_600_000 }
  const waits = health({ counts: late, way: { state: 'waiting', words: said('502') } })
  expect([waits.health.text.en, waits.also]).toEqual(['502', []])
  const busy = (view: RegisterView) => {
    see(view, { kind: 'busy', text: said('a receipt is open') }, now - 3_600_000)
    Object.assign(view, { behind: 7, unreadSince: now - 3_000_000 })
  }
  const open = health({ view: busy })
  expect([open.health.text.en, open.also]).toEqual([expect.stringContaining('a receipt is open'), []])
})

test('the trouble of one register hides nothing of another', () => {
  const views = ['till-1', 'till-2'].map((name) => {
    const view = newView({ name, id: `shop/${name}`, driver: 'shtrih', address: 'tcp:x' }, now)
    view.line = 'connected'
    return view
  })
  const ways = views.map(({ name, id }) => ({ ...way, register: name, id }))
  const stopped = ways.map((one) =>
    one.register === 'till-2' ? { ...one, state: 'stopped' as const, words: said('401') } : one,
  )
  const late = { ...counts, waiting: 1, oldestWaitingAt: now - 3_600_000 }
  const outbox = { counts: () => late, nextDueAt: () => null } as unknown as Subject['outbox']
  const subject = { ...subjectOf({}), views, outbox, dispatch: () => ({ ways: stopped, underWay: 0 }) }
  const { health: first, also } = takeSnapshot(subject, now)
  expect([first, ...also].map(({ text }) => text.en)).toEqual([
    'till-2: 401',
    'till-1: A receipt has not got through for 60 min; it is tried again and again',
  ])
})

test('a document that conflicts does not hide those that lie unread', () => {
  const view = (one: RegisterView) => {
    tell(one, 'conflict', said('another document'), null, now)
    Object.assign(one, { behind: 40, unreadSince: now - 3_000_000 })
  }
  const { health: first, also } = health({ view })
  expect([first, ...also].map(({ text }) => text.en)).toEqual([
    'till-1: another document',
    expect.stringContaining('40 documents unread'),
  ])
})

test('a way that waits with its neighbour says what the neighbour was told', () => {
  const well = { lastTriedAt: '1', lastAcceptedAt: '1' }
  const views = ['till-1', 'till-2'].map((name) => {
    const view = newView({ name, id: `shop/${name}`, driver: 'shtrih', address: 'tcp:x' }, now)
    view.line = 'connected'
    return view
  })
  const ways = views.map(({ name, id }) => ({
    ...way,
    register: name,
    id,
    state: 'waiting' as const,
    ...well,
  }))
  const subject = { ...subjectOf({ counts: { waiting: 2 } }), views }
  const told = (all: readonly WayView[]) =>
    takeSnapshot({ ...subject, dispatch: () => ({ ways: all, underWay: 0 }) }, now).health.text.en
  const [first, ...others] = ways
  if (first === undefined) throw new Error('no way')
  expect(told([{ ...first, lastTriedAt: '2', words: said('502') }, ...others])).toBe('till-1, till-2: 502')
  expect(told(ways)).toBe('till-1, till-2: The site does not answer; it is tried again')
})
