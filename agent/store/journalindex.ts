/**
 * The index over the outbox's documents, filled behind it in small batches.
 *
 * How far it is, is derived: ids of the outbox only ever grow, so what lies above the highest indexed one is
 * missing. A row is changed afterwards only when it had no bytes and got them; such rows are looked at again, a slice
 * at a time.
 */
import type { DocumentSummary } from '../../drivers/index.ts'
import type { ReadFacts, SearchFacts } from '../journal.ts'
import type { DocumentFormat } from '../outbox.ts'
import { type Beside, type Together, togetherIn } from './journalfile.ts'
import { secondsOf } from './localtime.ts'
import { Statements } from './statements.ts'

/** A `block` holds so many ids; a power of two. */
export const blockSize = 4096
const hourMs = 3_600_000

/** Documents in one batch: some milliseconds, and a receipt that is read meanwhile waits no longer than that. */
const batch = 100
/** A body takes far longer than a short record: a batch ends early after so many. */
const bodies = 20
/** Gaps looked at again in one batch. */
const gapBatch = 500

interface SourceRow {
  readonly mark: string
  readonly top: number
  readonly top_key: string
}

interface DocumentRow {
  readonly id: number
  readonly storage: string
  readonly number: number
  readonly register: string
  readonly type: number | null
  readonly format: DocumentFormat
  readonly owed: number
  readonly read_at: number
  readonly summary: string | null
}

const columns = 'd.id, d.storage, d.number, d.register, d.type, d.format, d.owed, d.read_at, d.summary'

export const indexQueries = {
  highest: 'SELECT max(id) FROM outbox.document',
  next: `SELECT ${columns} FROM outbox.document d WHERE d.id > ? ORDER BY d.id LIMIT ?`,
  body: 'SELECT bytes FROM outbox.document WHERE id = ?',
  key: "SELECT storage || ' ' || number AS found FROM outbox.document WHERE id = ?",
  /** Of one kind, in slices; with what the outbox has there by now. */
  gaps: `SELECT d.id, d.format FROM (SELECT id FROM entry INDEXED BY entry_gap
      WHERE gap > 0 AND gap = ? AND id > ? ORDER BY id LIMIT ?) slice CROSS JOIN outbox.document d ON d.id = slice.id`,
  filledUntimed: `SELECT e.id FROM entry e INDEXED BY entry_untimed CROSS JOIN outbox.document d ON d.id = e.id
    WHERE e.gap > 0 AND e.time IS NULL AND d.format <> CASE e.gap WHEN 1 THEN 'summary' ELSE 'absent' END LIMIT ?`,
  again: `SELECT ${columns} FROM outbox.document d WHERE d.id = ?`,
} as const

interface GapRow {
  readonly id: number
  readonly format: DocumentFormat
}

/** Where a look at all gaps is: first those with a short record, then those that the drive did not know. */
interface Round {
  readonly gap: 1 | 2
  readonly id: number
  /** The outbox's `data_version` as it began. */
  readonly version: number | null
  readonly found: number
  /** To be ended at once, not a slice at a time. */
  readonly isUrgent: boolean
}

export class JournalIndex {
  readonly #together: Together
  readonly #mark: string
  readonly #statements: Statements
  readonly #readFacts: ReadFacts
  #places = new Map<string, number>()
  /** The outbox's `data_version` when its gaps were last found to be ours. */
  #sameGapsAt: number | null = null
  #round: Round | null = null
  /** Nobody knows what happened before this opening; and one that was filled is seldom alone. */
  #nextIsUrgent = true

  /** Begins anew when the index is of another outbox. */
  constructor({ database, mark }: Beside, readFacts: ReadFacts) {
    this.#together = togetherIn(database)
    this.#mark = mark
    this.#statements = new Statements(database)
    this.#readFacts = readFacts
    if (this.#isOfAnother()) this.#beginAnew()
    this.#loadPlaces()
  }

  /** The highest id in the index. */
  get top(): number {
    return this.#statements.number('SELECT top FROM source') ?? 0
  }

  get mark(): string {
    return this.#mark
  }

  /** Ids by which `entry.place` says drive and register. */
  placesWhere(storage: string | undefined, register: string | undefined): number[] {
    return [...this.#places].flatMap(([key, id]) => {
      const [of = '', name] = split(key)
      return (storage ?? of) === of && (register ?? name) === name ? [id] : []
    })
  }

