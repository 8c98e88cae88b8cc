/**
 * An import from its bytes to its report. Every file is read to its end before anything is written, and again while it
 * is written; neither it nor its documents are ever in memory as a whole, and between two pieces everybody else gets
 * a turn.
 */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import type { Receipt } from '../fiscal/model.ts'
import { eventId, type KeepResult, type NewDocument, type Outbox } from '../outbox.ts'
import { text } from '../text.ts'
import { readerOf } from '../transfer.ts'
import { Failure } from '../usage.ts'
import { foreignKind, notUtf8, tellingBytes } from './kind.ts'
import type { ImportFacts, ImportPlan, PlannedDocument, ShownReceipt } from './plan.ts'
import { nobody } from './taxreceipts.ts'

/** A file that can be read more than once. */
export interface ImportSource {
  open(): AsyncIterable<Uint8Array>
}

/** What an import did, or (dry) would do. The lists are cut; the numbers beside them are not. */
export interface ImportReport {
  /** Documents that were not here, or without their bytes. */
  readonly kept: number
  readonly known: number
  /** Of those kept, the ones that have to be delivered. */
  readonly owed: number
  readonly conflictCount: number
  readonly shownOnlyCount: number
  /** `<key>: sign | type | bytes`: another document is kept under this key; it stays. */
  readonly conflicts: readonly string[]
  readonly shownOnly: readonly ShownReceipt[]
  /** Receipts of the tax service, decoded, each with what became of it. Empty for an export. */
  readonly documents: readonly {
    readonly key: string
    readonly result: 'kept' | 'known' | 'filled' | 'conflict'
    /** It has to be delivered. */
    readonly owed: boolean
    readonly receipt: Receipt
  }[]
  /** The registers that new documents come under; `?` for a drive that nobody here knows. */
  readonly registers: readonly string[]
  /** SHA-256 (hex) of each file, in their order. */
  readonly digests: readonly string[]
}

export interface ImportOrder {
  readonly dryRun: boolean
  /** Milliseconds. */
  readonly now: number
  /** What the files must still be: the digests of the report that a person has seen. */
  readonly digests?: readonly string[]
  /** Told how many documents are done, and of how many once that is known. */
  readonly went?: (done: number, of: number | null) => void
}

/** So much of each list is reported. */
const mostListed = 1000
/** One commit holds so many documents. */
const batch = 40
/** So many bytes are read before somebody else gets a turn: some milliseconds. */
const slice = 16 * 1024

/** Keeps what the files hold; with `dryRun` nothing is written. Rejects with `Failure` that says what is wrong. */
export async function carryOutImport(
  sources: readonly ImportSource[],
  outbox: Outbox,
  facts: ImportFacts,
  order: ImportOrder,
  signal: AbortSignal,
): Promise<ImportReport> {
  const looked = new Tally()
  const seen = new Map<string, string>()
  for (const source of sources)
    for await (const plan of read(source, facts, looked, signal)) {
      looked.add(plan, judged(plan, outbox, seen))
      order.went?.(looked.documents, null)
    }
  demandSame(looked.digests, order.digests)
  if (order.dryRun) return looked.report()
  if (looked.registers.has(nobody)) throw registerWanted()
  const done = new Tally()
  for (const source of sources)
    for await (const plan of inBatches(read(source, facts, done, signal))) {
      done.add(plan, outbox.keepDocuments(plan.documents.map(documentOf), order.now))
      order.went?.(done.documents, looked.documents)
    }
  return done.report()
}

const documentOf = ({ document }: PlannedDocument): NewDocument => document

/** What keeping would do; of a document that comes twice the second one is known. */
function judged({ documents }: ImportPlan, outbox: Outbox, seen: Map<string, string>): KeepResult[] {
  return documents.map(({ document }) => {
    const key = eventId(document)
    const same = `${document.type} ${document.summary?.sign ?? ''}`
    const before = seen.get(key)
    seen.set(key, before ?? same)
    if (before !== undefined) return before === same ? 'known' : { differs: 'sign' }
    return outbox.wouldKeep(document)
  })
}

