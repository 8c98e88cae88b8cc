/** How soon a daemon that was stopped, or killed, looks at its register again. */
import { pause } from '../../drivers/index.ts'
import type { Shop } from '../demo/shop.ts'
import { openShopWith } from './backlog.ts'
import { type Bench, type Figure, median, type Row } from './figure.ts'

const forEver = new AbortController().signal

/** A PC that was switched on, or off in the middle of its work. */
export const start: Figure = {
  name: 'start',
  how: 'From the start of the real process to the first byte that the register hears, with 250 000 undelivered receipts stored: after a stop in order, and after a kill, when the file is checked beside the work. Medians of seven starts; the file is in the page cache.',
  reach: 'at most 1 s',
  async measure({ quick, say }: Bench): Promise<readonly Row[]> {
    const receipts = quick ? 2_000 : 250_000
    say(`filling ${receipts}`)
    await using shop = await openShopWith(receipts)
    shop.behaviour = { status: 503 }
    await startMs(shop)
    const rows: Row[] = []
    for (const how of ['stop', 'kill'] as const) {
      say(`after a ${how}`)
      const times: number[] = []
      for (let round = 0; round < (quick ? 1 : 7); round++) {
        await settled(shop)
        await (how === 'stop' ? shop.agent.terminate() : shop.agent.destroy())
        times.push(await startMs(shop))
      }
      rows.push({
        what: `start to first poll after a ${how}`,
        value: median(times),
        unit: 'ms',
        reach: { most: 1_000 },
        note: `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms`,
      })
    }
    return rows
  },
}

async function startMs(shop: Shop): Promise<number> {
  const heard = shop.register().counters.bytesIn
  const began = performance.now()
  shop.start()
  while (shop.register().counters.bytesIn === heard) await pause(1, forEver)
  return performance.now() - began
}

/** It runs as it does all day, so that a kill finds it at work. */
async function settled(shop: Shop): Promise<void> {
  await shop.statusWhere(({ registers }) => registers[0]?.state?.kind === 'idle', 'connected and idle')
}
