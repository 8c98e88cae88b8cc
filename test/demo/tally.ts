/** What became of every receipt, counted at both ends: by the register that closed it and the site that booked it. */
import { existsSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { type Ledger, millionthsOf } from '../fakes/bitrix/ledger.ts'
import type { ClosedDocument, SimulatedRegister } from '../fakes/register.ts'

/** All zero from `lost` on, or something is wrong. */
export interface Tally {
  /** Receipts that the registers closed. */
  readonly closed: number
  /** Those of them that the agent's database holds, byte for byte as the fiscal drive does. */
  readonly kept: number
  /** Those of them that the site acknowledged. */
  readonly delivered: number
  /** Owed to the site and not there; or moving nothing, and not even kept. */
  readonly lost: number
  /** Keys that moved the site's stock more than once. */
  readonly twice: number
  /** Commands that a reader must never send. */
  readonly forbidden: number
  /** Documents left in a register half read. */
  readonly undrained: number
}

/** The key under which a document must arrive. */
export function keyOf({ storage, number }: Pick<ClosedDocument, 'storage' | 'number'>): string {
  return `FN${storage}-FD${number}`
}

/** True for a receipt that has to reach the site: something in it moves or has to be looked at. */
export function isOwed({ type, lines }: ClosedDocument): boolean {
  return type === 31 || type === 41 || lines.some(({ move }) => move !== 'none')
}

/** What the agent's database holds right now; nothing of a file that is missing, destroyed or being made. */
export interface Kept {
  readonly bodies: ReadonlyMap<string, Uint8Array>
  readonly waiting: number
}

/** Opened for reading only, for this one look. */
export function readKept(path: string): Kept {
  return look(path, { bodies: new Map(), waiting: 0 }, (database) => {
    const rows = database
      .prepare<[], { storage: string; number: number; bytes: Uint8Array }>(
        'SELECT storage, number, bytes FROM document WHERE bytes IS NOT NULL',
      )
      .all()
    return { bodies: new Map(rows.map((row) => [keyOf(row), row.bytes])), waiting: waitingIn(database) }
  })
}

/** The same in numbers only, for a view that looks several times a second. */
export function countKept(path: string): { readonly receipts: number; readonly waiting: number } {
  return look(path, { receipts: 0, waiting: 0 }, (database) => {
    const receipts = database
      .prepare('SELECT count(*) FROM document WHERE type IN (3, 4, 31, 41) AND bytes IS NOT NULL')
      .pluck()
      .get()
    return { receipts: Number(receipts), waiting: waitingIn(database) }
  })
}

function waitingIn(database: BetterSqlite3.Database): number {
  return Number(database.prepare('SELECT count(*) FROM delivery WHERE due_at IS NOT NULL').pluck().get())
}

function look<Seen>(path: string, nothing: Seen, read: (database: BetterSqlite3.Database) => Seen): Seen {
  if (!existsSync(path)) return nothing
  try {
    const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
    try {
      return read(database)
    } finally {
      database.close()
    }
  } catch {
    return nothing
  }
}

/** `sendsAll`: the agent is set to send what moves nothing as well. */
export function tallyOf(
  registers: readonly SimulatedRegister[],
  kept: Kept,
  ledger: Ledger,
  sendsAll: boolean,
): Tally {
  const receipts = registers.flatMap((register) => register.receipts)
  const count = (holds: (receipt: ClosedDocument) => boolean) => receipts.filter(holds).length
  const isKept = (receipt: ClosedDocument) => same(kept.bodies.get(keyOf(receipt)), receipt.body)
  const isThere = (receipt: ClosedDocument) => ledger.entries.has(keyOf(receipt))
  const sum = (of: 'forbidden' | 'undrained') =>
    registers.reduce((all, { counters }) => all + counters[of], 0)
  return {
    closed: receipts.length,
    kept: count(isKept),
    delivered: count(isThere),
    lost: count((receipt) => (sendsAll || isOwed(receipt) ? !isThere(receipt) : !isKept(receipt))),
    twice: ledger.twice.size,
    forbidden: sum('forbidden'),
    undrained: sum('undrained'),
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0
}

/** Keys that the site booked otherwise than the register sold them, or that no register ever sold. */
export function misbooked(registers: readonly SimulatedRegister[], ledger: Ledger): string[] {
  const documents = new Map(
    registers.flatMap((register) => register.documents).map((each) => [keyOf(each), each]),
  )
  return [...ledger.entries.values()]
    .filter(({ key, state, movements }) => {
      const document = documents.get(key)
      if (document === undefined) return true
      if (state !== 'booked') return movements.length > 0
      return movements.map(({ millionths }) => millionths).join() !== movedBy(document).join()
    })
    .map(({ key }) => key)
}

function movedBy({ lines }: ClosedDocument): bigint[] {
  return lines.flatMap(({ move, quantity }) => {
    if (move !== 'out' && move !== 'in') return []
    const millionths = millionthsOf(quantity)
    return [move === 'in' ? millionths : -millionths]
  })
}
