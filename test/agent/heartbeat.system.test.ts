import { Writable } from 'node:stream'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, onTestFinished, test } from 'vitest'
import { jsonSchema } from '../../agent/bitrix/schema.ts'
import type { DispatchView } from '../../agent/dispatch.ts'
import { type Beating, heartbeatOf, keepBeating } from '../../agent/heartbeat.ts'
import { openLog } from '../../agent/log.ts'
import type { OutboxCounts } from '../../agent/outbox.ts'
import { StoreError } from '../../agent/store/faults.ts'
import { newView, type RegisterView, see, tell } from '../../agent/view.ts'
import { type Behaviour, type Bitrix, openBitrix } from '../fakes/bitrix.ts'
import { secretOf, secrets, tick } from './shop.ts'

const fn = '9285000100150175'
const at = Date.UTC(2026, 7, 21, 10, 0, 7)
const said = (words: string) => ({ ru: words, en: words })
const counts: OutboxCounts = {
  ...{ documents: 9, waiting: 2, parked: 1, accepted: 6, withoutBytes: 0 },
  ...{ oldestWaitingAt: at - 61_400, lastReadAt: at, lastAcceptedAt: at },
}

function view(change: (view: RegisterView) => void = () => undefined): RegisterView {
  const made = newView({ name: 'till-1', id: 'shop-12/till-1', driver: 'shtrih', address: 'tcp:x' }, at)
  made.line = 'connected'
  see(made, { kind: 'idle' }, at - 5_000)
  made.newest = { storage: fn, number: 42 }
  made.behind = 3
  change(made)
  return made
}

interface Heart extends Partial<Beating> {
  readonly heartbeatMs?: number
  /** Short for a site that answers nothing: it is waited for. */
  readonly answerMs?: number
}

interface Beat {
  readonly bitrix: Bitrix
  readonly log: string[]
  readonly seen: string[]
  readonly stop: () => Promise<void>
  /** Resolves when the task has ended by itself. */
  readonly over: Promise<void>
}

const nobody: DispatchView = { ways: [], underWay: 0 }

function beatingOf(bitrix: { readonly url: string }, log: string[], seen: string[], heart: Heart): Beating {
  const way = { register: 'till-1', id: 'shop-12/till-1', store: 'shop-12', secrets: [secretOf(1)] }
  const { heartbeatMs = 5, answerMs = 60_000, ...more } = heart
  const limits = { connectMs: 60_000, answerMs, totalMs: 60_000, lanes: 1 }
  return {
    receivers: [
      {
        ...{ url: bitrix.url, ledgerUrl: null, proxy: null, ca: null, pinnedKeys: [], ...limits },
        ways: [{ ...way, sendAll: false, heartbeatMs }],
      },
    ],
    viewOf: () => view(),
    outbox: { counts: () => counts },
    dispatch: () => nobody,
    sawSite: (register, { host }) => void seen.push(`${register} ${host}`),
    ...{ version: '0.1.0', instance: 'i-1', clock: Date.now, random: () => 0 },
    log: openLog('debug', new Writable({ write: (chunk, _, done) => done(void log.push(String(chunk))) })),
    ...more,
  }
}

async function beat(heart: Heart = {}, behave: () => Behaviour = () => 'accept'): Promise<Beat> {
  const bitrix = await openBitrix({ secrets })
  bitrix.behaveAside = behave
  const [log, seen]: string[][] = [[], []]
  const stopping = new AbortController()
  const running = keepBeating(beatingOf(bitrix, log ?? [], seen ?? [], heart), stopping.signal)
  const over = running.catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  const stop = async () => {
    stopping.abort(new Error('stop'))
    await over
  }
  onTestFinished(async () => {
    await stop()
    await bitrix[Symbol.asyncDispose]()
  })
  return { bitrix, log: log ?? [], seen: seen ?? [], stop, over }
}

/** True once so many heartbeats have arrived, all of them genuine. */
async function beats(bitrix: Bitrix, wanted: number): Promise<boolean> {
  await bitrix.until(({ asides }) => asides.length >= wanted)
  return bitrix.asides.every(({ genuine, type }) => genuine && type === 'pos.heartbeat')
}

test('a register tells again and again that it is there, signed, and books nothing', async () => {
  const { bitrix, seen, stop } = await beat()
  await bitrix.until(({ asides }) => asides.length >= 3)
  await stop()
  const [first] = bitrix.asides
  expect(first).toMatchObject({ genuine: true, type: 'pos.heartbeat' })
  expect(first?.headers).toMatchObject({ 'chekpost-instance': 'i-1', 'chekpost-waiting': '2' })
  expect(bitrix.counts()).toMatchObject({ deliveries: 0, booked: 0, ignored: 0 })
  expect(seen[0]).toBe('till-1 shop.example')
})

