/**
 * `outbox export` and `outbox import`.
 *
 * The export is JSON lines: a head `{"chekpost":"outbox","version":1}`, one document a line with its bytes, their
 * fingerprint and what became of its delivery, and a foot with the number of documents, by which half a file is
 * told. The import reads that back, or the receipt JSON of the tax service (`fiscal/taxJson.ts`). It is checked as a
 * whole before anything is written; a document that is kept already stays as it is, and what was delivered there
 * never becomes due here.
 */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { isDebugDrive } from './beginning.ts'
import { type Receipt, receiptTypes } from './fiscal/model.ts'
import type { StockRules } from './fiscal/stock.ts'
import { readTaxJson, TaxJsonError, type TaxReceipt } from './fiscal/taxJson.ts'
import {
  type Delivery,
  type DocumentKey,
  eventId,
  type ListedDocument,
  type NewDocument,
  type Outbox,
  type Selection,
  type Storage,
} from './outbox.ts'
import { text } from './text.ts'
import { Failure } from './usage.ts'

const version = 1

const Head = z.object({ chekpost: z.literal('outbox'), version: z.int() })
const Foot = z.strictObject({ documents: z.int().min(0) })

const Summary = z.object({
  time: z.string(),
  sign: z.string(),
  operation: z.int().nullable(),
  total: z.int().nullable(),
  delivered: z.boolean().nullable(),
})

const Line = z.object({
  fn: z.string().regex(/^\d{16}$/),
  fd: z.int().min(1).max(0xffffffff),
  register: z.string().min(1).max(64),
  type: z.int().nullable(),
  format: z.enum(['tlv', 'tax-json', 'summary', 'absent']),
  readAt: z.int(),
  summary: Summary.nullable(),
  bytes: z.base64().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  masked: z.boolean(),
  delivery: z
    .object({
      state: z.enum(['waiting', 'parked', 'accepted']),
      attempts: z.int().min(0),
      settledAt: z.int().nullable(),
      outcome: z.string().nullable(),
      why: z.string().nullable(),
      answer: z.string().nullable(),
      replay: z.boolean(),
    })
    .nullable(),
})

type Line = z.infer<typeof Line>

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

function lineOf(document: ListedDocument): Line {
  const { storage, number, register, type, format, readAt, summary, bytes, fingerprint, masked } = document
  return {
    fn: storage,
    fd: number,
    register,
    type,
    format,
    readAt,
    summary,
    bytes: bytes === null ? null : Buffer.from(bytes).toString('base64'),
    sha256: fingerprint,
    masked,
    delivery: document.delivery === null ? null : deliveryLine(document.delivery),
  }
}

function deliveryLine(delivery: Delivery): NonNullable<Line['delivery']> {
  const { dueAt, attempts, settledAt, outcome, why, answer, replay } = delivery
  const settledOrParked = settledAt === null ? 'parked' : 'accepted'
  return {
    state: dueAt === null ? settledOrParked : 'waiting',
    attempts,
    settledAt,
    outcome,
    why,
    answer,
    replay,
  }
}

/** A file that was read and found whole; nothing of it is written yet. */
export interface ImportPlan {
  readonly documents: readonly PlannedDocument[]
  /** Receipts without fiscal drive, number or sign: they can be shown, they have no key. */
  readonly shownOnly: readonly { readonly missing: readonly string[]; readonly receipt: Receipt }[]
}

export interface PlannedDocument {
  readonly document: NewDocument
  /** Decoded, for receipts of the tax service; an export is kept as it is. */
  readonly receipt: Receipt | null
}

/** What an import must know of the installation it goes to. */
export interface ImportFacts {
  /** The register that a person named, or null: then the drive tells it. */
  readonly register: string | null
  readonly storages: readonly Storage[]
  readonly rules: StockRules
  /** Milliseconds: when what is owed becomes due. */
  readonly now: number
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
  const foot = Foot.safeParse(parseLine(lines.at(-1)))
  if (!foot.success || foot.data.documents !== lines.length - 2)
    throw new Failure(
      text(
        'Выгрузка неполная: файл обрезан. Выгрузите заново: chekpost outbox export > файл',
        'The export is not whole: the file is cut. Export again: chekpost outbox export > file',
      ),
    )
  return { documents: lines.slice(1, -1).map((line, i) => readLine(line, i + 2, facts)), shownOnly: [] }
}

function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return undefined
  }
}

