/** What the till pays for people who look: reading and keeping with twenty open pages, against nobody looking. */
import { setMaxListeners } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { isServed } from '../demo/served.ts'
import { openShop, type Shop } from '../demo/shop.ts'
import { keepPort } from '../fakes/ports.ts'
import { type Bench, type Figure, median, type Row } from './figure.ts'
import { processorSeconds } from './processortime.ts'

const viewers = 20
const baud = 115_200

export const watched: Figure = {
  name: 'viewers',
  how:
    `The real agent reads receipts that were just rung up on a register at ${baud} baud and delivers them, by turns with ` +
    `nobody looking and with ${viewers} open live pages (half of them the talk on the wire); from the first receipt's ` +
    'closing to the last acknowledgement; the median of the pairs. The pages are read by this process on the same cores.',
  reach: 'no more than 1.05 times the time',
  async measure({ quick, say }: Bench): Promise<readonly Row[]> {
    const [pairs, receipts] = quick ? [1, 4] : [5, 40]
    const kept = await keepPort()
    await using _port = kept
    await using shop = await openShop({ config: { status: { listen: `127.0.0.1:${kept.port}` } } })
    shop.register().pace(baud)
    shop.start()
    const crowd = await Crowd.from(shop, kept.port)
    const turns = { alone: [] as Turn[], looked: [] as Turn[] }
    for (let pair = 0; pair < pairs; pair++) {
      say(`pair ${pair + 1} of ${pairs}`)
      for (const who of pair % 2 === 0 ? (['alone', 'looked'] as const) : (['looked', 'alone'] as const)) {
        if (who === 'looked') await crowd.gather()
        turns[who].push(await sell(shop, receipts))
        crowd.leave()
      }
    }
    const ratios = (what: keyof Turn) =>
      turns.looked.map((turn, i) => turn[what] / (turns.alone[i]?.[what] ?? Number.NaN))
    const seconds = (who: keyof typeof turns) => median(turns[who].map(({ wall }) => wall)).toFixed(2)
    return [
      {
        what: `${viewers} open pages, time to read and deliver`,
        value: median(ratios('wall')),
        unit: '×',
        reach: { most: 1.05 },
        note: `${receipts} receipts in ${seconds('looked')} s against ${seconds('alone')} s; ${crowd.heard} changes were sent`,
      },
      {
        what: `${viewers} open pages, processor time of the agent`,
        value: median(ratios('processor')),
        unit: '×',
      },
    ]
  },
}

interface Turn {
  readonly wall: number
  readonly processor: number
}

/** Rings up receipts and waits until nothing is owed of them; seconds. */
async function sell(shop: Shop, receipts: number): Promise<Turn> {
  const pid = shop.agent.pid
  const [began, before] = [performance.now(), processorSeconds(pid)]
  for (let i = 0; i < receipts; i++) shop.register().closeReceipt()
  await shop.waitUntilDrained()
  return { wall: (performance.now() - began) / 1_000, processor: processorSeconds(pid) - before }
}

/** Many people with the page open. */
class Crowd {
  readonly #port: number
  readonly #cookie: string
  #gone = new AbortController()
  /** Changes that all of them were sent, in all. */
  heard = 0

  constructor(port: number, cookie: string) {
    this.#port = port
    this.#cookie = cookie
  }

  /** Logs in as soon as the page is served. */
  static async from(shop: Shop, port: number): Promise<Crowd> {
    const desk = remoteDesk(join(shop.stateDir, 'control.sock'))
    await shop.until(() => isServed(`http://127.0.0.1:${port}`), 'page')
    const { url } = await desk.token({ who: 'bench' }, AbortSignal.timeout(10_000))
    const [cookie = ''] = (await fetch(url)).headers.getSetCookie()
    return new Crowd(port, cookie.split(';')[0] ?? '')
  }

  async gather(): Promise<void> {
    this.#gone = new AbortController()
    setMaxListeners(0, this.#gone.signal)
    const paths = ['/live/overview', '/live/wire?register=till-1']
    await Promise.all(Array.from({ length: viewers }, (_, i) => this.#look(paths[i % 2] ?? '')))
  }

  leave(): void {
    this.#gone.abort()
  }

  #look(path: string): Promise<void> {
    const { signal } = this.#gone
    return new Promise((resolve, reject) => {
      const asked = get(
        { port: this.#port, host: '127.0.0.1', path, headers: { cookie: this.#cookie }, signal },
        (response) => {
          if (response.statusCode !== 200) reject(new Error(`the stream was refused: ${response.statusCode}`))
          response.on('data', (piece: Buffer) => {
            if (piece.includes('data:')) this.heard++
          })
          response.on('error', () => undefined)
          resolve()
        },
      )
      asked.on('error', (error) => (signal.aborted ? undefined : reject(error)))
    })
  }
}