test('what it says follows the published schema and tells the state of register and outbox', () => {
  const ways = [{ register: 'till-1', clockOffsetSeconds: 240 }]
  const of = (change?: (view: RegisterView) => void) =>
    heartbeatOf(
      {
        ...beatingOf({ url: '' }, [], [], { viewOf: () => view(change) }),
        dispatch: () => ({ ways, underWay: 0 }) as never,
      },
      { register: 'till-1', id: 'shop-12/till-1', store: 'shop-12' },
      at,
    )
  expect(of()).toEqual({
    ...{ specVersion: '1', type: 'pos.heartbeat', eventId: `HB-shop-12/till-1-${Math.floor(at / 60_000)}` },
    ...{ register: { id: 'shop-12/till-1' }, store: 'shop-12', sentAt: '2026-08-21T10:00:07.000Z' },
    agent: { version: '0.1.0', instance: 'i-1' },
    device: { state: 'idle', since: '2026-08-21T10:00:02.000Z', serial: null, fn, lastDocument: 42 },
    outbox: { waiting: 2, oldestSeconds: 61, parked: 1, gaps: 3 },
    clockOffsetSeconds: 240,
  })
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(jsonSchema())
  expect([validate(of()), validate.errors]).toEqual([true, null])
  expect(validate({ ...of(), cashier: 'Иванова' })).toBe(false)
  const states: readonly [string, (view: RegisterView) => void][] = [
    ['connecting', (it) => void Object.assign(it, { line: 'connecting' })],
    ['lost', (it) => void Object.assign(it, { line: 'lost' })],
    ['halted', (it) => tell(it, 'halted', said('another drive'), null, at)],
    ['busy', (it) => see(it, { kind: 'busy', text: said('a receipt is open') }, at)],
    ['stopped', (it) => see(it, { kind: 'stopped', text: said('reset'), hint: said('call') }, at)],
  ]
  for (const [state, change] of states) {
    expect(of(change).device.state).toBe(state)
    expect(validate(of(change))).toBe(true)
  }
})

test.each([400, 404, 422])(
  'a receiver that answers %i to the first one gets no more of them',
  async (status) => {
    const { bitrix, log, over } = await beat({}, () => ({ status }))
    await over
    expect(bitrix.asides).toHaveLength(1)
    expect(log.filter((line) => line.includes('knows no heartbeats'))).toHaveLength(1)
  },
)

test('one that has acknowledged a heartbeat knows them, whatever it answers later', async () => {
  let answered = 0
  const { bitrix } = await beat({}, () => (++answered === 1 ? 'accept' : { status: 404 }))
  expect(await beats(bitrix, 4)).toBe(true)
})

test('a way that is stopped says nothing about heartbeats: it is told again', async () => {
  const ways = [{ register: 'till-1', state: 'stopped', clockOffsetSeconds: null }]
  const { bitrix } = await beat({ dispatch: () => ({ ways, underWay: 0 }) as never }, () => ({ status: 404 }))
  expect(await beats(bitrix, 3)).toBe(true)
})

test.each<Behaviour>([{ status: 503 }, { status: 401 }, { status: 410 }, 'html', 'reset', 'hang'])(
  'after the answer %j it goes on',
  async (behaviour) => {
    const { bitrix } = await beat(behaviour === 'hang' ? { answerMs: 100 } : {}, () => behaviour)
    expect(await beats(bitrix, 2)).toBe(true)
  },
)

test('with an interval of 0 nothing is ever sent', async () => {
  const { bitrix, over } = await beat({ heartbeatMs: 0 })
  await over
  expect(bitrix.asides).toHaveLength(0)
})

test('an outbox that does not answer ends no heartbeat: it comes when the disk is well again', async () => {
  let asked = 0
  const outbox = {
    counts: () => {
      if (asked++ < 2) throw new StoreError('busy', said('the disk is busy'))
      return counts
    },
  }
  const { bitrix } = await beat({ outbox })
  await bitrix.until(({ asides }) => asides.length >= 1)
  expect(asked).toBeGreaterThan(2)
})

test('a chain does not beat in step: the first beat comes some time within the first minute', async () => {
  const { bitrix } = await beat({ random: () => 0.5, heartbeatMs: 600_000 })
  for (let i = 0; i < 20; i++) await tick()
  expect(bitrix.asides).toHaveLength(0)
})
