/** One run of the demo: a shop that sells, and everything a viewer may want to know of it. Knows no terminal. */
import { join } from 'node:path'
import { remoteDesk } from '../../agent/desk/remote.ts'
import type { Health } from '../../agent/status/health.ts'
import { type Text, text } from '../../agent/text.ts'
import type { Behaviour, Received } from '../fakes/bitrix.ts'
import type { ClosedDocument } from '../fakes/register.ts'
import { runChaos } from './chaos.ts'
import type { DemoOptions } from './options.ts'
import { PageLink, portForPage } from './page.ts'
import { openShop, type Shop } from './shop.ts'
import { Snags } from './snags.ts'
import { countKept, keyOf, type Tally } from './tally.ts'

/** Whose event it is, for its colour. */
export type Who = 'register' | 'agent' | 'site' | 'person'

export interface Happening {
  readonly at: Date
  readonly who: Who
  readonly words: Text
}

/** One of the goods as the site counts it. */
export interface Ware {
  readonly name: string
  /** Millionths of a unit. */
  readonly left: bigint
  readonly moved: bigint
}

/** Everything true right now. */
export interface Scene {
  readonly seconds: number
  readonly line: string
  readonly plugged: boolean
  readonly open: boolean
  readonly agent: boolean
  readonly deaths: number
  readonly health: Health | null
  readonly closed: number
  readonly newest: number
  readonly kept: number
  readonly waiting: number
  readonly delivered: number
  readonly repeats: number
  readonly parked: number
  readonly forbidden: number
  readonly undrained: number
  readonly twice: number
  readonly wares: readonly Ware[]
  readonly happenings: readonly Happening[]
  /** A one-time link into the status page; null while there is none. */
  readonly link: string | null
  /** What a viewer may try on the page now. */
  readonly tip: Text | null
  /** The selling is over; the last receipts are on their way. */
  readonly ending: boolean
}

/** How a run ended. */
export interface Result {
  readonly tally: Tally
  /** The agent did not end as told, or goods were booked otherwise than sold: a sentence, or null. */
  readonly complaint: string | null
}

/** What the site has of everything when the demo begins. */
const firstStock = 1_000_000_000n
/** As systemd's `RestartSec=`. */
const restartMs = 1_000

export class Story implements AsyncDisposable {
  readonly shop: Shop
  readonly #options: DemoOptions
  readonly #began = performance.now()
  readonly #happenings: Happening[]
  readonly #names = new Map<string, string>()
  readonly #link: PageLink | null
  #health: Health | null = null
  #ending = false
  /** Only for whoever looks: a program that counts, and chaos, want nothing but deliveries. */
  readonly #snags: Snags | null
  /** What the site does with what has just come. */
  #judged: Behaviour = 'accept'

  private constructor(shop: Shop, options: DemoOptions, happenings: Happening[]) {
    this.shop = shop
    this.#options = options
    this.#happenings = happenings
    this.#link = options.json ? null : new PageLink(shop.stateDir)
    const isWatched = !options.json && !options.chaos
    this.#snags = isWatched ? new Snags((words) => this.#tell('person', words)) : null
  }

  /** Opens the shop, starts the agent and begins to sell. */
  static async begin(options: DemoOptions): Promise<Story> {
    const happenings: Happening[] = []
    const tell = (who: Who, words: Text) => note(happenings, who, words)
    const learning: { from: (received: Received) => void } = { from: () => undefined }
    const page = options.json ? null : `127.0.0.1:${await portForPage()}`
    const shop = await openShop({
      config: { status: { listen: page } },
      received: (received) => learning.from(received),
      line: options.line,
      tills: { 'till-1': { seed: options.seed, closed: (document) => tell('register', sold(document)) } },
      // So that every receipt closed is one delivered, advances as well.
      bitrix: { sendAll: true },
      restartMs,
      agentEnded: () => tell('agent', text('умер; systemd запустит снова', 'died; systemd starts it again')),
    })
    const story = new Story(shop, options, happenings)
    learning.from = (received) => story.#learn(received)
    shop.behaviour = () => story.#judged
    shop.start()
    shop.register().startSelling({ rate: options.rate })
    return story
  }

  get happenings(): readonly Happening[] {
    return this.#happenings
  }

