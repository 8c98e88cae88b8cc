/**
 * Eight connections sell the same few goods while everything is provoked: pauses between reading and writing an amount,
 * copies of a receipt at the same moment, processes that die before the status or after the commit, handlers that throw
 * or refuse, a database session that is cut. The stock has to be what the receipts say, to the thousandth.
 *
 * `RACES=1000` sets the number of receipts, `SEED` plays a run again.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pause } from '../../drivers/index.ts'
import { Books } from './sale/books.ts'
import { type LineOptions, type Receipt, receipt } from './sale/receipt.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

const count = Number(process.env['RACES'] ?? 1000)
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const products = [101, 102, 103, 104, 105] as const
const stores = [1, 2] as const
/** The set: what it takes, in thousandths. */
const setParts: Readonly<Record<number, number>> = { 101: 1000, 102: 250 }

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db)
  for (const id of stores) await site.store({ id })
  await site.register()
  await site.register({ id: 'shop-12/till-2', storeId: 2 })
  for (const id of products)
    await site.product({ id, amount: { 1: 10_000, 2: '20000.5' }, barcode: barcode(id), measure: 166 })
  await site.product({ id: 106, type: 2, barcode: barcode(106), measure: 166, set: { 101: 1, 102: '0.25' } })
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})

const barcode = (id: number) => `4600000000${id}`
const dice = mulberry(seed)

/** A number from 0 below `below`. */
function roll(below: number): number {
  return Math.floor(dice() * below)
}

function mulberry(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Sold {
  readonly body: Receipt
  readonly register: string
}

/** The receipts of a busy day, and what they must do to `<product>:<store>`, in thousandths. */
function busyDay(): { receipts: Sold[]; changes: Map<string, number> } {
  const changes = new Map<string, number>()
  const receipts = Array.from({ length: count }, (_, at) => {
    const till = 1 + roll(2)
    const back = roll(8) === 0
    const lines = Array.from({ length: 1 + roll(4) }, () => lineOf(till, back, changes))
    const register = `shop-12/till-${till}`
    return { register, body: receipt(lines, { fd: at + 1, register, operation: back ? 2 : 1 }) }
  })
  return { receipts, changes }
}

function lineOf(store: number, back: boolean, changes: Map<string, number>): LineOptions {
  const id = 101 + roll(6)
  const thousandths = 1 + roll(4000)
  const unit = roll(2) === 0 ? 11 : 10
  const grams = unit === 10
  // The set is counted in whole units, so that its quarter has no more than three decimals.
  const sold = id === 106 ? 1000 * (1 + roll(3)) : thousandths
  for (const [part, each] of Object.entries(id === 106 ? setParts : { [id]: 1000 })) {
    const place = `${part}:${store}`
    changes.set(place, (changes.get(place) ?? 0) + ((back ? 1 : -1) * sold * each) / 1000)
  }
  return { ean: barcode(id), unit, quantity: grams ? String(sold) : (sold / 1000).toFixed(3) }
}

/** Delivers as the agent does, without its patience; a copy runs beside it now and then. */
async function deliver({ body, register }: Sold): Promise<void> {
  for (;;) {
    const answers = await Promise.all(
      Array.from({ length: roll(10) === 0 ? 3 : 1 }, () => site.post(body, { register }).catch(() => null)),
    )
    if (answers.some((answer) => answer !== null && answer.status < 300)) return
    for (const answer of answers) expect([undefined, 409, 503]).toContain(answer?.status)
    await pause(5 + roll(40), new AbortController().signal)
  }
}

async function deliverAll(receipts: readonly Sold[]): Promise<void> {
  const waiting = [...receipts]
  const lane = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await deliver(next)
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

async function provoke(): Promise<void> {
  await site.fault('pause_between_read_and_write_ms', '4', { percent: 40 })
  await site.fault('crash_before_status', 'kill', { percent: 1 })
  await site.fault('crash_after_commit', 'kill', { percent: 1 })
  await site.fault('handler:OnDocumentUpdate', 'throw', { percent: 3 })
  await site.fault('handler:OnStoreProductUpdate', 'throw', { percent: 1 })
  await site.fault('handler:OnBeforeDocumentAdd', 'false', { percent: 2 })
  await site.fault('line_fails:103', 'yes', { percent: 3 })
  await site.fault('db_gone_after', '25', { percent: 2 })
}

// Half a minute of both processors; a machine with ten other things to do takes minutes.
const timeout = 600_000

test(`${count} receipts over eight connections: the stock is exact (SEED=${seed})`, { timeout }, async () => {
  const books = await Books.open(site)
  const before = new Map(
    await Promise.all(places().map(async (place) => [place, await amountOf(place)] as const)),
  )
  const { receipts, changes } = busyDay()
  await provoke()
  await deliverAll(receipts)
  await site.heal()
  // What a refusal has parked is tried again, as the site does.
  const parked = new Set(
    (await site.sql("SELECT event_key k FROM chekpost_event WHERE state = 'parked'")).map(({ k }) => k),
  )
  await deliverAll(receipts.filter(({ body }) => parked.has(body.eventId)))

  const after = new Map(
    await Promise.all(places().map(async (place) => [place, await amountOf(place)] as const)),
  )
  for (const place of places())
    expect([place, after.get(place)]).toEqual([place, (before.get(place) ?? 0) + (changes.get(place) ?? 0)])
  expect(await books.disagreements()).toEqual([])
  expect(
    await site.sql(
      'SELECT state, COUNT(*) n, COUNT(DISTINCT event_key) k FROM chekpost_event GROUP BY state',
    ),
  ).toEqual([{ state: 'booked', n: String(count), k: String(count) }])
  expect(
    await site.value("SELECT COUNT(DISTINCT DOC_NUMBER) FROM b_catalog_store_docs WHERE STATUS = 'Y'"),
  ).toBe(String(count))
  expect(site.died).toBeGreaterThan(0)
  expect(Number(await site.value('SELECT COUNT(*) FROM chekpost_failure'))).toBeGreaterThan(0)
})

function places(): string[] {
  return products.flatMap((product) => stores.map((store) => `${product}:${store}`))
}

/** Thousandths. */
async function amountOf(place: string): Promise<number> {
  const [product = 0, store = 0] = place.split(':').map(Number)
  return Math.round(Number(await site.amount(product, store)) * 1000)
}
