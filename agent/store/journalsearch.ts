/**
 * Looking documents up, the last kept first, in bounded work.
 *
 * Where some filter alone leaves few documents (a number, a sum, a day, what is parked), all of those are looked at:
 * the answer is whole and its count exact. Otherwise the index is walked through from its end, block by block of
 * 4096 ids; a block whose extremes lie outside what is looked for is stepped over, and after so many rows the page
 * ends with the place where the next one goes on.
 */
import { type Found, type Search, WrongPlace } from '../journal.ts'
import type { DocumentKey, TimedRows } from '../outbox.ts'
import { deliveryIs } from './deliveries.ts'
import { blockSize, indexQueries, type JournalIndex } from './journalindex.ts'
import { afterAll, beforeAll, boundOf } from './localtime.ts'
import type { Statements, Value } from './statements.ts'

/** How much one page may cost. */
export interface SearchBounds {
  /** A filter that leaves at most so many is worked off whole. */
  readonly few: number
  /** No walk counts further. */
  readonly counted: number
  /** Rows that one walk passes at most. */
  readonly walked: number
}

export const searchBounds: SearchBounds = { few: 10_000, counted: 10_000, walked: 60_000 }

const farAbove = Number.MAX_SAFE_INTEGER

/** A filter in SQL over `entry e`; only fixed texts, every value is bound. */
interface Filter {
  readonly sql: string
  readonly values: readonly Value[]
}

/** Of `none` the index itself knows. */
function joinOf({ state }: Search): string {
  if (state === undefined || state === 'none') return ''
  return `CROSS JOIN outbox.delivery v ON v.document = e.id AND ${deliveryIs[state]}`
}

/** Ways to come upon few documents; `from` yields the ids of `e`, in any order. */
interface Narrow extends Filter {
  readonly from: string
}

/** The statement that tells whether a filter leaves few. */
export function probeOf({ from, sql }: Narrow): string {
  return `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${sql} LIMIT ?)`
}

/** What fits, by the one filter that leaves few: how many, or (below an id) the last of them. */
export function narrowQuery(narrow: Narrow, search: Search, what: 'count' | 'page' = 'page'): string {
  const { sql } = filterOf(search)
  const join = narrow.from.includes('delivery') ? '' : joinOf(search)
  const entry = narrow.from.includes('delivery') ? `CROSS JOIN entry e ON e.id = v.document` : ''
  const where = `FROM ${narrow.from} ${entry} ${join} WHERE ${narrow.sql} AND ${sql}`
  return what === 'count'
    ? `SELECT count(*) ${where}`
    : // The plus keeps SQLite from walking through all ids in their order instead.
      `SELECT e.id ${where} AND +e.id < ? ORDER BY +e.id DESC LIMIT ?`
}

/** One block of the walk: the last that fit, or only how many. */
export function walkQuery(search: Search, what: 'count' | 'page' = 'page'): string {
  const where = `FROM entry e NOT INDEXED ${joinOf(search)}
    WHERE e.id >= ? AND e.id < ? AND ${filterOf(search).sql}`
  return what === 'count' ? `SELECT count(*) ${where}` : `SELECT e.id ${where} ORDER BY e.id DESC LIMIT ?`
}

/** The filters that an index of their own serves. */
export function narrowsOf(search: Search): Narrow[] {
  const { fromNumber, toNumber, fromTime, toTime, minTotal, maxTotal, state } = search
  const between = (column: string, from: number, to: number): Narrow => ({
    from: `entry e INDEXED BY entry_${column}`,
    sql: `e.${column} BETWEEN ? AND ?`,
    values: [from, to],
  })
  const given = (...bounds: readonly unknown[]) => bounds.some((bound) => bound !== undefined)
  return [
    ...(given(fromNumber, toNumber) ? [between('number', fromNumber ?? 1, toNumber ?? farAbove)] : []),
    ...(given(fromTime, toTime)
      ? [between('time', boundOf(fromTime, beforeAll), boundOf(toTime, afterAll))]
      : []),
    ...(given(minTotal, maxTotal) ? [between('total', minTotal ?? 0, maxTotal ?? farAbove)] : []),
    ...(state === 'waiting' || state === 'parked'
      ? [{ from: 'outbox.delivery v', sql: deliveryIs[state], values: [] }]
      : []),
    ...(state === 'none' ? [{ from: 'entry e INDEXED BY entry_unowed', sql: 'e.owed = 0', values: [] }] : []),
  ]
}