/** The file as pieces of a plan; its digest goes into the tally at its end. */
async function* read(
  source: ImportSource,
  facts: ImportFacts,
  tally: Tally,
  signal: AbortSignal,
): AsyncGenerator<ImportPlan> {
  const reader = readerOf(facts)
  const digest = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of source.open()) {
    digest.update(chunk)
    head = head === null ? null : checkedHead(Buffer.concat([head, chunk]))
    for (let at = 0; at < chunk.length; at += slice) {
      yield reader.push(decode(decoder, chunk.subarray(at, at + slice)))
      await setImmediate(undefined, { signal })
    }
  }
  if (head !== null) demandOurs(head)
  yield reader.push(decode(decoder, null))
  yield reader.end()
  tally.digests.push(digest.digest('hex'))
}

/** Null once enough of the beginning was seen. */
function checkedHead(head: Buffer): Buffer | null {
  demandOurs(head)
  return head.length < tellingBytes ? head : null
}

function demandOurs(head: Uint8Array): void {
  const foreign = foreignKind(head)
  if (foreign !== null) throw new Failure(foreign)
}

function decode(decoder: TextDecoder, bytes: Uint8Array | null): string {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch (cause) {
    throw new Failure(notUtf8, { cause })
  }
}

/** Each commit waits for the disk, so small pieces are gathered. */
async function* inBatches(plans: AsyncIterable<ImportPlan>): AsyncGenerator<ImportPlan> {
  let documents: readonly PlannedDocument[] = []
  for await (const plan of plans) {
    documents = [...documents, ...plan.documents]
    for (; documents.length >= batch; documents = documents.slice(batch)) {
      yield { documents: documents.slice(0, batch), shownOnly: [] }
      await setImmediate()
    }
    if (plan.shownOnly.length > 0) yield { documents: [], shownOnly: plan.shownOnly }
  }
  if (documents.length > 0) yield { documents, shownOnly: [] }
}

/** Counts, and lists what a person has to see. */
class Tally {
  readonly registers = new Set<string>()
  readonly digests: string[] = []
  /** How many documents it has seen. */
  documents = 0
  readonly #counts = { kept: 0, known: 0, owed: 0, conflictCount: 0, shownOnlyCount: 0 }
  readonly #conflicts: string[] = []
  readonly #shownOnly: ShownReceipt[] = []
  readonly #listed: ImportReport['documents'][number][] = []

  add({ documents, shownOnly }: ImportPlan, results: readonly KeepResult[]): void {
    this.documents += documents.length
    for (const [at, planned] of documents.entries()) this.#add(planned, results[at] ?? 'known')
    this.#counts.shownOnlyCount += shownOnly.length
    this.#shownOnly.push(...shownOnly.slice(0, mostListed - this.#shownOnly.length))
  }

  report(): ImportReport {
    return {
      ...this.#counts,
      conflicts: this.#conflicts,
      shownOnly: this.#shownOnly,
      documents: this.#listed,
      registers: [...this.registers].slice(0, mostListed),
      digests: this.digests,
    }
  }

  #add({ document, receipt }: PlannedDocument, result: KeepResult): void {
    const key = eventId(document)
    if (typeof result === 'object') {
      this.#counts.conflictCount++
      if (this.#conflicts.length < mostListed) this.#conflicts.push(`${key}: ${result.differs}`)
    } else if (result === 'known') this.#counts.known++
    else {
      this.#counts.kept++
      this.registers.add(document.register)
      if (isDue(document)) this.#counts.owed++
    }
    if (receipt === null || this.#listed.length >= mostListed) return
    const told = typeof result === 'object' ? 'conflict' : result
    this.#listed.push({ key, result: told, owed: document.owed, receipt })
  }
}

function isDue({ owed, imported }: NewDocument): boolean {
  return imported === undefined ? owed : (imported.delivery?.dueAt ?? null) !== null
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

function registerWanted(): Failure {
  return new Failure(
    text(
      'Этого ФН здесь ещё не было. Укажите кассу: chekpost outbox import --register till-1 файл',
      'This fiscal drive has not been seen here. Name its register: chekpost outbox import --register till-1 file',
    ),
  )
}

/** A text or bytes that are in memory already. */
export function sourceOf(held: string | Uint8Array): ImportSource {
  const bytes = Buffer.from(held as string)
  return {
    // biome-ignore lint/suspicious/useAwait: what is read in pieces elsewhere is here at once.
    async *open() {
      yield bytes
    },
  }
}
