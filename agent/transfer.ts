/**
 * `outbox export` and `outbox import`.
 *
 * The export is JSON lines: a head `{"chekpost":"outbox","version":1}`, one document a line with its bytes, their
 * fingerprint and what became of its delivery, and a foot with the number of documents, by which half a file is
 * told. The import reads that back, or the receipt JSON of the tax service (`fiscal/taxJson.ts`). It is checked as a
 * whole before anything is written; a document that is kept already stays as it is, and what was delivered there
 * never becomes due here.
 */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { Receipt } from './fiscal/model.ts'
import { type DocumentKey, eventId, type Outbox, type Selection } from './outbox.ts'
import { text } from './text.ts'
import { lineOf, parseLine, readLine } from './transfer/line.ts'
import type { ImportFacts, ImportPlan } from './transfer/plan.ts'
import { nobody, planTaxJson } from './transfer/taxreceipts.ts'
import { Failure } from './usage.ts'

export type { ImportFacts, ImportPlan, PlannedDocument } from './transfer/plan.ts'

const version = 1

const Head = z.object({ chekpost: z.literal('outbox'), version: z.int() })
const Foot = z.strictObject({ documents: z.int().min(0) })

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

/** Reads either kind of file. Throws `Failure` that names the line and what to do. */
export function planImport(source: string, facts: ImportFacts): ImportPlan {
  const lines = source.split('\n').filter((line) => line.trim() !== '')
  const head = Head.safeParse(parseLine(lines[0]))
  if (!head.success) return planTaxJson(source, facts)
  if (head.data.version > version)
    throw new Failure(
      text(
        'Выгрузка сделана более новой версией chekpost. Установите её и здесь.',
        'The export was made by a newer chekpost. Install that version here as well.',
      ),
    )
  demandWhole(lines, source.endsWith('\n'))
  return { documents: lines.slice(1, -1).map((line, i) => readLine(line, i + 2, facts)), shownOnly: [] }
}

/** A file whose end is missing is told from one to which something was added, or in which lines are lost. */
function demandWhole(lines: readonly string[], ended: boolean): void {
  const at = lines.findIndex((line) => Foot.safeParse(parseLine(line)).success)
  const told = Foot.safeParse(parseLine(lines[at])).data?.documents
  if (told === undefined) throw notWhole(lines, ended)
  if (at < lines.length - 1)
    throw new Failure(
      text(
        `Выгрузка, строка ${at + 2}: лишнее после её конца. Удалите всё после строки ${at + 1} или выгрузите заново.`,
        `Export, line ${at + 2}: something stands behind its end. Remove all after line ${at + 1}, or export again.`,
      ),
    )
  if (told !== at - 1)
    throw new Failure(
      text(
        `Выгрузка неполная: документов в ней ${at - 1}, а записано ${told}. ${exportAgain.ru}`,
        `The export is not whole: it holds ${at - 1} documents and says ${told}. ${exportAgain.en}`,
      ),
    )
}

const exportAgain = text(
  'Выгрузите заново: chekpost outbox export > файл',
  'Export again: chekpost outbox export > file',
)

function notWhole(lines: readonly string[], ended: boolean): Failure {
  const last = lines.length
  if (ended && parseLine(lines.at(-1)) === undefined)
    return new Failure(
      text(
        `Выгрузка, строка ${last}: последняя строка повреждена. ${exportAgain.ru}`,
        `Export, line ${last}: the last line is damaged. ${exportAgain.en}`,
      ),
    )
  return new Failure(
    text(
      `Выгрузка неполная: файл обрезан. ${exportAgain.ru}`,
      `The export is not whole: the file is cut. ${exportAgain.en}`,
    ),
  )
}

/** What an import did, or (dry) would do. */
export interface ImportReport {
  /** Documents that were not here, or without their bytes. */
  readonly kept: number
  readonly known: number
  /** `<key>: sign | type | bytes`: another document is kept under this key; it stays. */
  readonly conflicts: readonly string[]
  readonly shownOnly: ImportPlan['shownOnly']
  /** Receipts of the tax service, decoded, each with what became of it. Empty for an export. */
  readonly documents: readonly {
    readonly key: string
    readonly result: 'kept' | 'known' | 'filled' | 'conflict'
    /** It has to be delivered. */
    readonly owed: boolean
    readonly receipt: Receipt
  }[]
}

/** One commit holds so many documents; between two commits everybody else gets a turn. */
const batch = 500

/** Keeps what was planned; with `dryRun` nothing is written. Rejects with `Failure` when the register is unknown. */
export async function carryOutImport(
  plan: ImportPlan,
  outbox: Outbox,
  {
    dryRun,
    now,
    went,
  }: { readonly dryRun: boolean; readonly now: number; readonly went?: (done: number) => void },
  signal: AbortSignal,
): Promise<ImportReport> {
  if (!dryRun && plan.documents.some(({ document }) => document.register === nobody)) throw registerWanted()
  const results: ('kept' | 'known' | 'filled' | { readonly differs: string })[] = []
  for (let from = 0; from < plan.documents.length; from += batch) {
    signal.throwIfAborted()
    const documents = plan.documents.slice(from, from + batch).map(({ document }) => document)
    results.push(
      ...(dryRun
        ? documents.map((document) => outbox.wouldKeep(document))
        : outbox.keepDocuments(documents, now)),
    )
    went?.(results.length)
    await setImmediate()
  }
  return reportOf(plan, results)
}

function registerWanted(): Failure {
  return new Failure(
    text(
      'Этого ФН здесь ещё не было. Укажите кассу: chekpost outbox import --register till-1 файл',
      'This fiscal drive has not been seen here. Name its register: chekpost outbox import --register till-1 file',
    ),
  )
}

function reportOf(
  { documents, shownOnly }: ImportPlan,
  results: readonly ('kept' | 'known' | 'filled' | { readonly differs: string })[],
): ImportReport {
  const rows = documents.flatMap(({ document, receipt }, i) => {
    const result = results[i]
    if (result === undefined) return []
    const differs = typeof result === 'object' ? result.differs : null
    return [
      {
        key: eventId(document),
        result: typeof result === 'object' ? ('conflict' as const) : result,
        differs,
        owed: document.owed,
        receipt,
      },
    ]
  })
  return {
    kept: rows.filter(({ result }) => result === 'kept' || result === 'filled').length,
    known: rows.filter(({ result }) => result === 'known').length,
    conflicts: rows.flatMap(({ key, differs }) => (differs === null ? [] : [`${key}: ${differs}`])),
    shownOnly,
    documents: rows.flatMap(({ key, result, owed, receipt }) =>
      receipt === null ? [] : [{ key, result, owed, receipt }],
    ),
  }
}
