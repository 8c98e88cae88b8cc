/** The delivery rows: what is due, what became of it, and sending again. */
import type { Selection } from '../outbox.ts'
import { afterAll, beforeAll, boundOf, localSecondsSql } from './localtime.ts'
import { type ListedRow, listedColumns } from './rows.ts'

/** Every document with its delivery; a WHERE clause follows. */
export const listing = `SELECT ${listedColumns} FROM document d LEFT JOIN delivery v ON v.document = d.id`

/** The delivery row as `settle` finds it. */
export interface OwedRow {
  readonly document: number
  readonly register: string
  readonly due_at: number | null
  readonly settled_at: number | null
}

export const owedQuery = `SELECT v.document, v.register, v.due_at, v.settled_at
  FROM document d JOIN delivery v ON v.document = d.id WHERE d.storage = ? AND d.number = ?`

/** Waiting deliveries of one register that fall due after one time and not after another, oldest first. By `delivery_due`. */
export const dueQuery = `SELECT ${listedColumns}
  FROM delivery v JOIN document d ON d.id = v.document
  WHERE v.register = ? AND v.due_at > ? AND v.due_at <= ?
  ORDER BY v.due_at, v.document LIMIT ?`

export const nextDueQuery =
  'SELECT min(due_at) FROM delivery WHERE register = :register AND due_at IS NOT NULL'

/** What was never put off is due since it has been owed, so `nextDueQuery` finds the oldest of it. */
export const postponedQuery =
  'SELECT min(owed_since) FROM delivery WHERE register = :register AND due_at > owed_since'

export const lastAcceptedQuery = `SELECT max(at) FROM (${[0, 1, 2]
  .map(
    (aged) => `SELECT max(settled_at) AS at FROM delivery
    WHERE register = :register AND aged = ${aged} AND settled_at IS NOT NULL`,
  )
  .join(' UNION ALL ')})`

/** Of one drive, in the order of its numbers; the bytes are not walked through. */
export const accountQuery = `SELECT d.number, d.type, d.format, d.read_at, v.document IS NOT NULL AS owed,
    v.due_at, v.settled_at, v.outcome, v.answer IS NOT NULL AS answered
  FROM document d LEFT JOIN delivery v ON v.document = d.id
  WHERE d.storage = ? AND d.number > ? ORDER BY d.number LIMIT ?`

/** Merges what is due of several registers, oldest first. */
export function oldestFirst(rows: readonly ListedRow[], limit: number): ListedRow[] {
  return [...rows].sort((a, b) => (a.due_at ?? 0) - (b.due_at ?? 0)).slice(0, limit)
}

/** A WHERE clause over `document d LEFT JOIN delivery v` and its values. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

const stateConditions = {
  waiting: 'v.due_at IS NOT NULL',
  parked: 'v.document IS NOT NULL AND v.due_at IS NULL AND v.settled_at IS NULL',
  accepted: 'v.settled_at IS NOT NULL',
  none: 'v.document IS NULL',
} as const

/** All given parts must hold; only fixed texts go into the SQL, every value is bound. */
export function conditionOf(selection: Selection, more: readonly string[] = []): Condition {
  const { storage, register, fromNumber, toNumber, numbers, since, state, why, within } = selection
  // Few have the time that is asked for: they are come upon by their ids, not through their drive.
  const parts: Part[] = [
    [within === undefined ? 'd.storage = ?' : '+d.storage = ?', storage],
    ['d.register = ?', register],
    ['d.number >= ?', fromNumber],
    ['d.number <= ?', toNumber],
    [
      'd.number IN (SELECT value FROM json_each(?))',
      numbers === undefined ? undefined : JSON.stringify(numbers),
    ],
    ['d.read_at >= ?', since],
    ['v.why = ?', why],
  ]
  const time = timePart(selection)
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  const sql = [
    ...given.map((part) => part.sql),
    ...time.map((part) => part.sql),
    ...(state === undefined ? [] : [stateConditions[state]]),
    ...(selection.resendable ? ['v.document IS NOT NULL AND d.bytes IS NOT NULL'] : []),
    ...more,
  ]
  const values = [...given.map(({ value }) => value), ...time.flatMap((part) => part.values)]
  return { sql: sql.length === 0 ? 'true' : sql.join(' AND '), values }
}

type Part = readonly [sql: string, value: string | number | undefined]

const inRange = `${localSecondsSql} BETWEEN ? AND ?`

/** Rows of a known time, and those whose documents must be read. */
const amongTimed = `d.id IN (SELECT value FROM json_each(?)
  UNION ALL SELECT d.id FROM document d WHERE d.id > ? AND ${inRange}
  UNION ALL SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.id = j.value WHERE ${inRange})`

/** A document without a known time is in no range of times. */
function timePart({ fromTime, toTime, within }: Selection): Condition[] {
  if (fromTime === undefined && toTime === undefined) return []
  const range = [boundOf(fromTime, beforeAll), boundOf(toTime, afterAll)]
  if (within === undefined) return [{ sql: inRange, values: range }]
  const { ids, top, doubtful } = within
  return [{ sql: amongTimed, values: [ids, top, ...range, JSON.stringify(doubtful), ...range] }]
}

/** The documents of a selection that can be sent again, the newest of them when it is limited. */
export function selectedIds(selection: Selection): Condition {
  const { sql, values } = conditionOf({ ...selection, resendable: true })
  return {
    sql: `SELECT d.id FROM document d JOIN delivery v ON v.document = d.id WHERE ${sql} ORDER BY d.id DESC LIMIT ?`,
    values: [...values, selection.limit ?? -1],
  }
}

/** Those ids as a JSON array, with how many they are. */
export function selectedQuery(selection: Selection): Condition {
  const { sql, values } = selectedIds(selection)
  return { sql: `SELECT count(*) AS count, json_group_array(id) AS ids FROM (${sql})`, values }
}
