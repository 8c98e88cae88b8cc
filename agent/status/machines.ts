/** What programs ask of the page, from what is in memory: the numbers and whether the shop is at work. */

import type { DiskFacts } from '../disk.ts'
import type { Counters } from './counters.ts'
import { type Exposed, Metrics } from './metrics.ts'
import { type Readiness, readiness } from './ready.ts'
import type { Snapshot } from './snapshot.ts'

export interface MachineOptions {
  /** Null before the first look. */
  readonly disk: () => DiskFacts | null
  readonly counters: Counters
  readonly snapshot: () => Snapshot
}

export class Machines {
  readonly #options: MachineOptions
  readonly #metrics = new Metrics()

  constructor(options: MachineOptions) {
    this.#options = options
  }

  readonly metrics = (): Promise<Exposed> => {
    const { snapshot, counters, disk } = this.#options
    return this.#metrics.metricsOf({ snapshot: snapshot(), counters, disk: disk() })
  }

  readonly readiness = (): Readiness => readiness(this.#options.snapshot(), this.#options.disk())
}
