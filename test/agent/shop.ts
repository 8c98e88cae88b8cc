/** A dispatcher with a real outbox and a real receiver on loopback, for tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { Dispatch, type DispatchOptions, type Understand } from '../../agent/dispatch.ts'
import { openLog } from '../../agent/log.ts'
import { eventId, type NewDocument, type Outbox } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { type Bitrix, type BitrixOptions, openBitrix, type Received } from '../fakes/bitrix.ts'
import { receipt } from './bitrix/receipts.ts'

export const secretOf = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`
export const secrets = { 'shop-12/till-1': [secretOf(1)], 'shop-12/till-2': [secretOf(2)] }
export const drives = { 'till-1': '9285000100150175', 'till-2': '7384440900844678' } as const
export type Till = keyof typeof drives

/** Documents of these tests are kept as the JSON of what they decode to. */
export const understand: Understand = ({ bytes }) => ({
  document: JSON.parse(Buffer.from(bytes ?? []).toString('utf8')),
  siteOrderSigns: [],
})

/** Quick, so that nothing is waited for in earnest. */
export const limits = {
  retryFirstMs: 5,
  retryLongestMs: 20,
  probe: { firstMs: 5, longestMs: 20 },
  breaker: { failures: 3, firstMs: 5, longestMs: 20, longestHoldMs: 3_600_000, widenAfter: 50 },
  shutdownMs: 300,
}

/** Closed when the test is over. */
export interface Shop {
  readonly outbox: Outbox
  readonly bitrix: Bitrix
  readonly dispatch: Dispatch
  readonly log: string[]
  /** Keeps a receipt of a till and tells the dispatcher; the number is the receipt's own. */
  readonly sell: (number: number, more?: Partial<ReturnType<typeof receipt>>, till?: Till) => void
  readonly keep: (document: Partial<NewDocument> & { number: number }) => void
  readonly outcome: (number: number, till?: Till) => string | null
  /** Resolves when nothing is due any more. */
  readonly drained: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Resolves when the dispatcher has looked around three more times. */
  readonly rounds: () => Promise<void>
  readonly clock: { ahead: number }
}

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-dispatch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function open(
  more: Partial<DispatchOptions> & {
    sendAll?: boolean
    lanes?: number
    wrap?: (outbox: Outbox) => Outbox
  } = {},
  site: Partial<BitrixOptions> = {},
): Promise<Shop> {
  const clock = { ahead: 0 }
  let beats = 0
  const now = () => Date.now() + clock.ahead
  const outbox = openOutbox(join(temporary(), 'outbox.db'))
  const bitrix = await openBitrix({ secrets, clock: now, ...site })
  const log: string[] = []
  for (const [register, storage] of Object.entries(drives))
    outbox.beginStorage({
      storage,
      register,
      first: 1,
      why: 'first',
      serial: '0141870012176301',
      inn: null,
      address: null,
      debug: false,
      seenAt: 1,
    })
  const way = (register: Till) => ({
    register,
    store: 'shop-12',
    secrets: secrets[`shop-12/${register}`],
    sendAll: more.sendAll ?? false,
  })
  const dispatch = new Dispatch({
    outbox: more.wrap?.(outbox) ?? outbox,
    destinations: [
      {
        url: `${bitrix.url}?token=hush`,
        proxy: null,
        ca: null,
        pinnedKeys: [],
        ...{ connectMs: 60_000, answerMs: 60_000, totalMs: 60_000 },
        lanes: more.lanes ?? 1,
        ways: [way('till-1'), way('till-2')],
      },
    ],
    zone: 'Europe/Moscow',
    understand,
    allowDebugDrive: false,
    version: '0.1.0',
    instance: 'i-1',
    log: openLog('trace', new Writable({ write: (chunk, _, done) => done(void log.push(String(chunk))) })),
    clock: now,
    random: Math.random,
    beat: () => void beats++,
    limits,
    ...more,
  })
  const stopping = new AbortController()
  const running = dispatch.run(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(async () => {
    await stop()
    await bitrix[Symbol.asyncDispose]()
    outbox[Symbol.dispose]()
  })
  const keep: Shop['keep'] = (document) => {
    const till = document.register === 'till-2' ? 'till-2' : 'till-1'
    const whole: NewDocument = {
      storage: drives[till],
      register: till,
      type: 3,
      format: 'tlv',
      bytes: new Uint8Array(),
      summary: null,
      source: 'register',
      owed: true,
      ...document,
    }
    outbox.keepDocument(whole, now())
    dispatch.nudge()
  }
  const sell: Shop['sell'] = (number, changed = {}, till = 'till-1') => {
    const made = receipt({ fn: drives[till], fd: number, fp: String(number), ...changed })
    keep({ number, register: till, type: made.documentType, bytes: Buffer.from(JSON.stringify(made)) })
  }
  const outcome: Shop['outcome'] = (number, till = 'till-1') =>
    outbox.find({ storage: drives[till], number })?.delivery?.outcome ?? null
  const drained = async () => {
    while (outbox.counts().waiting > 0 || dispatch.view().underWay > 0) await tick()
  }
  const rounds = async () => {
    for (const from = beats; beats < from + 3; ) {
      dispatch.nudge()
      await tick()
    }
  }
  return { outbox, bitrix, dispatch, log, sell, keep, outcome, drained, stop, rounds, clock }
}

export const key = (number: number, till: Till = 'till-1') => eventId({ storage: drives[till], number })
export const numberOf = ({ id }: Received) => Number(id.split('-FD')[1])
export const wayOf = ({ dispatch }: Shop, till: Till = 'till-1') =>
  dispatch.view().ways.find(({ register }) => register === till)

/** Lets everything else get on for a moment. */
export const tick = () => new Promise((resolve) => setTimeout(resolve, 2))

/** The same outbox with one verb of another behaviour; it gets the original one to call. */
export function withVerb<Name extends 'settle' | 'takeDue'>(
  outbox: Outbox,
  name: Name,
  verb: (original: Outbox[Name]) => Outbox[Name],
): Outbox {
  const replaced = verb(outbox[name].bind(outbox) as Outbox[Name])
  return new Proxy(outbox, {
    get(target, wanted) {
      if (wanted === name) return replaced
      const member: unknown = Reflect.get(target, wanted, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
