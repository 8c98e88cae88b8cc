/**
 * How long whoever looks at the page waits: every question it asks, put to a full fiscal drive and to a quiet
 * morning. A question more is one more entry of `questions`.
 */
import { join } from 'node:path'
import { parseConfig } from '../../agent/config.ts'
import type { Desk } from '../../agent/desk/desk.ts'
import { deskOver } from '../../agent/desk/open.ts'
import { readFacts, timeInBody } from '../../agent/facts.ts'
import type { Journal } from '../../agent/journal.ts'
import type { Delivery, NewDocument } from '../../agent/outbox.ts'
import { framed } from '../../agent/status/frame.ts'
import { pages } from '../../agent/status/pages/index.ts'
import type { Face } from '../../agent/status/visit.ts'
import { openJournal } from '../../agent/store/journal.ts'
import { openOutbox } from '../../agent/store/open.ts'
import type { Text } from '../../agent/text.ts'
import { drive, keptReceipt, till } from './documents.ts'
import { type Bench, type Figure, median, percentile, type Row } from './figure.ts'
import { followed } from './filled.ts'

/** What a page is asked; `size` receipts are kept, numbered from 1, one every `stepMs`, the last of them now. */
export interface Question {
  readonly name: string
  readonly ask: (shop: Shop) => unknown
}

/** An installation as the page finds it. */
export interface Shop {
  readonly desk: Desk
  /** The whole HTML of a page at this address. */
  readonly draw: (address: string) => Promise<string>
  readonly journal: Journal
  readonly size: number
  readonly now: number
}

const stepMs = 90_000
const batch = 2_000
const never = new AbortController().signal
/** No page takes longer, milliseconds; a browser shows it at once. */
const promisedMs = 50

const limit = 50
const daysAgo = ({ now }: Shop, days: number) => new Date(now - days * 86_400_000).toISOString().slice(0, 19)
const kopecks = 100_000_000

/** In the order of the table. */
export const questions: readonly Question[] = [
  { name: 'overview', ask: ({ desk }) => desk.status({}, never) },
  { name: 'chart of 24 hours', ask: ({ journal, now }) => journal.hours(now) },
  { name: 'newest receipts', ask: ({ desk }) => desk.list({ limit }, never) },
  { name: 'one receipt', ask: ({ desk, size }) => desk.show({ number: Math.ceil(size / 2) }, never) },
  { name: 'search: first page', ask: ({ desk }) => desk.search({ limit }, never) },
  {
    name: 'search: a number',
    ask: ({ desk, size }) =>
      desk.search({ fromNumber: Math.ceil(size / 3), toNumber: Math.ceil(size / 3), limit }, never),
  },
  {
    name: 'search: a day',
    ask: (shop) => shop.desk.search({ fromTime: daysAgo(shop, 8), toTime: daysAgo(shop, 7), limit }, never),
  },
  {
    name: 'search: a quarter',
    ask: (shop) =>
      shop.desk.search({ fromTime: daysAgo(shop, 200), toTime: daysAgo(shop, 110), limit }, never),
  },
  {
    name: 'search: a sum',
    ask: ({ desk }) => desk.search({ minTotal: 150_000, maxTotal: 150_500, limit }, never),
  },
  { name: 'search: parked', ask: ({ desk }) => desk.search({ state: 'parked', limit }, never) },
  { name: 'search: delivered', ask: ({ desk }) => desk.search({ state: 'accepted', limit }, never) },
  {
    name: 'search: what no receipt is',
    ask: ({ desk, size }) =>
      desk.search(
        {
          register: till,
          fromNumber: 2,
          toNumber: size,
          state: 'accepted',
          minTotal: 1,
          maxTotal: kopecks,
          fromTime: '2000-01-01T00:00:00',
          receiptsOnly: true,
          limit: 200,
        },
        never,
      ),
  },
  {
    name: 'search: two wide filters that exclude each other',
    ask: (shop) =>
      shop.desk.search(
        { toNumber: Math.floor(shop.size / 2), fromTime: daysAgo(shop, 1), minTotal: 1, limit },
        never,
      ),
  },
  {
    name: 'dry run of a day',
    ask: (shop) =>
      shop.desk.previewReplay({ selection: { fromTime: daysAgo(shop, 8), toTime: daysAgo(shop, 7) } }, never),
  },
  {
    name: 'dry run of a day without receipts',
    ask: (shop) =>
      shop.desk.previewReplay(
        { selection: { fromTime: '2000-01-01T00:00:00', toTime: '2000-01-01T23:59:59' } },
        never,
      ),
  },
  {
    name: 'list of a day',
    ask: (shop) => shop.desk.list({ fromTime: daysAgo(shop, 8), toTime: daysAgo(shop, 7), limit }, never),
  },
]

