/** What is true right now, as one object: what `status --json` prints and the page shows. */

import type { DiskFacts } from '../disk.ts'
import type { DispatchView } from '../dispatch.ts'
import type { HourCount } from '../journal.ts'
import type { LastDocument } from '../lastdocument.ts'
import type { Outbox, OutboxCounts } from '../outbox.ts'
import type { ProgressView } from '../progress.ts'
import type { Held } from '../rebuilt.ts'
import type { SiteMemory } from '../sites.ts'
import type { Text } from '../text.ts'
import type { RegisterView, Trouble } from '../view.ts'
import { type Health, troublesOf, well } from './health.ts'

/** Times are ISO 8601 in UTC, ages are seconds. */
export interface Snapshot {
  readonly at: string
  readonly version: string
  readonly instance: string
  readonly startedAt: string
  /** The outbox could not be opened yet: of registers and receipts nothing is known, and no number counts. */
  readonly unopened?: true
  readonly health: Health
  /** What else is wrong, the gravest first. */
  readonly also: readonly Health[]
  readonly registers: readonly RegisterStatus[]
  readonly delivery: DispatchView
  readonly outbox: CountsStatus
  /** The outbox file's own troubles (set aside, being checked), or null. */
  readonly storageTrouble: Text | null
  /** Read and delivered in the last 24 hours, oldest first; empty when nobody counts them. */
  readonly hours: readonly HourCount[]
  /** Long work that is under way. */
  readonly work: readonly ProgressView[]
}

export interface RegisterStatus
  extends Omit<RegisterView, 'lineSince' | 'stateSince' | 'trouble' | 'pausedUntil' | 'unreadSince'> {
  readonly pausedUntil: string | null
  readonly unreadSince: string | null
  /** The newest kept document; null before the first. */
  readonly last: LastDocument | null
  readonly stateSince: string
  readonly lineSince: string
  readonly trouble: (Omit<Trouble, 'since'> & { since: string }) | null
  readonly outbox: CountsStatus
  /** The ledger that its receipts go into, and how the last comparison with it ended; null before the first answer. */
  readonly site: SiteMemory | null
  /** After a loss of the outbox: why what was sold before is held back. */
  readonly held: Held | null
}

export interface CountsStatus
  extends Omit<OutboxCounts, 'oldestWaitingAt' | 'lastReadAt' | 'lastAcceptedAt'> {
  readonly oldestWaitingAt: string | null
  readonly oldestWaitingSeconds: number | null
  readonly lastReadAt: string | null
  readonly lastAcceptedAt: string | null
}

/** What a snapshot is taken of. */
export interface Subject {
  readonly version: string
  readonly instance: string
  readonly startedAt: number
  readonly views: readonly RegisterView[]
  readonly dispatch: () => DispatchView
  readonly outbox: Outbox
  readonly storageTrouble: () => Text | null
  /** Why the status page is not served. */
  readonly pageTrouble?: () => Text | null
  /** The disk under the outbox as it was at the last look. */
  readonly disk?: () => DiskFacts | null
  readonly siteOf: (register: string) => SiteMemory | null
  /** Why earlier receipts of a register wait for the site's ledger. */
  readonly heldOf: (register: string) => Held | null
  readonly lastOf: (register: string) => LastDocument | null
  readonly hours: (now: number) => readonly HourCount[]
  readonly work: () => readonly ProgressView[]
}

export function takeSnapshot(subject: Subject, now: number): Snapshot {
  const registers = subject.views.map((view) => registerStatus(view, subject, now))
  const delivery = withNextTries(subject.dispatch(), subject.outbox)
  const outbox = countsStatus(subject.outbox.counts(), now)
  const storageTrouble = subject.storageTrouble()
  const [pageTrouble, disk] = [subject.pageTrouble?.() ?? null, subject.disk?.() ?? null]
  const [health = well, ...also] = troublesOf({
    ...{ registers, delivery, outbox, storageTrouble, pageTrouble, disk, now },
  })
  return {
    at: iso(now),
    version: subject.version,
    instance: subject.instance,
    startedAt: iso(subject.startedAt),
    health,
    also,
    registers,
    delivery,
    outbox,
    storageTrouble,
    hours: subject.hours(now),
    work: subject.work(),
  }
}

/** A way that waits for nothing but the pause of its receipts is tried when the first of them is due. */
function withNextTries(view: DispatchView, outbox: Outbox): DispatchView {
  const names = view.ways.map(({ register }) => register)
  const dueOf = (register: string) => {
    const at = outbox.nextDueAt(new Set(names.filter((name) => name !== register)))
    return at === null ? null : iso(at)
  }
  const ways = view.ways.map((way) =>
    way.state === 'waiting' && way.nextTryAt === null ? { ...way, nextTryAt: dueOf(way.register) } : way,
  )
  return { ...view, ways }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function registerStatus(
  view: RegisterView,
  { outbox, siteOf, heldOf, lastOf }: Pick<Subject, 'outbox' | 'siteOf' | 'heldOf' | 'lastOf'>,
  now: number,
): RegisterStatus {
  const { lineSince, stateSince, trouble, pausedUntil, unreadSince, ...rest } = view
  return {
    ...rest,
    pausedUntil: pausedUntil === null ? null : iso(pausedUntil),
    unreadSince: unreadSince === null ? null : iso(unreadSince),
    lineSince: iso(lineSince),
    stateSince: iso(stateSince),
    trouble: trouble === null ? null : { ...trouble, since: iso(trouble.since) },
    outbox: countsStatus(outbox.counts(view.name), now),
    site: siteOf(view.name),
    held: heldOf(view.name),
    last: lastOf(view.name),
  }
}

function countsStatus(counts: OutboxCounts, now: number): CountsStatus {
  const { oldestWaitingAt, lastReadAt, lastAcceptedAt, ...rest } = counts
  return {
    ...rest,
    oldestWaitingAt: oldestWaitingAt === null ? null : iso(oldestWaitingAt),
    oldestWaitingSeconds:
      oldestWaitingAt === null ? null : Math.max(0, Math.round((now - oldestWaitingAt) / 1000)),
    lastReadAt: lastReadAt === null ? null : iso(lastReadAt),
    lastAcceptedAt: lastAcceptedAt === null ? null : iso(lastAcceptedAt),
  }
}
