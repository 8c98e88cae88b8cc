/** How long after a sale the site hears of it, as the shop would see it: real process, real sockets, real clock. */
import { pause } from '../../drivers/index.ts'
import { openShop, type Shop, type TillOptions } from '../demo/shop.ts'
import { keyOf } from '../demo/tally.ts'
import type { LineToSell, SimulatedRegister } from '../fakes/register.ts'
import { type Bench, type Figure, percentile, type Row } from './figure.ts'

/** What may come on top of the poll that finds the sale: reading, keeping, decoding, sending. */
const allowedMs = 150
/** A closed receipt is printed for so long; until then 10h answers that the register is busy. */
const printMs = 300
/** A sale that has not arrived by then never will. */
const lostMs = 60_000

interface Plan {
  readonly quietSeconds: number
  readonly pollSeconds: number
  readonly tills: number
  /** By each till, one after another. */
  readonly sales: number
}

/** Milliseconds until the webhook arrived, from two moments. */
interface Latency {
  /** The print ended: 10h would report idle. */
  readonly sinceIdle: number
  /** 10h reported idle for the first time. */
  readonly sinceTold: number
}

/** One agent, several tills, every one of them selling at moments that know nothing of the polls. */
export const latency: Figure = {
  name: 'latency',
  how:
    'The real agent over unpaced TCP, 6 tills, 300 sales of 1 to 10 lines at random moments, each printed for 300 ms; ' +
    'from the moment 10h reports idle (the print is over) to the arrival of the request at the receiver. ' +
    'With quietSeconds 5: 12 tills, 48 sales.',
  reach: 'p99 at most the poll interval + 150 ms with quietSeconds 0',
  async measure({ quick, say }: Bench): Promise<readonly Row[]> {
    const pollSeconds = quick ? 0.2 : 2
    const prompt = { quietSeconds: 0, pollSeconds, tills: quick ? 1 : 6, sales: quick ? 3 : 50 }
    const patient = { ...prompt, quietSeconds: quick ? 1 : 5, tills: quick ? 2 : 12, sales: quick ? 1 : 4 }
    return [...rowsOf(prompt, await sell(prompt, say)), ...rowsOf(patient, await sell(patient, say))]
  },
}

function rowsOf({ quietSeconds, pollSeconds }: Plan, found: readonly Latency[]): Row[] {
  const sinceIdle = found.map((one) => one.sinceIdle)
  const most = pollSeconds * 1_000 + allowedMs
  const what = (part: string) => `${part}, quietSeconds ${quietSeconds}, polled every ${pollSeconds} s`
  const unit = 'ms'
  const note = `${found.length} sales`
  const worst: Row = { what: what('p99'), value: percentile(sinceIdle, 0.99), unit, note }
  return [
    { what: what('p50'), value: percentile(sinceIdle, 0.5), unit, note },
    quietSeconds === 0 ? { ...worst, reach: { most } } : worst,
    {
      what: what('p99 from the first idle answer to a poll'),
      value: percentile(
        found.map((one) => one.sinceTold),
        0.99,
      ),
      unit,
      note,
    },
  ]
}

async function sell(plan: Plan, say: Bench['say']): Promise<Latency[]> {
  const arrivals = new Map<string, number>()
  const tills = Array.from({ length: plan.tills }, (_, i) => new Till(i + 1))
  await using shop = await openShop({
    tills: Object.fromEntries(tills.map((till) => [till.name, till.options(plan)])),
    received: ({ id }) => void arrivals.set(id, arrivals.get(id) ?? performance.now()),
  })
  shop.start()
  await shop.statusWhere(
    ({ registers }) => registers.every(({ state, behind }) => state?.kind === 'idle' && behind === 0),
    'every till connected and idle',
  )
  say(`quietSeconds ${plan.quietSeconds}: ${plan.tills} tills sell`)
  const found = await Promise.all(tills.map((till) => till.sellAll(shop, plan, arrivals)))
  return found.flat()
}

/** One register, its cashier, and the ear that hears when it tells that it is idle. */
class Till {
  readonly name: string
  readonly #index: number
  readonly #forEver = new AbortController().signal
  #idleAt = Number.POSITIVE_INFINITY
  #toldAt: number | null = null

  constructor(index: number) {
    this.name = `till-${index}`
    this.#index = index
  }

  options({ quietSeconds, pollSeconds }: Plan): TillOptions {
    return {
      // As text: sixteen digits are more than a number holds exactly.
      serial: `00123400005678${String(this.#index).padStart(2, '0')}`,
      drive: { number: `92524403001234${String(this.#index).padStart(2, '0')}` },
      printMs,
      config: { quietSeconds, pollSeconds },
      wire: { answerMs: (command) => this.#asked(command) },
    }
  }

  async sellAll(shop: Shop, plan: Plan, arrivals: ReadonlyMap<string, number>): Promise<Latency[]> {
    const register = shop.register(this.name)
    const found: Latency[] = []
    for (let sale = 0; sale < plan.sales; sale++) {
      await pause(Math.random() * plan.pollSeconds * 1_000, this.#forEver)
      found.push(await this.#sellOne(register, sale, arrivals))
    }
    return found
  }

  async #sellOne(
    register: SimulatedRegister,
    sale: number,
    arrivals: ReadonlyMap<string, number>,
  ): Promise<Latency> {
    this.#toldAt = null
    const key = keyOf(register.closeReceipt({ lines: basket(1 + (sale % 10)) }))
    const idleAt = performance.now() + printMs
    this.#idleAt = idleAt
    for (let at = arrivals.get(key); ; at = arrivals.get(key)) {
      if (at !== undefined && this.#toldAt !== null)
        return { sinceIdle: at - idleAt, sinceTold: at - this.#toldAt }
      if (performance.now() > idleAt + lostMs) throw new Error(`${key} never arrived`)
      await pause(5, this.#forEver)
    }
  }

  /** Told of every command as it is answered; the register answers at once. */
  #asked(command: string): number {
    const now = performance.now()
    if (command === '10' && now >= this.#idleAt) this.#toldAt ??= now
    return 0
  }
}

function basket(lines: number): LineToSell[] {
  return Array.from({ length: lines }, (_, i) => ({
    name: `Молоко ультрапастеризованное 3,2 % 950 мл, партия ${i + 1}`,
    quantity: '2.000',
    price: 8_990 + i,
    article: `A-${1_000 + i}`,
  }))
}
