/** One receiver's address with its lanes, its breaker and the ways of the registers that deliver there. */
import PQueue from 'p-queue'
import type { PostOptions } from '../bitrix/post.ts'
import { parseSecret } from '../bitrix/sign.ts'
import { Webhook } from '../bitrix/webhook.ts'
import { Breaker, type BreakerLimits } from '../breaker.ts'
import { Way } from './way.ts'

/** One register that delivers to a destination. */
export interface WayOptions {
  /** The register's name in the config, as it stands in the outbox. */
  readonly register: string
  readonly store: string
  /** `whsec_…`, the newest first; several while they rotate. */
  readonly secrets: readonly string[]
  /** Sends documents that move nothing as well. */
  readonly sendAll: boolean
}

/** One address. Registers that share it share its lanes, its connections and its breaker. */
export interface DestinationOptions extends PostOptions {
  readonly ways: readonly WayOptions[]
}

/** One register's part of a destination. */
export interface Route {
  readonly options: WayOptions
  readonly way: Way
  readonly keys: readonly Uint8Array[]
}

export class Destination implements Disposable {
  /** Host and path; a query may hold a key. */
  readonly label: string
  readonly lanes: number
  readonly queue: PQueue
  readonly webhook: Webhook
  readonly breaker: Breaker
  readonly routes: ReadonlyMap<string, Route>
  #turn = 0

  /** Throws `SecretError` for a secret that cannot be used. */
  constructor(options: DestinationOptions, clock: () => number, random: () => number, limits: BreakerLimits) {
    const { host, pathname } = new URL(options.url)
    this.label = host + pathname
    this.lanes = options.lanes
    this.queue = new PQueue({ concurrency: options.lanes })
    this.webhook = new Webhook(options, clock)
    this.breaker = new Breaker(limits, random)
    this.routes = new Map(
      options.ways.map((way) => [
        way.register,
        {
          options: way,
          way: new Way(way.register, `${way.store}/${way.register}`, clock()),
          keys: way.secrets.map(parseSecret),
        },
      ]),
    )
  }

  /** The registers, each time beginning with the next one. */
  registersInTurn(): string[] {
    const registers = [...this.routes.keys()]
    const first = this.#turn++ % registers.length
    return [...registers.slice(first), ...registers.slice(0, first)]
  }

  [Symbol.dispose](): void {
    this.webhook[Symbol.dispose]()
  }
}
