import { expect, test } from 'vitest'
import { Metrics } from '../../../agent/status/metrics.ts'
import { allSeries, type Facts } from '../../../agent/status/series.ts'
import { tell } from '../../../agent/view.ts'
import { readExposition } from './exposition.ts'
import { type Change, factsOf, now } from './facts.ts'

const metrics = new Metrics()

async function exposed(facts: Facts) {
  const { contentType, body } = await metrics.metricsOf(facts)
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  const families = readExposition(body)
  return (name: string, labels: Record<string, string> = {}) => {
    const family = families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? families.get(name)
    const found = family?.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    return found?.length === 1 ? found[0]?.value : found?.length === 0 ? null : found
  }
}

const of = async (change: Change) => await exposed(factsOf(change))
const till = { store: 'shop-12', register: 'till-1' }

test('every series has its help, its type and a name by the conventions', async () => {
  const { body } = await metrics.metricsOf(factsOf())
  const families = readExposition(body)
  for (const { name, type, help } of allSeries) {
    expect(families.get(name)).toMatchObject({ type, help })
    expect(name).toMatch(/^chekpost_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    if (/_age|since|last|expiry|duration|offset/.test(name) && !name.endsWith('_number'))
      expect(name).toMatch(/_seconds$/)
  }
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ])
    expect(families.get(name)?.help).toBeTruthy()
})

test('the age of the oldest undelivered receipt is told for the whole and for its register', async () => {
  const value = await of({ counts: { waiting: 2, parked: 3, oldestWaitingAt: now - 754_000 } })
  expect(value('chekpost_oldest_undelivered_age_seconds')).toBe(754)
  expect(value('chekpost_register_oldest_undelivered_age_seconds', till)).toBe(754)
  expect(value('chekpost_register_oldest_undelivered_age_seconds', { register: 'till-2' })).toBe(0)
  expect(value('chekpost_documents_waiting', till)).toBe(2)
  expect(value('chekpost_documents_parked', till)).toBe(3)
})

test('times are seconds, and what is not known has no sample', async () => {
  const value = await of({ counts: { lastReadAt: null } })
  expect(value('chekpost_last_accepted_timestamp_seconds', till)).toBe(now / 1000 - 30)
  expect(value('chekpost_last_read_timestamp_seconds', till)).toBe(null)
  expect(value('chekpost_drive_expiry_timestamp_seconds', till)).toBe(Date.UTC(2027, 2, 1) / 1000)
  const blind = await of({ disk: null, view: (view) => Object.assign(view, { identity: null }) })
  expect(blind('chekpost_drive_expiry_timestamp_seconds', till)).toBe(null)
  for (const name of ['free_bytes', 'size_bytes', 'writable', 'checked_timestamp_seconds'])
    expect(blind(`chekpost_disk_${name}`)).toBe(null)
  expect((await of({}))('chekpost_disk_free_bytes')).toBe(8_000_000_000)
})

test('a register, its way and its breaker are each in one state', async () => {
  const value = await of({
    view: (view) => {
      view.line = 'lost'
      tell(view, 'halted', { ru: 'другая касса', en: 'another register' }, null, now)
    },
    way: { state: 'stopped', breaker: 'half-open', clockOffsetSeconds: -300 },
  })
  expect(value('chekpost_register_connected', till)).toBe(0)
  expect(value('chekpost_register_state', { ...till, state: 'halted' })).toBe(1)
  expect(value('chekpost_register_state', { ...till, state: 'lost' })).toBe(0)
  expect(value('chekpost_way_state', { ...till, state: 'stopped' })).toBe(1)
  expect(value('chekpost_way_state', { ...till, state: 'ready' })).toBe(0)
  expect(value('chekpost_breaker_state', { ...till, state: 'half-open' })).toBe(1)
  expect(value('chekpost_clock_offset_seconds', till)).toBe(-300)
  expect(value('chekpost_health_state', { colour: 'red' })).toBe(1)
  expect(value('chekpost_health_state', { colour: 'green' })).toBe(0)
})

test('gaps of the last comparison are told by kind, and none before the first', async () => {
  const audit = { at: new Date(now).toISOString(), documents: 9, gaps: { notInBitrix: 2 }, asked: true }
  const site = { ledgerId: 'l', host: 'h', since: '', changed: null, audit }
  const value = await of({ site })
  expect(value('chekpost_audit_gaps', { ...till, kind: 'notInBitrix' })).toBe(2)
  expect(value('chekpost_audit_gaps', { ...till, kind: 'notRead' })).toBe(0)
  expect((await of({}))('chekpost_audit_gaps', { ...till, kind: 'notInBitrix' })).toBe(null)
})

test('attempts are counted by their end, also those before the first scrape', async () => {
  const facts = factsOf()
  facts.counters.attempted('till-1', 'accepted', 40)
  facts.counters.attempted('till-1', 'accepted', 700)
  facts.counters.attempted('till-1', 'retry', 95_000)
  facts.counters.attempted('till-1', 'a word of tomorrow', -5)
  const value = await exposed(facts)
  const attempts = (outcome: string) => value('chekpost_delivery_attempts_total', { ...till, outcome })
  expect(['accepted', 'retry', 'park', 'other'].map(attempts)).toEqual([2, 1, 0, 1])
  const took = 'chekpost_delivery_duration_seconds'
  const upTo = (le: string) => value(`${took}_bucket`, { ...till, le })
  expect(['0.05', '0.5', '1', '60', '+Inf'].map(upTo)).toEqual([2, 2, 3, 3, 4])
  expect(value(`${took}_count`, till)).toBe(4)
  expect(value(`${took}_sum`, till)).toBeCloseTo(95.74)
  expect(value(`${took}_count`, { register: 'till-2' })).toBe(0)
})

test('a name with quotes and line breaks stays one label', async () => {
  const model = 'Касса "М"\\\nchekpost_health_state{colour="red"} 1'
  const facts = factsOf({
    view: (view) => {
      if (view.identity !== null) view.identity = { ...view.identity, model }
    },
  })
  const info = readExposition((await metrics.metricsOf(facts)).body).get('chekpost_register_info')
  expect(info?.samples[0]?.labels).toMatchObject({ model, drive: '9285000100150175' })
})

test('two scrapes at once tell each what it was given', async () => {
  const [first, second] = await Promise.all([
    of({ counts: { waiting: 1, oldestWaitingAt: now - 5_000 } }),
    of({ counts: { waiting: 1, oldestWaitingAt: now - 9_000 } }),
  ])
  expect(first('chekpost_oldest_undelivered_age_seconds')).toBe(5)
  expect(second('chekpost_oldest_undelivered_age_seconds')).toBe(9)
})