  /** Lets chance do its worst until the signal aborts, if it is asked to. */
  async chaos(signal: AbortSignal): Promise<void> {
    if (!this.#options.chaos) return
    await runChaos(this.shop, this.#options.seed, (words) => this.#tell('person', words), signal)
  }

  async togglePlug(): Promise<void> {
    const { shop } = this
    if (shop.isPlugged()) {
      this.#tell('person', text('кабель кассы выдернут', "the register's cable is pulled out"))
      shop.unplugRegister()
    } else {
      this.#tell('person', text('кабель кассы воткнут', "the register's cable is back in"))
      await shop.plugRegister()
    }
  }

  async toggleReceiver(): Promise<void> {
    const { shop } = this
    if (shop.receiving) {
      this.#tell('person', text('сайт остановлен', 'the site is stopped'))
      await shop.stopReceiver()
    } else {
      this.#tell('person', text('сайт снова работает', 'the site is back'))
      await shop.startReceiver()
    }
  }

  async killAgent(): Promise<void> {
    this.#tell('person', text('агент убит: kill -9', 'the agent is killed: kill -9'))
    await this.shop.killAgent()
  }

  async destroyDatabase(): Promise<void> {
    this.#tell('person', text('база агента испорчена', "the agent's database is garbage"))
    this.shop.destroyDatabase('garbage')
    await this.shop.killAgent()
  }

  /** Asks the agent how it is; to be called now and then. */
  async refresh(): Promise<void> {
    this.#health = (await this.shop.status())?.health ?? null
    if (this.#health !== null && !this.#ending) await this.#link?.refresh(this.shop.agent.starts)
  }

  /** The link was used, or is not at hand: another one. */
  async renewLink(): Promise<void> {
    this.#link?.renew()
    await this.refresh()
  }

  scene(): Scene {
    const { shop } = this
    const { counters, documents } = shop.register()
    const counts = shop.bitrix.counts()
    const { receipts, waiting } = countKept(shop.outboxPath)
    return {
      seconds: Math.round((performance.now() - this.#began) / 1000),
      line: shop.address(),
      plugged: shop.isPlugged(),
      open: shop.receiving,
      agent: shop.agent.running,
      deaths: Math.max(0, shop.agent.starts - 1),
      health: this.#health,
      closed: counters.receipts,
      newest: documents.at(-1)?.number ?? 0,
      kept: receipts,
      waiting,
      delivered: this.#deliveredReceipts(),
      repeats: counts.duplicates,
      parked: counts.parked,
      forbidden: counters.forbidden,
      undrained: counters.undrained,
      twice: counts.twice,
      wares: this.#wares(),
      happenings: this.#happenings,
      link: this.#link?.url ?? null,
      tip: this.#ending ? null : (this.#snags?.tip ?? null),
      ending: this.#ending,
    }
  }

  /**
   * Ends the selling, mends what is broken, waits until all has arrived or nobody wants to wait any longer, stops
   * the agent and counts.
   */
  async finish(limitMs: number, impatient: AbortSignal): Promise<Result> {
    const { shop } = this
    this.#ending = true
    shop.register().stopSelling()
    await shop.mend()
    const late = await shop
      .until(() => this.#hasArrived(), 'drained', limitMs, impatient)
      .then(
        () => null,
        (error: unknown) => String(error),
      )
    const { code } = await shop.agent.terminate()
    const wrong = shop.misbooked()
    const complaint =
      late ??
      (code === 0 ? null : `the agent ended with code ${code}\n${shop.agent.log.slice(-2_000)}`) ??
      (wrong.length === 0 ? null : `booked otherwise than sold: ${wrong.join(', ')}`)
    return { tally: shop.tally(), complaint }
  }

  /** What nobody has sent again is sent now, as a technician would. */
  async #hasArrived(): Promise<boolean> {
    const { shop } = this
    if (shop.isDrained()) return true
    const status = this.#snags === null ? null : await shop.status()
    if ((status?.outbox.parked ?? 0) === 0) return false
    const order = { selection: { state: 'parked' }, who: 'demo', reason: 'the demo is over' } as const
    const desk = remoteDesk(join(shop.stateDir, 'control.sock'))
    await desk.replay(order, AbortSignal.timeout(5_000)).catch(() => undefined)
    return false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shop[Symbol.asyncDispose]()
  }

  #tell(who: Who, words: Text): void {
    note(this.#happenings, who, words)
  }

  /** Names of goods, for the ledger knows codes only. */
  #learn(received: Received): void {
    const { id, type, body } = received
    this.#judged = this.#snags?.judge(received) ?? 'accept'
    const number = id.split('-FD')[1] ?? id
    const known = this.shop.bitrix.ledger.entries.has(id)
    const { lines = [] } = JSON.parse(body) as { lines?: readonly NamedLine[] }
    for (const { code, name } of lines) {
      const product = code.gtin ?? code.ean ?? code.article ?? name
      if (product !== null) this.#names.set(product, (name ?? product).trim())
    }
    if (type === 'pos.report' || this.#judged !== 'accept') return
    this.#tell(
      'site',
      known
        ? text(`ФД ${number}: повтор, не проведён`, `FD ${number}: a repeat, not booked`)
        : text(`ФД ${number} проведён`, `FD ${number} is booked`),
    )
  }

  #deliveredReceipts(): number {
    const { entries } = this.shop.bitrix.ledger
    return this.shop.register().receipts.filter((receipt) => entries.has(keyOf(receipt))).length
  }

  #wares(): Ware[] {
    return [...this.shop.bitrix.ledger.stock()]
      .map(([product, moved]) => ({
        name: this.#names.get(product) ?? product,
        left: firstStock + moved,
        moved,
      }))
      .sort((a, b) => (a.moved < b.moved ? -1 : 1))
  }
}

interface NamedLine {
  readonly name: string | null
  readonly code: Readonly<Record<'gtin' | 'ean' | 'article', string | null>>
}

function sold({ number, type, lines, total }: ClosedDocument): Text {
  const sum = ((total ?? 0) / 100).toFixed(2)
  if (lines.length === 0)
    return text(`ФД ${number}: отчёт (форма ${type})`, `FD ${number}: a report (form ${type})`)
  return text(
    `ФД ${number}: ${lines.length} поз. ${sum.replace('.', ',')} ₽`,
    `FD ${number}: ${lines.length} lines, ${sum}`,
  )
}

function note(happenings: Happening[], who: Who, words: Text): void {
  happenings.push({ at: new Date(), who, words })
}