/** Every part of the search but drive and register, which go by `place`, and the states that a join serves. */
function filterOf(search: Search): Filter {
  const { fromNumber, toNumber, fromTime, toTime, minTotal, maxTotal } = search
  const times = { from: fromTime && boundOf(fromTime, beforeAll), to: toTime && boundOf(toTime, afterAll) }
  const parts: (readonly [sql: string, value: Value | undefined])[] = [
    ['e.number >= ?', fromNumber],
    ['e.number <= ?', toNumber],
    ['e.time >= ?', times.from],
    ['e.time <= ?', times.to],
    ['e.total >= ?', minTotal],
    ['e.total <= ?', maxTotal],
  ]
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  const fixed = [
    ...(search.receiptsOnly ? ['e.receipt = 1'] : []),
    ...(search.state === 'none' ? ['e.owed = 0'] : []),
    ...(byPlace(search) ? ['e.place IN (SELECT value FROM json_each(?))'] : []),
  ]
  const sql = [...given.map((part) => part.sql), ...fixed].join(' AND ')
  return { sql: sql === '' ? 'true' : sql, values: given.map(({ value }) => value) }
}

function byPlace({ storage, register }: Search): boolean {
  return storage !== undefined || register !== undefined
}

/** Blocks that may hold what is looked for, from the end. */
export const blockQuery = `SELECT DISTINCT block FROM block
  WHERE block <= :block AND (:places IS NULL OR place IN (SELECT value FROM json_each(:places)))
    AND (:toNumber IS NULL OR min_number <= :toNumber) AND (:fromNumber IS NULL OR max_number >= :fromNumber)
    AND (:toTime IS NULL OR min_time <= :toTime) AND (:fromTime IS NULL OR max_time >= :fromTime)
    AND (:maxTotal IS NULL OR min_total <= :maxTotal) AND (:minTotal IS NULL OR max_total >= :minTotal)
  ORDER BY block DESC`

/** Whose time is known has it for ever. */
export const timedQuery =
  'SELECT json_group_array(id) AS ids FROM entry INDEXED BY entry_time WHERE time BETWEEN ? AND ?'

/** More are not named one by one: whoever asks is told to wait for the index. */
const mostDoubtful = 5_000

/** What one walk found, and where it ended: null when it has seen all. */
interface Walked {
  readonly ids: readonly number[]
  readonly below: number | null
}

export class JournalSearch {
  readonly #statements: Statements
  readonly #index: JournalIndex
  readonly #bounds: SearchBounds

  constructor(statements: Statements, index: JournalIndex, bounds: SearchBounds) {
    this.#statements = statements
    this.#index = index
    this.#bounds = bounds
  }

