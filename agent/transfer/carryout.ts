/**
 * An import from its bytes to its report. Every file is read to its end before anything is written, and again while it
 * is written; neither it nor its documents are ever in memory as a whole, and between two pieces everybody else gets
 * a turn. A file that is wrong anywhere is refused as a whole, for nobody knows what else in it is not so; the others
 * go on.
 */
import { Readable } from 'node:stream'
import { eventId, type KeepResult, type NewDocument, type Outbox } from '../outbox.ts'
import { StoreError } from '../store/faults.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { demandOwners } from './owners.ts'
import { changed, type ImportSource, inBatches, read, type SeenFile } from './pieces.ts'
import type { ImportFacts, ImportPlan, PlannedDocument } from './plan.ts'
import { type ImportReport, type RefusedFile, Tally } from './tally.ts'

export type { ImportSource } from './pieces.ts'
export type { ImportedDocument, ImportedDrive, ImportReport, RefusedFile } from './tally.ts'

export interface ImportOrder {
  readonly dryRun: boolean
  /** Milliseconds. */
  readonly now: number
  /** What the files must still be: the digests of the report that a person has seen. */
  readonly digests?: readonly string[]
  /** Told how many documents are done, and of how many once that is known. */
  readonly went?: (done: number, of: number | null) => void
  /** Called once before the first document is written, with what will be. */
  readonly begins?: (expected: ImportReport) => void
  /** Called when it ends before its end, with what was written. */
  readonly broke?: (done: ImportReport) => void
}

/**
 * Keeps what the files hold; with `dryRun` nothing is written. Wrong files are told in the report; rejects with
 * `Failure` when the only one is wrong.
 */
export async function carryOutImport(
  sources: readonly ImportSource[],
  outbox: Outbox,
  facts: ImportFacts,
  order: ImportOrder,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { looked, right, refused } = await lookThrough(sources, outbox, facts, order, signal)
  const digests = right.map(({ digest }) => digest)
  demandSame(digests, order.digests)
  const expected = looked.report(digests, refused)
  if (order.dryRun) return expected
  demandOwners(expected, facts.configured)
  order.begins?.(expected)
  const done = new Tally()
  try {
    for (const file of right)
      for await (const plan of inBatches(readAgain(file, facts, signal))) {
        done.add(plan, outbox.keepDocuments(plan.documents.map(documentOf), order.now))
        order.went?.(done.documents, looked.documents)
      }
  } catch (error) {
    const report = done.report(digests, refused)
    order.broke?.(report)
    throw halfDone(error, report.kept, expected.kept)
  }
  return done.report(digests, refused)
}

/** A file that was read to its end and found right. */
interface RightFile extends SeenFile {
  readonly source: ImportSource
}

interface Looked {
  readonly looked: Tally
  readonly right: readonly RightFile[]
  readonly refused: readonly RefusedFile[]
}

async function lookThrough(
  sources: readonly ImportSource[],
  outbox: Outbox,
  facts: ImportFacts,
  { went }: ImportOrder,
  signal: AbortSignal,
): Promise<Looked> {
  const looked = new Tally()
  const [right, refused]: [RightFile[], RefusedFile[]] = [[], []]
  const seen = new Map<string, string>()
  for (const [at, source] of sources.entries()) {
    const [tally, here] = [new Tally(), new Map<string, string>()]
    try {
      for await (const plan of read(source, facts, (file) => right.push({ ...file, source }), signal)) {
        tally.add(plan, judged(plan, outbox, seen, here))
        went?.(looked.documents + tally.documents, null)
      }
      looked.join(tally)
      for (const [key, same] of here) seen.set(key, same)
    } catch (error) {
      if (!(error instanceof Failure) || sources.length === 1) throw error
      refused.push({ at, why: error.text })
    }
  }
  return { looked, right, refused }
}

const documentOf = ({ document }: PlannedDocument): NewDocument => document

/** The second reading must be of the very bytes of the first. Whatever is wrong in it now was not there before. */
async function* readAgain(
  { source, ...before }: RightFile,
  facts: ImportFacts,
  signal: AbortSignal,
): AsyncGenerator<ImportPlan> {
  let digest: string | null = null
  const atEnd = (file: SeenFile) => {
    digest = file.digest
  }
  yield* read(source, facts, atEnd, signal, before.bytes)
  if (digest !== before.digest) throw new Failure(changed)
}

/** What keeping would do; of a document that comes twice, `here` or in a file before, the second one is known. */
function judged(
  { documents }: ImportPlan,
  outbox: Outbox,
  seen: ReadonlyMap<string, string>,
  here: Map<string, string>,
): KeepResult[] {
  return documents.map(({ document }) => {
    const key = eventId(document)
    const same = `${document.type} ${document.summary?.sign ?? ''}`
    const before = seen.get(key) ?? here.get(key)
    here.set(key, before ?? same)
    if (before !== undefined) return before === same ? 'known' : { differs: 'sign' }
    return outbox.wouldKeep(document)
  })
}

function demandSame(digests: readonly string[], seen: readonly string[] | undefined): void {
  if (seen === undefined || (seen.length === digests.length && seen.every((one, at) => one === digests[at])))
    return
  throw new Failure(
    text(
      'Это не те файлы, что были проверены. Ничего не записано: проверьте их заново',
      'These are not the files that were checked. Nothing was written: check them again',
    ),
  )
}

/** Batches are committed by now: whoever reads that nothing was written would look for them elsewhere. */
function halfDone(error: unknown, kept: number, of: number): unknown {
  if (!(error instanceof Failure || error instanceof StoreError)) return error
  // Each file was read to its end just now: what its reader stumbles over is new in it, or it was put away.
  const why = error instanceof StoreError ? error.text : changed
  return new Failure(
    text(
      `Принято ${kept} из ${of}, дальше не вышло: ${why.ru}. Принятое остаётся; тот же файл ещё раз продолжит`,
      `Imported ${kept} of ${of}, then it failed: ${why.en}. What was imported stays; the same file again continues`,
    ),
    { cause: error },
  )
}

/** A text or bytes that are in memory already. */
export function sourceOf(held: string | Uint8Array): ImportSource {
  const bytes = Buffer.from(held as string)
  return { open: () => Readable.from([bytes]) }
}
