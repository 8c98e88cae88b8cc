/** A shop with two registers as the status sees it, for tests of what is made of it. */

import type { DiskFacts } from '../../../agent/disk.ts'
import type { WayView } from '../../../agent/dispatch.ts'
import type { OutboxCounts } from '../../../agent/outbox.ts'
import type { SiteMemory } from '../../../agent/sites.ts'
import { Counters } from '../../../agent/status/counters.ts'
import type { Facts } from '../../../agent/status/series.ts'
import { type Subject, takeSnapshot } from '../../../agent/status/snapshot.ts'
import { newView, type RegisterView, see } from '../../../agent/view.ts'

export const now = Date.UTC(2026, 7, 21, 10)

export const quiet: OutboxCounts = {
  documents: 120,
  waiting: 0,
  parked: 0,
  accepted: 100,
  withoutBytes: 0,
  oldestWaitingAt: null,
  lastReadAt: now - 60_000,
  lastAcceptedAt: now - 30_000,
}

export const disk: DiskFacts = {
  ageMs: 20_000,
  at: now - 10_000,
  freeBytes: 8_000_000_000,
  sizeBytes: 32_000_000_000,
  writable: true,
  outboxBytes: 5_242_880,
}

export function wayOf(register: string, more: Partial<WayView> = {}): WayView {
  return {
    register,
    id: `shop-12/${register}`,
    destination: 'shop.example/sale.php',
    state: 'ready',
    since: new Date(now - 3_600_000).toISOString(),
    words: null,
    hint: null,
    lastStatus: 200,
    lastTriedAt: new Date(now - 30_000).toISOString(),
    lastAnswerAt: new Date(now - 30_000).toISOString(),
    lastAcceptedAt: null,
    nextTryAt: null,
    breaker: 'closed',
    clockOffsetSeconds: null,
    ...more,
  }
}

export interface Change {
  readonly view?: (view: RegisterView) => void
  readonly way?: Partial<WayView>
  readonly counts?: Partial<OutboxCounts>
  readonly site?: SiteMemory
  readonly disk?: DiskFacts | null
}

/** `change` is made to the first register, `till-1`; `till-2` is well. */
export function factsOf(change: Change = {}): Facts {
  const views = ['till-1', 'till-2'].map((name) => {
    const view = newView({ name, id: `shop-12/${name}`, driver: 'shtrih', address: 'tcp:x' }, now - 3_600_000)
    view.line = 'connected'
    see(view, { kind: 'idle' }, now - 1000)
    view.newest = { storage: '9285000100150175', number: 4711 }
    view.identity = {
      ...{ model: 'РИТЕЙЛ-01Ф', firmware: 'C.1', serial: '0141870012176301', registrationNumber: null },
      ...{ inn: null, organisation: null, address: null, storage: '9285000100150175' },
      ...{ debugStorage: false, storageExpires: '2027-03-01' },
    }
    return view
  })
  const [first] = views
  if (first !== undefined) change.view?.(first)
  const counts = { ...quiet, ...change.counts }
  const subject: Subject = {
    ...{ version: '1.2.3', instance: 'i', startedAt: now - 3_600_000, views },
    dispatch: () => ({ ways: [wayOf('till-1', change.way), wayOf('till-2')], underWay: 1 }),
    outbox: {
      counts: (register?: string) => (register === 'till-2' ? quiet : counts),
    } as unknown as Subject['outbox'],
    ...{ storageTrouble: () => null, siteOf: () => change.site ?? null, heldOf: () => null },
    ...{ lastOf: () => null, hours: () => [], work: () => [] },
  }
  const facts = { snapshot: takeSnapshot(subject, now), counters: new Counters() }
  return { ...facts, disk: change.disk === undefined ? disk : change.disk }
}