  /** Throws `WrongPlace`. */
  search(search: Search, after: string | null, limit: number): Found {
    const below = after === null ? farAbove : this.#placeIn(after)
    const places = byPlace(search) ? this.#index.placesWhere(search.storage, search.register) : null
    if (places?.length === 0) return { keys: [], next: null, count: 0, more: false }
    const bound = places === null ? [] : [JSON.stringify(places)]
    const narrow = this.#narrowest(search)
    if (narrow !== null) return this.#whole(narrow, search, bound, below, limit)
    const { ids, below: seen } = this.#walk(search, bound, below, limit + 1)
    const page = ids.slice(0, limit)
    const last = ids.length > limit ? page.at(-1) : seen
    const counted = this.#count(search, bound)
    return { keys: this.#keysOf(page), next: this.#nameOf(last ?? null), ...counted }
  }

  /** The rows of such a time, and how many others may have one that the index does not know yet. */
  timed(fromTime: string | null, toTime: string | null): TimedRows {
    const { top } = this.#index
    const range = [boundOf(fromTime, beforeAll), boundOf(toTime, afterAll)]
    const found = this.#statements.one<{ ids: string }>(timedQuery, ...range)
    const doubtful = this.#index.filledUntimed(mostDoubtful)
    const above = Math.max(0, (this.#statements.number(indexQueries.highest) ?? 0) - top)
    return { ids: found?.ids ?? '[]', doubtful, top, unread: doubtful.length + above }
  }

  #narrowest(search: Search): Narrow | null {
    const { few } = this.#bounds
    const counted = narrowsOf(search)
      .map((narrow) => ({
        narrow,
        n: this.#statements.number(probeOf(narrow), ...narrow.values, few + 1) ?? 0,
      }))
      .filter(({ n }) => n <= few)
      .sort((a, b) => a.n - b.n)
    return counted[0]?.narrow ?? null
  }

  #whole(narrow: Narrow, search: Search, places: readonly Value[], below: number, limit: number): Found {
    const values = [...narrow.values, ...filterOf(search).values, ...places]
    const count = this.#statements.number(narrowQuery(narrow, search, 'count'), ...values) ?? 0
    const ids = this.#statements
      .all<{ id: number }>(narrowQuery(narrow, search), ...values, below, limit + 1)
      .map(({ id }) => id)
    const page = ids.slice(0, limit)
    const next = ids.length > limit ? (page.at(-1) ?? null) : null
    return { keys: this.#keysOf(page), next: this.#nameOf(next), count, more: false }
  }

  #count(search: Search, places: readonly Value[]): { count: number; more: boolean } {
    const { counted, walked } = this.#bounds
    const [sql, { values }] = [walkQuery(search, 'count'), filterOf(search)]
    let [count, left] = [0, walked]
    for (const block of this.#blocksFor(search, places, farAbove)) {
      if (left <= 0 || count >= counted) return { count: Math.min(count, counted), more: true }
      const first = block * blockSize
      count += this.#statements.number(sql, first, first + blockSize, ...values, ...places) ?? 0
      left -= blockSize
    }
    return { count: Math.min(count, counted), more: count > counted }
  }

  /** At most `most` ids below `below`, in the work of one walk. */
  #walk(search: Search, places: readonly Value[], below: number, most: number): Walked {
    const [sql, { values }] = [walkQuery(search), filterOf(search)]
    const ids: number[] = []
    let left = this.#bounds.walked
    for (const block of this.#blocksFor(search, places, below)) {
      const [first, end] = [block * blockSize, Math.min((block + 1) * blockSize, below)]
      if (left <= 0) return { ids, below: end }
      const found = this.#statements.all<{ id: number }>(
        sql,
        ...[first, end, ...values, ...places],
        most - ids.length,
      )
      ids.push(...found.map(({ id }) => id))
      const last = ids.at(-1)
      if (ids.length >= most && last !== undefined) return { ids, below: last }
      left -= end - first
    }
    return { ids, below: null }
  }

  #blocksFor(search: Search, places: readonly Value[], below: number): number[] {
    const { fromNumber = null, toNumber = null, minTotal = null, maxTotal = null } = search
    const time = (bound: string | undefined) => (bound === undefined ? null : boundOf(bound, 0))
    return this.#statements
      .all<{ block: number }>(blockQuery, {
        ...{ block: Math.floor((below - 1) / blockSize), places: places[0] ?? null },
        ...{ fromNumber, toNumber, minTotal, maxTotal },
        ...{ fromTime: time(search.fromTime), toTime: time(search.toTime) },
      })
      .map(({ block }) => block)
  }

  #keysOf(ids: readonly number[]): DocumentKey[] {
    const sql = 'SELECT p.storage, e.number FROM entry e JOIN place p ON p.id = e.place WHERE e.id = ?'
    return ids.flatMap((id) => this.#statements.one<DocumentKey>(sql, id) ?? [])
  }

  /** A place names the index, so that one from before a loss leads nowhere. */
  #nameOf(id: number | null): string | null {
    return id === null ? null : `${this.#indexName()}-${id}`
  }

  #placeIn(after: string): number {
    const match = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(after)
    if (match === null || match[1] !== this.#indexName()) throw new WrongPlace('no place of this index')
    return Number(match[2])
  }

  #indexName(): string {
    let sum = 0
    for (const code of Buffer.from(this.#index.mark)) sum = (Math.imul(sum, 31) + code) >>> 0
    return sum.toString(36)
  }
}