/** The whole pages, their HTML included. */
const drawn: readonly Question[] = [
  { name: 'drawn: overview', ask: ({ draw }) => draw('/') },
  { name: 'drawn: receipts', ask: ({ draw }) => draw('/receipts') },
  {
    name: 'drawn: receipts of a day',
    ask: (shop) => shop.draw(`/receipts?from=${daysAgo(shop, 8)}&to=${daysAgo(shop, 7)}`),
  },
  {
    name: 'drawn: a receipt',
    ask: ({ draw, size }) => draw(`/receipt?fn=${drive}&fd=${Math.ceil(size / 2)}`),
  },
  { name: 'drawn: what is parked', ask: ({ draw }) => draw('/parked') },
]

/** The page at 1 000, 100 000 and 1 000 000 receipts. */
export const page: Figure = {
  name: 'page',
  how:
    'What the status page asks, and its whole pages as HTML, put by turns to outboxes with 1 000, 100 000 and 1 000 000 receipts, nearly all delivered, ' +
    'one in 500 parked; the ratio of the medians to 1 000, and the slowest question in milliseconds (the 95th of 100).',
  reach: `no question takes over ${promisedMs} ms with 1 000 000 receipts`,
  async measure(bench: Bench): Promise<readonly Row[]> {
    const sizes = bench.quick ? [100, 500, 2_000] : [1_000, 100_000, 1_000_000]
    const [few, ...more] = sizes.map((size) => openShop(bench, size))
    if (few === undefined) throw new Error('no sizes')
    try {
      const rows: Row[] = []
      for (const shop of more) rows.push(...(await rowsOf(bench, few, shop)))
      return [...rows, ...more.slice(-1).map((shop) => shop.filling)]
    } finally {
      for (const shop of [few, ...more]) shop[Symbol.dispose]()
    }
  },
}

async function rowsOf({ quick, say }: Bench, few: Opened, many: Opened): Promise<Row[]> {
  const rows: Row[] = []
  const slowest = { ms: 0, name: '' }
  const size = many.size.toLocaleString('en').replaceAll(',', ' ')
  for (const { name, ask } of [...questions, ...drawn]) {
    say(`${name} at ${many.size}`)
    const [long, short]: [number[], number[]] = [[], []]
    for (let time = 0; time < (quick ? 3 : 103); time++) {
      const pair = [await timeOf(ask, many), await timeOf(ask, few)] as const
      // The first ones prepare statements.
      if (quick || time >= 3) {
        long.push(pair[0])
        short.push(pair[1])
      }
    }
    const late = percentile(long, 0.95)
    if (late >= slowest.ms) Object.assign(slowest, { ms: late, name })
    const note = `${median(long).toFixed(2)} ms against ${median(short).toFixed(2)} ms`
    rows.push({ what: `${name} with ${size}`, value: median(long) / median(short), unit: '×', note })
  }
  const value = slowest.ms
  return [
    ...rows,
    {
      what: `slowest question with ${size}`,
      value,
      unit: 'ms',
      reach: { most: promisedMs },
      note: slowest.name,
    },
  ]
}

async function timeOf(ask: Question['ask'], shop: Shop): Promise<number> {
  const began = performance.now()
  await ask(shop)
  return performance.now() - began
}

