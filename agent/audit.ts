/**
 * Compares register, outbox and Bitrix by document number: three accounts of one drive in, the gaps between them out.
 * Pure. It mends nothing: what is not read is the next round's work of the watcher, what is not in Bitrix is sent
 * again like any replay, and the rest is for a person.
 */
import {
  append,
  between,
  common,
  countOf,
  type NumberRange,
  numbersOf,
  united,
  without,
} from './bitrix/ranges.ts'
import { receiptTypes } from './fiscal/model.ts'
import type { AccountRow } from './outbox.ts'

/** The kinds of gaps, the gravest first. */
export const gapKinds = [
  /** The outbox counts it as delivered, the site does not have it. */
  'notInBitrix',
  /** The site has a number that neither the register nor the outbox knows of. */
  'unknownThere',
  /** The register has it, the outbox does not. */
  'notRead',
  /** The outbox has a receipt for which nothing is owed. */
  'notSent',
  'parkedHere',
  'parkedThere',
  'waiting',
  /** The register no longer gives it out in full: its lines are not known. */
  'absent',
] as const

export type GapKind = (typeof gapKinds)[number]
/** Document numbers by kind; a kind without numbers is left out. */
export type Gaps = Readonly<Partial<Record<GapKind, readonly NumberRange[]>>>

/** The outbox's account of one drive. */
export interface OutboxSide {
  /** Every number that has a row. */
  readonly known: readonly NumberRange[]
  /** What the site should have. */
  readonly there: readonly NumberRange[]
  readonly waiting: readonly NumberRange[]
  readonly parked: readonly NumberRange[]
  readonly absent: readonly NumberRange[]
  readonly unsent: readonly NumberRange[]
}

/** The site's account of one drive; null in its place = the site was not asked. */
export interface SiteSide {
  readonly ranges: readonly NumberRange[]
  readonly parked: ReadonlySet<number>
}

/** Which numbers of a drive are compared, both ends included. */
export interface AuditScope {
  readonly from: number
  readonly to: number
}

export interface DriveFindings {
  /** Documents that are in Bitrix, as they should be. */
  readonly agreed: number
  readonly gaps: Gaps
}

/** Takes the account of a drive row by row, in the order of its numbers. */
export function outboxSide(): { readonly side: OutboxSide; readonly add: (row: AccountRow) => void } {
  const kinds = { there: [], waiting: [], parked: [], absent: [], unsent: [] }
  const side: Record<keyof OutboxSide, NumberRange[]> = { known: [], ...kinds }
  return {
    side,
    add: (row) => {
      append(side.known, row.number)
      const kind = kindOf(row)
      if (kind !== null) append(side[kind], row.number)
    },
  }
}

/** Null for what the site need not have: reports, and receipts that move nothing. */
function kindOf(row: AccountRow): Exclude<keyof OutboxSide, 'known'> | null {
  const isReceipt = row.type === null || receiptTypes.includes(row.type)
  if (!row.owed) {
    if (!isReceipt) return null
    return row.format === 'absent' || row.format === 'summary' ? 'absent' : 'unsent'
  }
  if (row.dueAt !== null) return 'waiting'
  if (row.settledAt === null) return 'parked'
  return row.outcome === 'ignored' && !row.answered ? null : 'there'
}

/** `newest`: the register's last number of this drive; null = it was not asked, or another drive is in it. */
export function findGaps(
  { from, to }: AuditScope,
  newest: number | null,
  outbox: OutboxSide,
  site: SiteSide | null,
): DriveFindings {
  const within = (ranges: readonly NumberRange[]) => between(ranges, from, to)
  const last = newest ?? outbox.known.at(-1)?.[1] ?? 0
  const notRead = without(within(last < from ? [] : [[from, last]]), outbox.known)
  const there = within(outbox.there)
  const found: Record<GapKind, readonly NumberRange[]> = {
    notInBitrix: site === null ? [] : without(there, site.ranges),
    unknownThere: site === null ? [] : without(without(within(site.ranges), outbox.known), notRead),
    notRead,
    notSent: within(outbox.unsent),
    parkedHere: within(outbox.parked),
    parkedThere: within(united([...(site?.parked ?? [])].map((number) => [number, number]))),
    waiting: within(outbox.waiting),
    absent: within(outbox.absent),
  }
  const agreed = site === null ? 0 : countOf(common(there, site.ranges))
  const gaps = Object.fromEntries(Object.entries(found).filter(([, ranges]) => ranges.length > 0))
  return { agreed, gaps }
}

/** How many documents of each kind, over several drives. */
export function countGaps(findings: readonly DriveFindings[]): Partial<Record<GapKind, number>> {
  const counts: Partial<Record<GapKind, number>> = {}
  for (const { gaps } of findings)
    for (const kind of gapKinds) {
      const count = countOf(gaps[kind] ?? [])
      if (count > 0) counts[kind] = (counts[kind] ?? 0) + count
    }
  return counts
}

/** The single numbers of one kind of gap, at most so many. */
export function numbersIn({ gaps }: DriveFindings, kind: GapKind, most: number): number[] {
  const numbers: number[] = []
  for (const number of numbersOf(gaps[kind] ?? [])) {
    if (numbers.length === most) break
    numbers.push(number)
  }
  return numbers
}
