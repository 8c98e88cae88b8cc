/** What the daemon takes of a shop's PC, and whether an outage of months makes it take more. */
import { readFileSync } from 'node:fs'
import { pause } from '../../drivers/index.ts'
import type { Shop } from '../demo/shop.ts'
import type { Behaviour } from '../fakes/bitrix.ts'
import { openShopWith } from './backlog.ts'
import { type Bench, type Figure, median, type Row } from './figure.ts'
import { importRows } from './imports.ts'

const forEver = new AbortController().signal
const lookMs = 100

/** Resident memory, megabytes. */
interface Resident {
  readonly middle: number
  readonly peak: number
}

/** The real process, connected to a register. */
export const memory: Figure = {
  name: 'memory',
  how: 'VmRSS of the real agent, connected and polling, looked at ten times a second for 30 s (median, and VmHWM since the start): with a few receipts, all delivered; with 250 000 undelivered ones and a site that answers 503; with the same and a site that takes all it gets, over eight lanes.',
  reach: 'a backlog of 250 000 adds at most 20 MB; at most 160 MB in all',
  async measure(bench: Bench): Promise<readonly Row[]> {
    // So many that everything a delivery needs is loaded.
    const few = 20
    const many = bench.quick ? 2_000 : 250_000
    const empty = await residentWith(bench, few, 'accept')
    const refused = await residentWith(bench, many, { status: 503 })
    const draining = await residentWith(bench, many, 'accept')
    bench.say('imports')
    const added = (what: string, { middle }: Resident): Row => ({
      what: `${what}, beyond an empty outbox`,
      value: middle - empty.middle,
      unit: 'MB',
      reach: { most: 20 },
      note: `${middle.toFixed(0)} MB against ${empty.middle.toFixed(0)} MB`,
    })
    return [
      added('a backlog that the site refuses', refused),
      added('a backlog that is being delivered', draining),
      {
        what: 'the most that was ever resident',
        value: Math.max(empty.peak, refused.peak, draining.peak),
        unit: 'MB',
        reach: { most: 160 },
        note: `empty ${empty.peak.toFixed(0)} MB, refused ${refused.peak.toFixed(0)} MB, delivering ${draining.peak.toFixed(0)} MB`,
      },
      ...importRows(bench.quick ? 1 : 5),
    ]
  },
}

async function residentWith({ say, quick }: Bench, receipts: number, site: Behaviour): Promise<Resident> {
  say(`${receipts} receipts, the site answers ${JSON.stringify(site)}`)
  await using shop = await openShopWith(receipts, { bitrix: { lanes: 8 } })
  shop.behaviour = site
  shop.start()
  await shop.statusWhere(({ registers }) => registers[0]?.state?.kind === 'idle', 'connected and idle')
  await pause(quick ? 500 : 5_000, forEver)
  const seen = await lookAt(shop, quick ? 1_000 : 30_000)
  demandBusy(shop, site)
  return seen
}

async function lookAt(shop: Shop, forMs: number): Promise<Resident> {
  const { pid } = shop.agent
  const seen: number[] = []
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    seen.push(sizeOf(pid, 'VmRSS'))
    await pause(lookMs, forEver)
    // The sample site remembers every request; here nobody asks it, and 250 000 would fill this process instead.
    shop.bitrix.received.length = 0
  }
  return { middle: median(seen), peak: sizeOf(pid, 'VmHWM') }
}

/** The state that was to be measured was there. */
function demandBusy(shop: Shop, site: Behaviour): void {
  const { deliveries, booked } = shop.bitrix.counts()
  if (deliveries === 0 || (site === 'accept' && booked === 0)) throw new Error('nothing was delivered')
}

/** One line of /proc/PID/status (proc(5)), megabytes. */
function sizeOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`no ${what} of process ${pid}`)
  return Number(kilobytes) / 1_024
}
