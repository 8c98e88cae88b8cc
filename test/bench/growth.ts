/** Whether the outbox stays as quick as it was when nothing has been delivered for as long as a fiscal drive lasts. */
import { join } from 'node:path'
import type { Outbox, Settlement } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { drive, keptReceipt, till } from './documents.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { fillOutbox } from './filled.ts'
import { compare } from './pairs.ts'

/** Calls in one piece of a pair. */
const piece = 20
/** What one round of eight lanes takes. */
const lanes = 8
const dayMs = 86_400_000
const none: ReadonlySet<string> = new Set()
const accepted: Settlement = {
  outcome: 'accepted',
  why: null,
  settled: true,
  dueAt: null,
  answer: '{"state":"booked"}',
}

/** A full fiscal drive against a quiet morning. */
export const growth: Figure = {
  name: 'growth',
  how: `The outbox's verbs on a file with 250 000 undelivered receipts against one with 1 000, by turns of ${piece} calls; the same with 1 000 000.`,
  reach: 'keepDocument and takeDue take at most 1.3 times as long with 250 000 as with 1 000',
  measure(bench: Bench): Promise<readonly Row[]> {
    const [few, many, most] = bench.quick ? [500, 2_000, 4_000] : [1_000, 250_000, 1_000_000]
    const [small, large] = [join(bench.folder, 'small.db'), join(bench.folder, 'large.db')]
    bench.say(`filling ${few} and ${many}`)
    fillOutbox(small, few)
    fillOutbox(large, many)
    const promised = rowsOf(bench, small, large, many, 1.3)
    bench.say(`filling ${most}`)
    fillOutbox(large, most)
    return Promise.resolve([...promised, ...rowsOf(bench, small, large, most, null)])
  },
}

/** Every verb that runs at each poll, each round or each delivery. */
function rowsOf(
  { quick, say }: Bench,
  small: string,
  large: string,
  size: number,
  most: number | null,
): Row[] {
  using few = openOutbox(small)
  using many = openOutbox(large)
  const [here, there] = [verbsOf(many), verbsOf(few)]
  const promised = new Set(['keepDocument', 'takeDue'])
  return Object.keys(here).map((name): Row => {
    const [long, short] = [here[name], there[name]]
    if (long === undefined || short === undefined) throw new Error(`no verb ${name}`)
    say(`${name} at ${size}`)
    for (let warm = 0; warm < 3; warm++) {
      long()
      short()
    }
    const { ratio, firstMs, secondMs } = compare(quick ? 5 : 60, long, short)
    const us = (ms: number) => `${((1_000 * ms) / piece).toFixed(0)} µs`
    return {
      what: `${name} with ${size.toLocaleString('en').replaceAll(',', ' ')} undelivered`,
      value: ratio,
      unit: '×',
      ...(most !== null && promised.has(name) ? { reach: { most } } : {}),
      note: `${us(firstMs)} against ${us(secondMs)}`,
    }
  })
}

/** Each does one piece. As many are settled as are kept, so that the sizes stay. */
function verbsOf(outbox: Outbox): Record<string, () => void> {
  let newest = outbox.lastKept(drive)?.number ?? 0
  const times = (work: () => unknown) => () => {
    for (let done = 0; done < piece; done++) work()
  }
  const now = Date.now()
  const takeDue = (limit: number) => outbox.takeDue(now, limit, none, none, now + dayMs)
  const settleOldest = () => {
    for (const due of takeDue(piece)) outbox.settle(due, accepted, Date.now())
  }
  return {
    keepDocument: times(() => outbox.keepDocument(keptReceipt(++newest), Date.now())),
    takeDue: times(() => takeDue(lanes)),
    settle: settleOldest,
    nextDueAt: times(() => outbox.nextDueAt(none)),
    'counts of one register': times(() => outbox.counts(till)),
    missingNumbers: times(() => [...outbox.missingNumbers(drive, newest)].length),
  }
}
