/**
 * `outbox export` and `outbox import`.
 *
 * The export is JSON lines: a head `{"chekpost":"outbox","version":1}`, one document a line with its bytes, their
 * fingerprint and what became of its delivery, and a foot with the number of documents, by which half a file is
 * told. The import reads that back, or the receipt JSON of the tax service (`fiscal/taxJson.ts`), piece by piece. It is
 * checked as a whole before anything is written; a document that is kept already stays as it is, and what was
 * delivered there never becomes due here.
 */
import { z } from 'zod'
import type { DocumentKey, Outbox, Selection } from './outbox.ts'
import { text } from './text.ts'
import { ExportReader } from './transfer/exportfile.ts'
import { lineOf, parseLine } from './transfer/line.ts'
import { type ImportFacts, type ImportPlan, joined, type Reader } from './transfer/plan.ts'
import { TaxJsonReader } from './transfer/taxreceipts.ts'
import { Failure } from './usage.ts'

export type { ImportFacts, ImportPlan, PlannedDocument } from './transfer/plan.ts'

const version = 1

const Head = z.object({ chekpost: z.literal('outbox'), version: z.int() })

/** A piece of an export; `after` continues it, null at its end. */
export interface ExportPiece {
  readonly lines: readonly string[]
  readonly after: string | null
}

/** The lines behind `after` (absent = from the head on). At most `size` documents, so that nobody waits for long. */
export function exportPiece(outbox: Outbox, selection: Selection, after?: string, size = 500): ExportPiece {
  const { count, key } = readCursor(after)
  const documents = outbox.walk(selection, key, size)
  const last = documents.at(-1)
  const total = count + documents.length
  const lines = documents.map((document) => JSON.stringify(lineOf(document)))
  if (key === null) lines.unshift(JSON.stringify({ chekpost: 'outbox', version }))
  if (last !== undefined && documents.length === size)
    return { lines, after: `${total}:${last.storage}:${last.number}` }
  return { lines: [...lines, JSON.stringify({ documents: total })], after: null }
}

function readCursor(after: string | undefined): { count: number; key: DocumentKey | null } {
  if (after === undefined) return { count: 0, key: null }
  const match = /^(\d+):(\d{16}):(\d+)$/.exec(after)
  if (match === null)
    throw new Failure(text(`Не место в выгрузке: ${after}`, `Not a place in an export: ${after}`))
  const [, count, storage = '', number] = match
  return { count: Number(count), key: { storage, number: Number(number) } }
}

/** A reader for either kind of file: the first line tells which it is. */
export function readerOf(facts: ImportFacts): Reader {
  return new FirstLine(facts)
}

class FirstLine implements Reader {
  readonly #facts: ImportFacts
  #begun = ''
  #reader: Reader | null = null

  constructor(facts: ImportFacts) {
    this.#facts = facts
  }

  push(piece: string): Iterable<ImportPlan> {
    if (this.#reader !== null) return this.#reader.push(piece)
    this.#begun += piece
    const isTold = this.#begun.length >= longestHead || this.#begun.trimStart().includes('\n')
    return isTold ? this.#chosen().push(this.#begun) : []
  }

  *end(): Iterable<ImportPlan> {
    if (this.#reader !== null) return yield* this.#reader.end()
    const reader = this.#chosen()
    yield* reader.push(this.#begun)
    yield* reader.end()
  }

  #chosen(): Reader {
    this.#reader = isExport(this.#begun) ? new ExportReader(this.#facts) : new TaxJsonReader(this.#facts)
    return this.#reader
  }
}

/** Far more than the first line of an export, which says nothing but what it is. */
const longestHead = 4096

/** Throws `Failure` for one that this version cannot read. */
function isExport(begun: string): boolean {
  const head = Head.safeParse(parseLine(begun.trimStart().split('\n', 1)[0]))
  if (head.success && head.data.version > version)
    throw new Failure(
      text(
        'Выгрузка сделана более новой версией chekpost. Установите её и здесь.',
        'The export was made by a newer chekpost. Install that version here as well.',
      ),
    )
  return head.success
}

/** Reads a whole file of either kind. Throws `Failure` that names the line and what to do. */
export function planImport(source: string, facts: ImportFacts): ImportPlan {
  const reader = readerOf(facts)
  return joined([...reader.push(source), ...reader.end()])
}
