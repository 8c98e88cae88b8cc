/** What booking a receipt on the site costs: the real agent, the receiver in PHP over the stand-in for Bitrix, MariaDB. */
import { decodeBody } from '../../agent/fiscal/decode.ts'
import type { StoredDocument } from '../fakes/register/documents.ts'
import { openMaria, openSite, type Site } from '../receiver/site.ts'
import { type Known, tieNames } from '../receiver/trade/names.ts'
import { openShopWith } from './backlog.ts'
import { drive as storage, storedReceipt } from './documents.ts'
import type { Bench, Figure, Row } from './figure.ts'

const store = 1
const register = 'shop/till-1'
const laneCounts = [1, 4, 8] as const

interface Drained {
  readonly perSecond: number
  /** Statements of the receiver and of the stand-in for Bitrix. */
  readonly statements: number
}

export const booking: Figure = {
  name: 'booking',
  how: 'The real agent drains receipts of some ten lines into the receiver: PHP 8 without a cache of its code, eight processes, the stand-in for the kernel of Bitrix, MariaDB with durable commits, all on this machine. From the first to the last booked receipt, with lanes: 1, 4 and 8, on an empty ledger and on one with a million documents. Statements are those that MariaDB counted, the kernel’s own included.',
  reach: 'a million documents in the ledger slow nothing down by more than 1.3 ×',
  async measure(bench: Bench): Promise<readonly Row[]> {
    const [receipts, ledger] = bench.quick ? [8, 1_000] : [60, 1_000_000]
    await using db = await openMaria({ durable: true, bufferPool: '256M' })
    await using site = await openSite(db)
    await stock(site)
    const empty = await drainedBy(bench, site, receipts)
    bench.say(`filling the ledger with ${ledger} documents`)
    await fillLedger(site, ledger)
    const full = await drainedBy(bench, site, receipts)
    return [
      ...rowsOf('an empty ledger', empty),
      ...rowsOf(`${ledger} documents in the ledger`, full),
      slowdown(empty, full),
    ]
  },
}

function rowsOf(where: string, drained: readonly Drained[]): Row[] {
  return drained.map(({ perSecond, statements }, at) => ({
    what: `receipts booked a second, ${where}, lanes: ${laneCounts[at]}`,
    value: perSecond,
    unit: '',
    note: `${statements.toFixed(1)} statements a receipt`,
  }))
}

function slowdown(empty: readonly Drained[], full: readonly Drained[]): Row {
  const [before, after] = [empty[0]?.perSecond ?? Number.NaN, full[0]?.perSecond ?? Number.NaN]
  return {
    what: 'time of a booking with a million documents in the ledger, against none, one lane',
    value: before / after,
    unit: '×',
    reach: { most: 1.3 },
  }
}

async function drainedBy(bench: Bench, site: Site, receipts: number): Promise<Drained[]> {
  const drained: Drained[] = []
  for (const lanes of laneCounts) {
    bench.say(`${receipts} receipts, lanes: ${lanes}`)
    drained.push(await drain(site, receipts, lanes))
  }
  return drained
}

async function drain(site: Site, receipts: number, lanes: number): Promise<Drained> {
  await site.sql('DELETE FROM chekpost_event WHERE register_id = ?', register)
  await using shop = await openShopWith(receipts, { bitrix: { lanes, url: site.url } })
  await site.register({ id: register, storeId: store, secret: shop.secrets[0] ?? '' })
  const before = await site.statements()
  let looks = 0
  const booked = async () => {
    looks++
    return Number(
      await site.value(
        'SELECT COUNT(*) FROM chekpost_event WHERE register_id = ? AND fn = ? AND state = ?',
        ...[register, storage, 'booked'],
      ),
    )
  }
  shop.start()
  await shop.until(async () => (await booked()) > 0, 'the first receipt is booked')
  const [first, since] = [await booked(), performance.now()]
  await shop.until(async () => (await booked()) >= receipts, 'every receipt is booked', 300_000)
  const seconds = (performance.now() - since) / 1_000
  return {
    perSecond: (receipts - first) / seconds,
    statements: ((await site.statements()) - before - looks) / receipts,
  }
}

/** Every name that the receipts hold is a product of its own. */
async function stock(site: Site): Promise<void> {
  const names = new Set<string>()
  for (let number = 1; number <= 64; number++)
    for (const name of namesIn(storedReceipt(number))) names.add(name)
  await site.store({ id: store })
  const known = [...names].map((name, at): Known => [name, at + 1, '1'])
  for (const [name, id] of known)
    if (id !== null) await site.product({ id, name, amount: { [store]: 1_000_000 } })
  await tieNames(site, known)
}

/** As the site gets them: CP866 knows fewer signs than the till. */
function namesIn({ type, body }: StoredDocument): string[] {
  const { document } = decodeBody(type, body)
  return 'lines' in document ? document.lines.flatMap(({ name }) => name ?? []) : []
}

/** Receipts of another register, with bodies of the usual size and two movements each. */
async function fillLedger(site: Site, count: number): Promise<void> {
  const body = JSON.stringify(storedReceipt(1).lines)
  await site.sql(
    `INSERT INTO chekpost_event (event_key, fingerprint, register_id, fn, fd, type, occurred_at, state, booking, documents,
       response, http_status, body, created_at, updated_at, booked_at)
     SELECT CONCAT('FN9999078900000001-FD', seq), SHA2(seq, 256), 'shop/old', '9999078900000001', seq, 'pos.sale',
       '2026-01-01T12:00:00+03:00', 'booked', 'documents', '[]', '{}', 200, ?, NOW(), NOW(), NOW() FROM seq_1_to_${count}`,
    body,
  )
  await site.sql(
    `INSERT INTO chekpost_movement (event_key, product_id, store_id, way, quantity, created_at)
     SELECT CONCAT('FN9999078900000001-FD', 1 + seq DIV 2), 1 + seq MOD 10, ${store}, 'out', 1, NOW() FROM seq_1_to_${2 * count}`,
  )
}
