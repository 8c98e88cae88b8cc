/** The delivery rows: what is due, what became of it, and sending again. */
import type { Selection, StateSought } from '../outbox.ts'
import { afterAll, beforeAll, boundOf, localSecondsSql } from './localtime.ts'
import { type FoundRow, foundColumns, listedColumns } from './rows.ts'

const documents = 'FROM document d LEFT JOIN delivery v ON v.document = d.id'

/** Every document with its delivery; a WHERE clause follows. */
export const finding = `SELECT ${foundColumns} ${documents}`
/** Without the bytes. */
export const listing = `SELECT ${listedColumns} ${documents}`

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
export const dueQuery = `SELECT ${foundColumns}
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
export function oldestFirst(rows: readonly FoundRow[], limit: number): FoundRow[] {
  return [...rows].sort((a, b) => (a.due_at ?? 0) - (b.due_at ?? 0)).slice(0, limit)
}

/** A WHERE clause over `document d LEFT JOIN delivery v` and its values. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** What a delivery `v` is in each state, as `stateOf` of the outbox says it. */
export const deliveryIs: Readonly<Record<Exclude<StateSought, 'none'>, string>> = {
  waiting: 'v.due_at IS NOT NULL',
  parked: 'v.due_at IS NULL AND v.settled_at IS NULL',
  settled: 'v.settled_at IS NOT NULL',
  accepted: "v.settled_at IS NOT NULL AND coalesce(v.outcome, '') NOT IN ('acceptedParked', 'ignored')",
  acceptedParked: "v.settled_at IS NOT NULL AND v.outcome = 'acceptedParked'",
  ignored: "v.settled_at IS NOT NULL AND v.outcome = 'ignored'",
}

/** States that nearly all documents are in; those of any other are come upon by their ids. */
function isUsual(state: StateSought): boolean {
  return state === 'accepted' || state === 'settled'
}

function stateCondition(state: StateSought): string {
  if (state === 'none') return 'd.id IN (SELECT id FROM document WHERE owed = 0)'
  return isUsual(state)
    ? deliveryIs[state]
    : `d.id IN (SELECT v.document FROM delivery v WHERE ${deliveryIs[state]})`
}

/** All given parts must hold; only fixed texts go into the SQL, every value is bound. */
export function conditionOf(selection: Selection, more: readonly string[] = []): Condition {
  const { storage, register, fromNumber, toNumber, numbers, since, state, why, within } = selection
  // Few have the time or the state that is asked for: then ids lead to them, not the drive.
  const byIds = within !== undefined || (state !== undefined && !isUsual(state))
  const parts: Part[] = [
    [byIds ? '+d.storage = ?' : 'd.storage = ?', storage],
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
  const longer = [...numberPart(selection), ...timePart(selection)]
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  const sql = [
    ...given.map((part) => part.sql),
    ...longer.map((part) => part.sql),
    ...(state === undefined ? [] : [stateCondition(state)]),
    ...(selection.resendable ? ['v.document IS NOT NULL AND d.bytes IS NOT NULL'] : []),
    ...more,
  ]
  const values = [...given.map(({ value }) => value), ...longer.flatMap((part) => part.values)]
  return { sql: sql.length === 0 ? 'true' : sql.join(' AND '), values }
}

type Part = readonly [sql: string, value: string | number | undefined]

/** So many numbers of one drive are few. */
const fewNumbers = 10_000

/** The ids of documents by number, looked for in one drive after the other: no index is of numbers alone. */
function ofEachDrive(numbers: string): string {
  return `d.id IN (WITH RECURSIVE drive (storage) AS (
      SELECT min(storage) FROM document UNION ALL
      SELECT (SELECT min(storage) FROM document WHERE storage > drive.storage) FROM drive WHERE storage IS NOT NULL)
    SELECT n.id FROM drive CROSS JOIN document n ON n.storage = drive.storage AND n.number ${numbers})`
}

/** Says nothing more of which documents are meant than the other parts do, only where they are. */
function numberPart({ storage, fromNumber, toNumber, numbers }: Selection): Condition[] {
  if (storage !== undefined) return []
  if (numbers !== undefined)
    return [{ sql: ofEachDrive('IN (SELECT value FROM json_each(?))'), values: [JSON.stringify(numbers)] }]
  if (fromNumber === undefined || toNumber === undefined || toNumber - fromNumber >= fewNumbers) return []
  return [{ sql: ofEachDrive('BETWEEN ? AND ?'), values: [fromNumber, toNumber] }]
}

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

/** The ids of a selection, the newest of them when it is limited. */
function selectedIds(selection: Selection): Condition {
  const { sql, values } = conditionOf(selection)
  return {
    sql: `SELECT d.id ${documents} WHERE ${sql} ORDER BY d.id DESC LIMIT ?`,
    values: [...values, selection.limit ?? -1],
  }
}

/** The documents of a selection in the order they were kept: only ids are sorted, whole rows would fill the memory. */
export function listQuery(selection: Selection): Condition {
  const { sql, values } = selectedIds(selection)
  return { sql: `${listing} WHERE d.id IN (${sql}) ORDER BY d.id`, values }
}

/** The ids of those that can be sent again as a JSON array, with how many they are. */
export function selectedQuery(selection: Selection): Condition {
  const { sql, values } = selectedIds({ ...selection, resendable: true })
  return { sql: `SELECT count(*) AS count, json_group_array(id) AS ids FROM (${sql})`, values }
}
