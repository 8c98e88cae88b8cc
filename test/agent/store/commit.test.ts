/** What one commit writes: every page more is written twice and makes each receipt wait (docs/decisions/010). */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Outbox } from '../../../agent/outbox.ts'
import { accepted, folder, opened, receipt, t0 } from './workshop.ts'

/** One page in the write-ahead log with its head (sqlite.org/fileformat.html#walformat). */
const frame = 4_096 + 24
/** So few that the log is not written back meanwhile. */
const commits = 100

/** Pages that a commit writes, on average; new pages of the tables and indexes are among them. */
function pagesOf(path: string, commit: (number: number) => void): number {
  const before = statSync(`${path}-wal`).size
  for (let number = 1; number <= commits; number++) commit(number)
  return (statSync(`${path}-wal`).size - before) / frame / commits
}

function open(): { readonly path: string; readonly outbox: Outbox } {
  const path = join(folder(), 'outbox.db')
  return { path, outbox: opened(path) }
}

/** As long as the receipts of a grocery. */
const bytes = new Uint8Array(1_250)

test('a receipt is written into its table, by its key, into the deliveries and what is due', () => {
  const { path, outbox } = open()
  expect(pagesOf(path, (number) => outbox.keepDocument(receipt(number, { bytes }), t0))).toBeLessThan(5.1)
})

test('a settlement changes its row and moves it from what is due to what was settled', () => {
  const { path, outbox } = open()
  outbox.keepDocuments(
    Array.from({ length: commits }, (_, i) => receipt(i + 1, { bytes })),
    t0,
  )
  const settle = (number: number) => outbox.settle(receipt(number), accepted, t0 + number)
  expect(pagesOf(path, settle)).toBeLessThan(3.3)
})
