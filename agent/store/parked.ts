/**
 * What waits for a person: here, by equal reason, and on the site as far as its last answers say. Both look at the
 * newest rows only, so that a hundred thousand of them cost a page no more than its bound.
 */
import type { ParkedBounds, ParkedOverview, ParkedReason } from '../outbox.ts'
import { listing } from './deliveries.ts'
import { type ListedRow, listedOf } from './rows.ts'
import type { Statements } from './statements.ts'

/** The newest first, by an index alone but for the reason. */
export const parkedQuery = `SELECT document, register, why FROM delivery
  WHERE register = ? AND due_at IS NULL AND settled_at IS NULL ORDER BY document DESC LIMIT ?`

/** The last that were settled and whose bytes are as they were: what a site still holds back is not old. */
export const heldOnSiteQuery = `SELECT document FROM (
    SELECT document, outcome FROM delivery
    WHERE register = ? AND aged = 0 AND settled_at IS NOT NULL ORDER BY settled_at DESC LIMIT ?)
  WHERE outcome = 'acceptedParked'`

export const byIdsQuery = `${listing} WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id DESC`

interface ParkedRow {
  readonly document: number
  readonly register: string
  readonly why: string | null
}

interface Gathered {
  readonly why: string
  count: number
  oldest: number
  readonly registers: Set<string>
  readonly newest: number[]
}

export function overlookParked(
  statements: Statements,
  registers: readonly string[],
  { rows, groups, newest, onSite }: ParkedBounds,
): ParkedOverview {
  const share = Math.max(1, Math.floor(rows / Math.max(1, registers.length)))
  const looked = registers
    .flatMap((register) => statements.all<ParkedRow>(parkedQuery, register, share))
    .sort((a, b) => b.document - a.document)
  const gathered = gather(looked, newest).sort((a, b) => b.count - a.count)
  const held = registers
    .flatMap((register) => statements.all<{ document: number }>(heldOnSiteQuery, register, share))
    .map(({ document }) => document)
    .sort((a, b) => b - a)
  const others = gathered.slice(groups)
  return {
    groups: gathered.slice(0, groups).map((group) => reasonOf(statements, group)),
    looked: looked.length,
    otherGroups: others.length,
    otherDocuments: others.reduce((sum, { count }) => sum + count, 0),
    onSite: held.length,
    newestOnSite: byIds(statements, held.slice(0, onSite)),
  }
}

/** Of rows that come newest first. */
function gather(rows: readonly ParkedRow[], most: number): Gathered[] {
  const groups = new Map<string, Gathered>()
  for (const { document, register, why: said } of rows) {
    const why = said ?? ''
    const group = groups.get(why) ?? { why, count: 0, oldest: document, registers: new Set(), newest: [] }
    groups.set(why, group)
    group.count++
    group.oldest = document
    group.registers.add(register)
    if (group.newest.length < most) group.newest.push(document)
  }
  return [...groups.values()]
}

function reasonOf(statements: Statements, { why, count, oldest, registers, newest }: Gathered): ParkedReason {
  const readAt = statements.number('SELECT read_at FROM document WHERE id = ?', oldest)
  return {
    why,
    count,
    registers: [...registers],
    newest: byIds(statements, newest),
    oldestReadAt: readAt ?? 0,
  }
}

function byIds(statements: Statements, ids: readonly number[]): ParkedReason['newest'] {
  if (ids.length === 0) return []
  return statements.all<ListedRow>(byIdsQuery, JSON.stringify(ids)).map(listedOf)
}
