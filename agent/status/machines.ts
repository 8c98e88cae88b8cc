/** What programs ask of the page, from what is in memory: the numbers and whether the shop is at work. */
import type { Counters } from './counters.ts'
import { DiskWatch } from './disk.ts'
import { type Exposed, Metrics } from './metrics.ts'
import { type Readiness, readiness } from './ready.ts'
import type { Snapshot } from './snapshot.ts'

export interface MachineOptions {
  readonly stateDir: string
  /** The outbox's file. */
  readonly outbox: string
  readonly clock: () => number
  readonly counters: Counters
  readonly snapshot: () => Snapshot
}

export class Machines {
  readonly #options: MachineOptions
  readonly #disk: DiskWatch
  readonly #metrics = new Metrics()

  constructor(options: MachineOptions) {
    this.#options = options
    this.#disk = new DiskWatch(options.stateDir, options.outbox, options.clock)
  }

  /** A task for as long as the others are asked; ends when the signal aborts. */
  watchDisk(signal: AbortSignal): Promise<void> {
    return this.#disk.watch(signal)
  }

  readonly metrics = (): Promise<Exposed> => {
    const { snapshot, counters } = this.#options
    return this.#metrics.metricsOf({ snapshot: snapshot(), counters, disk: this.#disk.facts })
  }

  readonly readiness = (): Readiness => readiness(this.#options.snapshot(), this.#disk.facts)
}
