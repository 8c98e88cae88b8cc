/** What is parked, by equal reason. */
import type { ListedDocument } from '../outbox.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'
import { listedRow } from './rows.ts'

/** Whoever mends a reason sends its whole group again, so a few examples of each are enough. */
const bounds = { rows: 5_000, groups: 50, newest: 5, onSite: 100 } as const

export function groupParked(
  { outbox }: Premises,
  _input: InputOf<'parkedGroups'>,
  _signal: AbortSignal,
): Promise<Answers['parkedGroups']> {
  const { groups, newestOnSite, ...counted } = outbox.parked(bounds)
  const row = (document: ListedDocument) => listedRow(document, outbox)
  return Promise.resolve({
    ...counted,
    parked: outbox.counts().parked,
    newestOnSite: newestOnSite.map(row),
    groups: groups.map(({ newest, oldestReadAt, ...group }) => ({
      ...group,
      documents: newest.map(row),
      oldestReadAt: new Date(oldestReadAt).toISOString(),
    })),
  })
}
