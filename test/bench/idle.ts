/** What a shop's PC pays for a till that sells nothing: processor time of the agent while it only polls. */

import { pause } from '../../drivers/index.ts'
import { openShop } from '../demo/shop.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { processorSeconds } from './processortime.ts'

const forEver = new AbortController().signal

/** One register, polled as usual. */
export const idle: Figure = {
  name: 'idle',
  how: 'The real agent polls one idle register every 2 s; utime + stime of /proc/PID/stat over 60 s, after it has settled.',
  reach: 'at most 1 % of a core',
  async measure({ quick, say }: Bench): Promise<readonly Row[]> {
    await using shop = await openShop({
      tills: { 'till-1': { config: { pollSeconds: 2, quietSeconds: 5 } } },
    })
    shop.start()
    await shop.statusWhere(({ registers }) => registers[0]?.state?.kind === 'idle', 'connected and idle')
    await pause(quick ? 1_000 : 10_000, forEver)
    const pid = shop.agent.pid
    const [seconds, from, began] = [quick ? 3 : 60, processorSeconds(pid), performance.now()]
    say(`${seconds} s`)
    await pause(seconds * 1_000, forEver)
    const cpuSeconds = processorSeconds(pid) - from
    const wallSeconds = (performance.now() - began) / 1_000
    return [
      {
        what: 'processor time while polling every 2 s',
        value: (100 * cpuSeconds) / wallSeconds,
        unit: '% of a core',
        reach: { most: 1 },
        note: `${cpuSeconds.toFixed(2)} s in ${wallSeconds.toFixed(0)} s`,
      },
    ]
  },
}
