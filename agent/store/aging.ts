/**
 * Old documents: personal tags are masked, later the bytes are emptied. The row and its fingerprint stay, or the
 * number would be missing again. What is still to be delivered, or parked, is never touched.
 */
import type { Mask } from '../outbox.ts'
import { type ListedRow, listedColumns, listedOf } from './rows.ts'
import type { Statements } from './statements.ts'

/** Settled before `than`, or owed to nobody and read before it. By the index `document_aging`. */
const finished = `d.bytes IS NOT NULL AND d.read_at < :than AND (
    v.document IS NULL OR (v.due_at IS NULL AND v.settled_at < :than))`

export const toMaskQuery = `SELECT d.id, ${listedColumns} FROM document d LEFT JOIN delivery v ON v.document = d.id
  WHERE d.masked = 0 AND ${finished} LIMIT :limit`

export const toEmptyQuery = `SELECT d.id FROM document d LEFT JOIN delivery v ON v.document = d.id
  WHERE d.masked IN (0, 1, 2) AND ${finished} LIMIT :limit`

/** Masks at most `limit` documents; returns how many were looked at. To be called inside a transaction. */
export function maskOlder(statements: Statements, than: number, limit: number, mask: Mask): number {
  const rows = statements.all<ListedRow & { readonly id: number }>(toMaskQuery, { limit, than })
  for (const row of rows) {
    const masked = mask(listedOf(row))
    statements.run(
      'UPDATE document SET masked = ?, bytes = ? WHERE id = ?',
      masked ? 1 : 2,
      masked ?? row.bytes,
      row.id,
    )
  }
  return rows.length
}

/** Empties at most `limit` documents; returns how many. To be called inside a transaction. */
export function emptyOlder(statements: Statements, than: number, limit: number): number {
  const rows = statements.all<{ readonly id: number }>(toEmptyQuery, { limit, than })
  for (const { id } of rows) statements.run('UPDATE document SET bytes = NULL WHERE id = ?', id)
  return rows.length
}