function readLine(line: string, at: number, { register, now }: ImportFacts): PlannedDocument {
  const parsed = Line.safeParse(parseLine(line))
  if (!parsed.success) throw wrongLine(at, z.prettifyError(parsed.error))
  const { fn, fd, type, format, readAt, summary, sha256, masked, delivery } = parsed.data
  const bytes = parsed.data.bytes === null ? null : new Uint8Array(Buffer.from(parsed.data.bytes, 'base64'))
  const doubt = doubtOf(parsed.data, bytes)
  if (doubt !== null) throw wrongLine(at, doubt)
  return {
    receipt: null,
    document: {
      storage: fn,
      number: fd,
      register: register ?? parsed.data.register,
      type,
      format,
      bytes,
      summary,
      source: 'import',
      owed: delivery !== null,
      imported: { readAt, fingerprint: sha256, masked, delivery: delivery && deliveryOf(delivery, now) },
    },
  }
}

/** What the fields of a line say against each other, or null. */
function doubtOf({ type, format, sha256, masked, delivery }: Line, bytes: Uint8Array | null): string | null {
  const isGap = format === 'summary' || format === 'absent'
  if (type === null && format !== 'absent') return 'a document without type'
  if (isGap && (bytes !== null || sha256 !== null || delivery !== null))
    return `${format} with bytes or delivery`
  if (!isGap && sha256 === null) return 'bytes without their sha256'
  if (bytes === null && delivery?.state === 'waiting') return 'nothing is left of what has to be delivered'
  if (delivery?.state === 'accepted' && delivery.settledAt === null) return 'accepted at no time'
  if (bytes === null || masked) return null
  return createHash('sha256').update(bytes).digest('hex') === sha256
    ? null
    : 'the bytes do not fit their sha256'
}

function wrongLine(at: number, why: string): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: ${why}. Ничего не записано; выгрузите заново.`,
      `Export, line ${at}: ${why}. Nothing was written; export again.`,
    ),
  )
}

function deliveryOf({ state, ...line }: NonNullable<Line['delivery']>, now: number): Delivery {
  return {
    ...line,
    dueAt: state === 'waiting' ? now : null,
    settledAt: state === 'accepted' ? line.settledAt : null,
  }
}

function planTaxJson(source: string, facts: ImportFacts): ImportPlan {
  const receipts = readReceipts(source, facts.rules)
  const whole = receipts.filter((found) => missingOf(found).length === 0)
  const partial = receipts.filter((found) => missingOf(found).length > 0)
  return {
    documents: whole.map((found) => ({ document: documentOf(found, facts), receipt: found.receipt })),
    shownOnly: partial.map((found) => ({ missing: missingOf(found), receipt: found.receipt })),
  }
}

/** A drive's number has 16 digits and a document's is not 0; anything else is no key to go by. */
function missingOf({ missing, receipt: { fn, fd } }: TaxReceipt): readonly string[] {
  if (missing.length > 0) return missing
  const wrong = { fn: !/^\d{16}$/.test(fn ?? ''), fd: fd === null || fd < 1 }
  return Object.entries(wrong).flatMap(([key, isWrong]) => (isWrong ? [key] : []))
}

function readReceipts(source: string, rules: StockRules): TaxReceipt[] {
  try {
    return readTaxJson(Buffer.from(source), rules)
  } catch (cause) {
    if (!(cause instanceof TaxJsonError)) throw cause
    throw new Failure(
      text(
        'Это не выгрузка chekpost и не чеки ФНС в JSON. Проверьте, тот ли это файл и целый ли он.',
        "This is neither an export of chekpost nor the tax service's receipt JSON. Check that it is the right file, and whole.",
      ),
      { cause },
    )
  }
}

/** Stands for the register of a receipt whose drive nobody here knows and that is only looked at. */
const nobody = '?'

function documentOf({ receipt, bytes }: TaxReceipt, { register, storages }: ImportFacts): NewDocument {
  const { fn, fd, fp, documentType, time, operation, total } = receipt
  const key = { storage: fn ?? '', number: fd ?? 0 }
  const drive = storages.find(({ storage }) => storage === key.storage)
  const isDebug = drive?.debug ?? isDebugDrive({ storage: key.storage, debugStorage: false })
  // What lies before the beginning of a drive is accounted for already: sending it would book it twice.
  const isOurs = drive === undefined || key.number >= drive.first
  return {
    ...key,
    register: drive?.register ?? register ?? nobody,
    type: documentType,
    format: 'tax-json',
    bytes,
    summary: { time: time ?? '', sign: fp ?? '', operation, total, delivered: null },
    source: 'import',
    owed: receiptTypes.includes(documentType) && !isDebug && isOurs,
  }
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
  { dryRun, now }: { readonly dryRun: boolean; readonly now: number },
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
