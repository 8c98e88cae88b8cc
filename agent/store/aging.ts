/**
 * Old documents: personal tags are masked, later the bytes are emptied. The row and its fingerprint stay, or the
 * number would be missing again. What is still to be delivered, or parked, is never touched.
 */
import type { Mask } from '../outbox.ts'
import { type FoundRow, foundColumns, foundOf } from './rows.ts'
import type { Statements } from './statements.ts'

interface AgedRow extends FoundRow {
  readonly id: number
}

/** What is owed to nobody, by `document_aging`; and what was settled, by `delivery_settled`. */
interface Query {
  readonly unowed: string
  readonly settled: string
}

const isOld = 'd.bytes IS NOT NULL AND d.read_at < :than'

export const toMask: Query = {
  unowed: `SELECT d.id, ${foundColumns} FROM document d LEFT JOIN delivery v ON v.document = d.id
    WHERE d.owed = 0 AND d.masked = 0 AND ${isOld} LIMIT :limit`,
  settled: `SELECT d.id, ${foundColumns} FROM delivery v JOIN document d ON d.id = v.document
    WHERE v.register = :register AND v.aged = 0 AND v.settled_at < :than AND ${isOld} LIMIT :limit`,
}

export const toEmpty: Query = {
  unowed: `SELECT d.id FROM document d
    WHERE d.owed = 0 AND d.masked IN (0, 1, 2) AND ${isOld} LIMIT :limit`,
  settled: `SELECT d.id FROM delivery v JOIN document d ON d.id = v.document
    WHERE v.register = :register AND v.aged IN (0, 1) AND v.settled_at < :than AND ${isOld} LIMIT :limit`,
}

/** Masks at most `limit` documents; returns how many were looked at. To be called inside a transaction. */
export function maskOlder(aging: Aging, than: number, limit: number, mask: Mask): number {
  const rows = oldOnes<AgedRow>(aging, toMask, than, limit)
  for (const row of rows) {
    const masked = mask(foundOf(row))
    aging.statements.run(
      'UPDATE document SET masked = ?, bytes = ? WHERE id = ?',
      masked ? 1 : 2,
      masked ?? row.bytes,
      row.id,
    )
    aging.statements.run('UPDATE delivery SET aged = 1 WHERE document = ?', row.id)
  }
  return rows.length
}

/** Empties at most `limit` documents; returns how many. To be called inside a transaction. */
export function emptyOlder(aging: Aging, than: number, limit: number): number {
  const rows = oldOnes<Pick<AgedRow, 'id'>>(aging, toEmpty, than, limit)
  for (const { id } of rows) {
    aging.statements.run('UPDATE document SET bytes = NULL WHERE id = ?', id)
    aging.statements.run('UPDATE delivery SET aged = 2 WHERE document = ?', id)
  }
  return rows.length
}

/** Where the documents are, and of which registers. */
export interface Aging {
  readonly statements: Statements
  readonly registers: readonly string[]
}

function oldOnes<Row>({ statements, registers }: Aging, query: Query, than: number, limit: number): Row[] {
  const found = statements.all<Row>(query.unowed, { than, limit })
  for (const register of registers)
    found.push(...statements.all<Row>(query.settled, { register, than, limit: limit - found.length }))
  return found
}
