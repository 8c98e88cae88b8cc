/**
 * `/metrics`: the series as Prometheus reads them. prom-client is loaded, and the event loop measured, from the first
 * scrape on: a shop that nobody scrapes pays nothing for it.
 */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { allSeries, type Facts, type Series } from './series.ts'

/** The body of an answer and how it is labelled. */
export interface Exposed {
  readonly contentType: string
  readonly body: string
}

/** How finely the event loop is watched, milliseconds; each look wakes the process. */
const lagResolutionMs = 20

/** Gauges of the library that are named like counters; their parts by type stay. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** One for a daemon: it owns the registry, nothing is kept outside it. */
export class Metrics {
  #registry: Promise<Registry> | null = null
  #facts: Facts | null = null

  /** All samples are of `facts`, but for those of the process itself. */
  async metricsOf(facts: Facts): Promise<Exposed> {
    this.#registry ??= this.#open()
    const registry = await this.#registry
    // Read by every series before the first of them waits: two scrapes at once do not mix.
    this.#facts = facts
    return { contentType: registry.contentType, body: await registry.metrics() }
  }

  async #open(): Promise<Registry> {
    const client = await import('prom-client')
    const registry = new client.Registry()
    client.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagResolutionMs })
    for (const name of misnamed) registry.removeSingleMetric(name)
    const classes = { gauge: client.Gauge, counter: client.Counter, histogram: client.Histogram }
    for (const series of allSeries) {
      const { name, help, type } = series
      registry.registerMetric(this.#answering(new classes[type]({ name, help, registers: [] }), series))
    }
    return registry
  }

  /** A metric of the library that tells our samples instead of what it would count itself. */
  #answering<Metric extends Gauge | Counter | Histogram>(metric: Metric, series: Series): Metric {
    const { name, help, type, samples } = series
    const get = () => {
      const values = (this.#facts === null ? [] : samples(this.#facts)).map(({ labels, value, name }) => ({
        ...{ labels, value },
        ...(name !== undefined && { metricName: name }),
      }))
      return Promise.resolve({ name, help, type, values, aggregator: 'sum' })
    }
    // A histogram is asked for its text by another name than the rest.
    return Object.assign(metric, { get, getForPromString: get })
  }
}