  get registers(): string[] {
    return [...new Set([...this.#places.keys()].map((key) => split(key)[1] ?? ''))]
  }

  behind(): number {
    return Math.max(0, (this.#statements.number(indexQueries.highest) ?? 0) - this.top)
  }

  /** One batch; true when there is more to do. */
  catchUp(): boolean {
    const highest = this.#statements.number(indexQueries.highest) ?? 0
    const { top } = this
    if (highest < top) {
      this.#beginAnew()
      return highest > 0
    }
    if (highest > top) return this.#takeNext(top, highest)
    return this.#refreshGaps()
  }

  #takeNext(top: number, highest: number): boolean {
    const last = this.#write(() => {
      const rows = this.#statements.all<DocumentRow>(indexQueries.next, top, batch)
      const blocks = new Map<string, Block>()
      const hours = new Map<number, number>()
      let decoded = 0
      let last: DocumentRow | undefined
      for (const row of rows) {
        if (decoded >= bodies) break
        const { facts, fromBody } = this.#factsOf(row)
        if (fromBody) decoded++
        this.#insert(row, facts, blocks, hours)
        last = row
      }
      this.#flush(blocks, hours)
      if (last === undefined) return top
      this.#statements.run(
        'UPDATE source SET top = ?, top_key = ?',
        last.id,
        `${last.storage} ${last.number}`,
      )
      return last.id
    })
    return last < highest
  }

  /**
   * Rows that had no bytes and have got them, or a short record. There may be a hundred thousand gaps, and every
   * commit to the outbox may have filled one: a call looks at a slice of them, and mostly nobody is in a hurry.
   */
  #refreshGaps(): boolean {
    const version = this.#statements.number('PRAGMA outbox.data_version')
    if (this.#round === null && version === this.#sameGapsAt) return false
    const round = this.#round ?? { gap: 1, id: 0, version, found: 0, isUrgent: this.#nextIsUrgent }
    const slice = this.#statements.all<GapRow>(indexQueries.gaps, round.gap, round.id, gapBatch)
    const changed = slice.filter(({ format }) => gapOf(format) !== round.gap).slice(0, bodies)
    if (changed.length > 0) this.#write(() => this.#takeAgain(changed))
    const isCut = changed.length === bodies
    const id = (isCut ? changed.at(-1)?.id : slice.at(-1)?.id) ?? round.id
    const found = round.found + changed.length
    const isUrgent = round.isUrgent || found > 0
    if (isCut || slice.length === gapBatch) this.#round = { ...round, id, found, isUrgent }
    else if (round.gap === 1) this.#round = { ...round, gap: 2, id: 0, found, isUrgent }
    else {
      this.#round = null
      this.#nextIsUrgent = found > 0
      // What changed from 2 to 1 stands behind the round: the next one looks at it.
      if (found === 0) this.#sameGapsAt = round.version
      return found > 0
    }
    return isUrgent || (round.gap === 1 && this.#round.gap === 2)
  }

  /** Rows of no known time that have been filled since; at most so many and one more. */
  filledUntimed(most: number): number[] {
    const version = this.#statements.number('PRAGMA outbox.data_version')
    if (version === this.#sameGapsAt) return []
    return this.#statements.all<{ id: number }>(indexQueries.filledUntimed, most + 1).map(({ id }) => id)
  }

  #takeAgain(changed: readonly GapRow[]): void {
    const blocks = new Map<string, Block>()
    const hours = new Map<number, number>()
    for (const { id } of changed) {
      const row = this.#statements.one<DocumentRow>(indexQueries.again, id)
      if (row === undefined) continue
      const before = this.#statements.one<{ read_at: number; receipt: number }>(
        'SELECT read_at, receipt FROM entry WHERE id = ?',
        row.id,
      )
      if (before?.receipt) addTo(hours, hourOf(before.read_at), -1)
      this.#statements.run('DELETE FROM entry WHERE id = ?', row.id)
      this.#insert(row, this.#factsOf(row).facts, blocks, hours)
    }
    this.#flush(blocks, hours)
  }

  #factsOf(row: DocumentRow): { readonly facts: SearchFacts; readonly fromBody: boolean } {
    const { id, type, format } = row
    const summary = row.summary === null ? null : (JSON.parse(row.summary) as DocumentSummary)
    let fromBody = false
    const facts = this.#readFacts({ type, format, summary }, () => {
      const bytes = this.#statements.one<{ bytes: Buffer | null }>(indexQueries.body, id)?.bytes
      fromBody = Boolean(bytes)
      return bytes ? new Uint8Array(bytes) : null
    })
    return { facts, fromBody }
  }

  #insert(
    row: DocumentRow,
    facts: SearchFacts,
    blocks: Map<string, Block>,
    hours: Map<number, number>,
  ): void {
    const { id, number, type, format, owed, read_at } = row
    const place = this.#placeOf(row)
    const time = secondsOf(facts.time)
    this.#statements.run(
      `INSERT INTO entry (id, place, number, time, total, type, operation, receipt, owed, read_at, gap)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, place, number, time, facts.total, type, facts.operation],
      ...[facts.isReceipt ? 1 : 0, owed, read_at, gapOf(format)],
    )
    const block = Math.floor(id / blockSize)
    const key = `${block} ${place}`
    blocks.set(key, widened(blocks.get(key) ?? { block, place }, number, time, facts.total))
    if (facts.isReceipt) addTo(hours, hourOf(read_at), 1)
  }

  #flush(blocks: ReadonlyMap<string, Block>, hours: ReadonlyMap<number, number>): void {
    for (const { block, place, number, time, total } of blocks.values())
      this.#statements.run(
        `INSERT INTO block (block, place, min_number, max_number, min_time, max_time, min_total, max_total)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (block, place) DO UPDATE SET
           min_number = min(min_number, excluded.min_number), max_number = max(max_number, excluded.max_number),
           min_time = coalesce(min(min_time, excluded.min_time), min_time, excluded.min_time),
           max_time = coalesce(max(max_time, excluded.max_time), max_time, excluded.max_time),
           min_total = coalesce(min(min_total, excluded.min_total), min_total, excluded.min_total),
           max_total = coalesce(max(max_total, excluded.max_total), max_total, excluded.max_total)`,
        ...[block, place, number?.[0] ?? 0, number?.[1] ?? 0],
        ...[time?.[0] ?? null, time?.[1] ?? null, total?.[0] ?? null, total?.[1] ?? null],
      )
    for (const [hour, n] of hours)
      this.#statements.run(
        'INSERT INTO hour (hour, read) VALUES (?, ?) ON CONFLICT (hour) DO UPDATE SET read = read + excluded.read',
        hour,
        n,
      )
  }

  #placeOf({ storage, register }: DocumentRow): number {
    const key = `${storage} ${register}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const { lastInsertRowid } = this.#statements.run(
      'INSERT INTO place (storage, register) VALUES (?, ?)',
      storage,
      register,
    )
    this.#places.set(key, Number(lastInsertRowid))
    return Number(lastInsertRowid)
  }

  #isOfAnother(): boolean {
    const source = this.#statements.one<SourceRow>('SELECT mark, top, top_key FROM source')
    if (source === undefined || source.mark !== this.#mark) return true
    if (source.top === 0) return false
    return this.#statements.one<{ found: string }>(indexQueries.key, source.top)?.found !== source.top_key
  }

  /** The attempts stay: they go by the documents' keys. */
  #beginAnew(): void {
    this.#write(() => {
      for (const table of ['entry', 'block', 'hour', 'place', 'source'])
        this.#statements.run(`DELETE FROM ${table}`)
      this.#statements.run(
        'INSERT INTO source (only, mark, top, top_key) VALUES (1, ?, 0, ?)',
        this.#mark,
        '',
      )
    })
    this.#places = new Map()
    this.#sameGapsAt = null
    this.#round = null
    this.#nextIsUrgent = true
  }

  #loadPlaces(): void {
    const sql = 'SELECT id, storage, register FROM place'
    const rows = this.#statements.all<{ id: number; storage: string; register: string }>(sql)
    this.#places = new Map(rows.map(({ id, storage, register }) => [`${storage} ${register}`, id]))
  }

  /**
   * Deferred, so that no lock is taken on the outbox; its first statement writes, so that nothing which was read
   * before has to be given up because another process wrote meanwhile. After a failure the places are read anew.
   */
  #write<Result>(work: () => Result): Result {
    try {
      return this.#together(() => {
        this.#statements.run('UPDATE source SET top = top')
        return work()
      })
    } catch (error) {
      this.#loadPlaces()
      throw error
    }
  }
}

type Range = readonly [least: number, most: number]

interface Block {
  readonly block: number
  readonly place: number
  readonly number?: Range | undefined
  readonly time?: Range | undefined
  readonly total?: Range | undefined
}

function widened(block: Block, number: number, time: number | null, total: number | null): Block {
  return {
    ...block,
    number: joined(block.number, number),
    time: joined(block.time, time),
    total: joined(block.total, total),
  }
}

function joined(range: Range | undefined, value: number | null): Range | undefined {
  if (value === null) return range
  return range === undefined ? [value, value] : [Math.min(range[0], value), Math.max(range[1], value)]
}

function addTo(counts: Map<number, number>, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

function gapOf(format: DocumentFormat): 0 | 1 | 2 {
  return format === 'summary' ? 1 : format === 'absent' ? 2 : 0
}

/** Hours since 1970. */
export function hourOf(ms: number): number {
  return Math.floor(ms / hourMs)
}

/** A drive's number holds no blank; a register's name might. */
function split(key: string): [string, string] {
  return [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
}
