/**
 * The whole way, as it is in a shop: a simulated register that sells, the real agent, the receiver in PHP over the
 * stand-in for Bitrix, a real MariaDB. Each of them is killed at random moments, and in the end the stock of the site
 * is counted against the fiscal documents.
 */

import { pause } from '../../../drivers/index.ts'
import { openShop, type Shop } from '../../demo/shop.ts'
import { isOwed, keyOf } from '../../demo/tally.ts'
import { millionthsOf } from '../../fakes/bitrix/ledger.ts'
import { Chance } from '../../fakes/register/chance.ts'
import type { ClosedDocument } from '../../fakes/register/documents.ts'
import { type Maria, openMaria, openSite, type Site } from '../site.ts'
import { basket, codes, goods, startAmount, stock, store } from './goods.ts'

export interface TradeOptions {
  /** Ends after so many rounds of five receipts and one death, or after so many seconds. */
  readonly rounds?: number
  readonly seconds?: number
  readonly seed: number
  readonly say?: (line: string) => void
}

/** What must not be there, and how much was tried. */
export interface Account {
  readonly receipts: number
  readonly kills: Readonly<Record<'agent' | 'php' | 'database' | 'booking', number>>
  /** Keys of receipts that the site does not know, or not as they should be. */
  readonly missing: readonly string[]
  /** Products whose stock is not what the fiscal documents say, with both amounts. */
  readonly wrongStock: readonly string[]
  /** Conducted documents that are not exactly one for each receipt and way. */
  readonly wrongDocuments: readonly string[]
}

const forEver = new AbortController().signal
const register = 'shop/till-1'

/** Sells and kills for so long, lets everything drain, and counts. */
export async function trade(options: TradeOptions): Promise<Account> {
  await using db = await openMaria()
  await using site = await openSite(db, { workers: 6 })
  await using shop = await openShop({
    tills: { 'till-1': { seed: options.seed, config: { pollSeconds: 0.1 } } },
    bitrix: { url: site.url, lanes: 4, connectSeconds: 5, answerSeconds: 10 },
    config: { codes },
    restartMs: 200,
  })
  await site.register({ id: register, storeId: store, secret: shop.secrets[0] ?? '' })
  await stock(site)
  await site.fault('pause_between_read_and_write_ms', '40', { percent: 30 })
  const kills = await tradeUnderFire(options, shop, site, db)
  await site.heal()
  const owed = shop.register().receipts.filter(isOwed)
  await arrived(shop, site, owed.length)
  return { receipts: shop.register().receipts.length, kills, ...(await count(site, owed)) }
}

async function tradeUnderFire(options: TradeOptions, shop: Shop, site: Site, db: Maria) {
  const chance = new Chance(options.seed)
  const kills = { agent: 0, php: 0, database: 0, booking: 0 }
  const { rounds = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = options
  const end = performance.now() + seconds * 1_000
  shop.start()
  for (let round = 0; round < rounds && performance.now() < end; round++) {
    const victim = chance.pick(['agent', 'php', 'database', 'booking', 'booking'] as const)
    if (victim === 'booking') await site.fault('crash_before_status', 'kill', { times: 1 })
    const before = await events(site)
    for (let sold = 0; sold < 5; sold++)
      shop.register().closeReceipt({ lines: basket(chance), operation: chance.happens(0.15) ? 2 : 1 })
    // Only who works can be hit in the middle of it.
    await shop.until(async () => (await events(site)) > before, 'receipts arrive', 60_000)
    await pause(chance.whole(100), forEver)
    kills[victim]++
    if (victim === 'agent') await shop.killAgent()
    if (victim === 'agent') shop.start()
    if (victim === 'php') await restart(site, chance)
    if (victim === 'database') await restart(db, chance)
    options.say?.(`${shop.register().receipts.length} receipts, killed: ${JSON.stringify(kills)}`)
  }
  return kills
}

async function events(site: Site): Promise<number> {
  return Number(await site.value('SELECT COUNT(*) FROM chekpost_event'))
}

async function restart(what: Site | Maria, chance: Chance): Promise<void> {
  await what.kill('SIGKILL')
  await pause(chance.whole(500), forEver)
  await what.start()
}

async function arrived(shop: Shop, site: Site, owed: number): Promise<void> {
  await shop.until(async () => (await events(site)) >= owed, 'every receipt has reached the site', 180_000)
}

async function count(site: Site, owed: readonly ClosedDocument[]) {
  const states = new Map(
    (await site.sql('SELECT event_key, state FROM chekpost_event')).map((row) => [
      row['event_key'],
      row['state'],
    ]),
  )
  const missing = owed.flatMap((document) => {
    const expected = [...movements(document)].length > 0 ? 'booked' : 'ignored'
    const found = states.get(keyOf(document)) ?? 'absent'
    return found === expected ? [] : [`${keyOf(document)} is ${found}, not ${expected}`]
  })
  return {
    missing,
    wrongStock: await wrongStock(site, owed),
    wrongDocuments: await wrongDocuments(site, owed),
  }
}

type Movement = readonly [product: number, way: 'in' | 'out', millionths: bigint]

/** What one receipt does to the site's stock, by the list of goods alone. */
function* movements({ lines }: ClosedDocument): Generator<Movement> {
  for (const { name, quantity, move } of lines) {
    if (move !== 'in' && move !== 'out') continue
    const good = goods.find(({ line }) => line.name === name)
    if (good === undefined) throw new Error(`nobody sells ${name}`)
    for (const [product, each] of Object.entries(good.takes))
      yield [Number(product), move, (millionthsOf(quantity) * millionthsOf(each)) / 1_000_000n]
  }
}

async function wrongStock(site: Site, owed: readonly ClosedDocument[]): Promise<string[]> {
  const expected = new Map<number, bigint>()
  for (const [product, way, millionths] of owed.flatMap((document) => [...movements(document)])) {
    const before = expected.get(product) ?? BigInt(startAmount) * 1_000_000n
    expected.set(product, way === 'out' ? before - millionths : before + millionths)
  }
  const wrong: string[] = []
  for (const [product, millionths] of expected) {
    const amount = await site.amount(product, store)
    // Bitrix keeps amounts as binary floating numbers: to the thousandth they are exact.
    if (Math.abs(Number(amount) - Number(millionths) / 1e6) > 0.0005)
      wrong.push(`product ${product}: ${amount}, not ${Number(millionths) / 1e6}`)
  }
  return wrong
}

async function wrongDocuments(site: Site, owed: readonly ClosedDocument[]): Promise<string[]> {
  const expected = owed.flatMap((document) => {
    const ways = new Set([...movements(document)].map(([, way]) => (way === 'out' ? 'D' : 'R')))
    return [...ways].map((type) => `${keyOf(document)} ${type} Y`)
  })
  const found = (await site.documents()).map(({ number, type, status }) => `${number} ${type} ${status}`)
  const surplus = found.filter((one, at) => !expected.includes(one) || found.indexOf(one) !== at)
  return [...surplus, ...expected.filter((one) => !found.includes(one)).map((one) => `no ${one}`)]
}