interface Opened extends Shop, Disposable {
  /** How fast the index takes in what is there. */
  readonly filling: Row
}

function openShop({ folder, say }: Bench, size: number): Opened {
  say(`filling ${size}`)
  const now = Date.now()
  const path = join(folder, `outbox-${size}.db`)
  fill(path, size, now)
  const outbox = openOutbox(path, { timeInside: timeInBody })
  const journal = openJournal({ path: join(folder, `journal-${size}.db`), outbox: path, readFacts })
  const began = performance.now()
  while (journal.catchUp());
  const seconds = (performance.now() - began) / 1_000
  const config = parseConfig(
    `store: shop
timezone: Europe/Moscow
stateDir: ${folder}
registers: [{ name: ${till}, driver: shtrih, address: 'tcp:127.0.0.1:1' }]
bitrix: { url: 'https://shop.example/', secretFile: webhook }
`,
    'chekpost.yaml',
  )
  const desk = deskOver(
    config,
    outbox,
    () => [],
    () => journal,
  )
  return {
    ...{
      desk,
      journal,
      size,
      now,
      draw: drawnFrom({ desk, config, clock: Date.now, listenWire, lastTalk: () => [] }),
    },
    filling: {
      what: `taking ${size.toLocaleString('en').replaceAll(',', ' ')} into the index`,
      ...{ value: seconds, unit: 's', note: 'in slices of some milliseconds, beside the work' },
    },
    [Symbol.dispose]: () => {
      journal[Symbol.dispose]()
      outbox[Symbol.dispose]()
    },
  }
}

const listenWire = () => ({ [Symbol.dispose]: () => undefined })

function drawnFrom(face: Face): Shop['draw'] {
  return async (address) => {
    const { pathname, searchParams } = new URL(address, 'http://127.0.0.1')
    const found = pages.find(({ path }) => path === pathname)
    if (found === undefined) throw new Error(`no page ${pathname}`)
    const say = ({ ru }: Text) => ru
    const visit = {
      language: 'ru' as const,
      say,
      query: Object.fromEntries(searchParams),
      who: 'bench',
      signal: never,
    }
    const menu = pages.filter(({ inMenu }) => inMenu)
    return framed(
      found,
      await found.draw(face, visit),
      { menu, address, zone: 'Europe/Moscow' },
      visit,
    ).toString()
  }
}

/** As after a year: delivered, but for one in 500. */
function fill(path: string, count: number, now: number): void {
  using outbox = openOutbox(path)
  outbox.beginStorage(followed)
  // A used drive does not know its first documents any more: a gap that no time is known of stands before all.
  outbox.keepDocument(forgotten(1), now)
  for (let from = 1; from <= count; from += batch) {
    const size = Math.min(batch, count - from + 1)
    outbox.keepDocuments(
      Array.from({ length: size }, (_, i) => delivered(from + i, now - (count - from - i) * stepMs)),
      now,
    )
  }
  outbox.tidy()
}

/** Of a number that no receipt of the questions has. */
function forgotten(number: number): NewDocument {
  const key = { storage: drive, number: 4_000_000 + number, register: till }
  return { ...key, type: null, format: 'absent', source: 'register', owed: false, bytes: null, summary: null }
}

function delivered(number: number, at: number): NewDocument {
  const kept = keptReceipt(number)
  const isParked = number % 500 === 0
  const delivery: Delivery = {
    ...{ dueAt: null, attempts: 1, settledAt: isParked ? null : at + 1_000, replay: false },
    ...{ outcome: isParked ? 'park' : 'accepted', why: isParked ? 'no such product' : null },
    answer: isParked ? null : `{"eventId":"FN${drive}-FD${number}","state":"booked","reasons":[]}`,
  }
  const time = new Date(at).toISOString().slice(0, 19)
  const total = 10_000 + ((number * 7_919) % 400_000)
  return {
    ...kept,
    summary: kept.summary && { ...kept.summary, time, total },
    imported: { readAt: at, fingerprint: null, masked: false, delivery },
  }
}
