/** How much sooner a backlog is delivered over eight lanes than over one. */
import { pause } from '../../drivers/index.ts'
import { openShopWith } from './backlog.ts'
import type { Bench, Figure, Row } from './figure.ts'

const forEver = new AbortController().signal

/** What the site takes to answer, milliseconds. */
const answerMs = 40

/** The morning after a night without network. */
export const drain: Figure = {
  name: 'drain',
  how: `The real agent with 400 receipts kept and undelivered; the site answers ${answerMs} ms after each request. From the first request to the last answer, with lanes: 8 and with lanes: 1.`,
  reach: 'eight lanes at least 6 times as quick as one',
  async measure(bench: Bench): Promise<readonly Row[]> {
    const receipts = bench.quick ? 40 : 400
    const one = await drainMs(bench, receipts, 1)
    const eight = await drainMs(bench, receipts, 8)
    const rate = (ms: number) => `${((1_000 * receipts) / ms).toFixed(0)} a second`
    return [
      {
        what: 'a backlog over eight lanes, against one',
        value: one / eight,
        unit: '×',
        reach: { least: 6 },
        note: `${rate(eight)} against ${rate(one)}`,
      },
    ]
  },
}

async function drainMs({ say }: Bench, receipts: number, lanes: number): Promise<number> {
  say(`${receipts} receipts, lanes: ${lanes}`)
  let first: number | null = null
  await using shop = await openShopWith(receipts, {
    bitrix: { lanes },
    received: () => {
      first ??= performance.now()
    },
  })
  shop.behaviour = { afterMs: answerMs }
  shop.start()
  while (shop.bitrix.counts().booked < receipts) await pause(5, forEver)
  const { twice, duplicates } = shop.bitrix.counts()
  if (twice + duplicates > 0) throw new Error(`${duplicates} came again, ${twice} were booked twice`)
  return performance.now() - (first ?? Number.NaN)
}
