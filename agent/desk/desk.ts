/**
 * The desk: everything a person may ask of an installation, whoever carries it out.
 *
 * The daemon serves it over its control socket, the commands use that when it answers and otherwise open the
 * outbox themselves (`local.ts`, `remote.ts`). Every answer is plain JSON; every input has a zod schema, so that
 * the socket and the terminal are checked alike.
 */
import { z } from 'zod'
import type { RegisterAudit, Repair } from '../auditing.ts'
import { faultsOf, inBoth } from '../configfaults.ts'
import type { DoctorReport } from '../doctor/report.ts'
import type { Field } from '../fiscal/model.ts'
import type { Attempt } from '../journal.ts'
import { type DocumentState, documentStates } from '../outbox.ts'
import type { ReceiptQr } from '../qr.ts'
import type { Snapshot } from '../status/snapshot.ts'
import { type Text, text } from '../text.ts'
import type { ImportReport } from '../transfer/carryout.ts'
import { UsageError } from '../usage.ts'

const Storage = z.string().regex(/^\d{16}$/)

const Number32 = z.int().min(1).max(0xffffffff)
const State = z.enum([...documentStates, 'settled'])
const LocalTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .refine(isOfCalendar, 'no such day or time')
const Kopecks = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Which documents are meant; see `Selection` of the outbox. */
export const SelectionInput = z.strictObject({
  storage: Storage.optional(),
  register: z.string().max(64).optional(),
  fromNumber: Number32.optional(),
  toNumber: Number32.optional(),
  /** These only. */
  numbers: z.array(Number32).min(1).max(1000).optional(),
  since: z.int().min(0).optional(),
  /** Local time on the receipt, inclusive. */
  fromTime: LocalTime.optional(),
  toTime: LocalTime.optional(),
  /** The very reason it was parked for. */
  why: z.string().max(4096).optional(),
  state: State.optional(),
  limit: z.int().min(1).max(1_000_000).optional(),
})

/** Rows of one list: the registers wait while it is made. */
export const mostListed = 10_000

const Person = { who: z.string().min(1).max(128), reason: z.string().trim().min(1).max(1000) }

/** 31 February would be read as a day of March. */
function isOfCalendar(time: string): boolean {
  const ms = Date.parse(`${time}Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(time)
}

/** The verbs and what each of them takes. */
export const inputs = {
  status: z.strictObject({}),
  list: SelectionInput.extend({ limit: z.int().min(1).max(mostListed).optional() }),
  show: z.strictObject({
    storage: Storage.optional(),
    number: Number32,
    /** Without the buyer's and the cashier's data. */
    masked: z.boolean().optional(),
  }),
  search: z.strictObject({
    register: z.string().max(64).optional(),
    storage: Storage.optional(),
    fromNumber: Number32.optional(),
    toNumber: Number32.optional(),
    fromTime: LocalTime.optional(),
    toTime: LocalTime.optional(),
    minTotal: Kopecks.optional(),
    maxTotal: Kopecks.optional(),
    state: State.optional(),
    receiptsOnly: z.boolean().optional(),
    /** The `next` of the page before. */
    after: z.string().max(128).optional(),
    limit: z.int().min(1).max(200),
  }),
  parkedGroups: z.strictObject({}),
  findByQr: z.strictObject({ qr: z.string().max(512) }),
  doctor: z.strictObject({ register: z.string().max(64).optional() }),
  pause: z.strictObject({ register: z.string().max(64), minutes: z.int().min(1).max(240), ...Person }),
  resume: z.strictObject({ register: z.string().max(64), who: Person.who }),
  support: z.strictObject({
    /** JSON lines of systemd's journal, from a command that may read it. */
    unitLog: z.string().max(1_000_000).optional(),
  }),
  token: z.strictObject({ who: Person.who }),
  previewReplay: z.strictObject({ selection: SelectionInput }),
  replay: z.strictObject({
    selection: SelectionInput,
    /** That of the preview: when other documents fit by now, nothing is sent. */
    digest: z.string().max(64).optional(),
    ...Person,
  }),
  read: z.strictObject({
    register: z.string().optional(),
    fromNumber: Number32,
    toNumber: Number32,
    keep: z.boolean(),
    /** For the audit row that is kept when something was kept. */
    who: Person.who.optional(),
    reason: z.string().trim().max(1000).optional(),
    /** Another drive in the register ends it. */
    storage: Storage.optional(),
    /** A piece of a longer reading: that is one work and one matter of the audit. */
    sitting: z
      .strictObject({
        id: z.uuid(),
        /** All of its numbers as a person writes them. */
        numbers: z.string().max(40_000),
        /** How many they are; absent = whoever asks shows the progress himself. */
        count: z.int().min(1).optional(),
        /** Nothing of it follows; a range that ends before it begins says just that. */
        isLast: z.boolean(),
      })
      .optional(),
  }),
  begin: z.strictObject({
    register: z.string(),
    storage: Storage.optional(),
    at: Number32,
    ...Person,
  }),
  audit: z.strictObject({
    register: z.string().max(64).optional(),
    storage: Storage.optional(),
    fromNumber: Number32.optional(),
    toNumber: Number32.optional(),
    /** Mend what may be mended; what a person has to look at first only with `confirmed`. */
    repair: z.boolean(),
    confirmed: z.boolean(),
    ...Person,
  }),
  audits: z.strictObject({ limit: z.int().min(1).max(1000) }),
  acceptLedger: z.strictObject({ register: z.string().max(64).optional(), ...Person }),
  exportLines: SelectionInput.extend({ after: z.string().optional() }),
  /** A file comes in pieces: without `upload` a new one begins, `at` is where in it this piece belongs. */
  stageImport: z.strictObject({
    upload: z.uuid().optional(),
    at: z.int().min(0),
    /** How large the file will be, bytes: one that is too large is refused at its first piece. */
    of: z.int().min(0).optional(),
    /** Base64. */
    piece: z.string().max(1_500_000),
  }),
  /** Imports files that came so. */
  importStaged: z.strictObject({
    uploads: z.array(z.uuid()).min(1).max(8),
    /** Of the report that a person has seen: another file than that is refused. */
    digests: z.array(z.string().max(64)).max(8).optional(),
    dryRun: z.boolean(),
    register: z.string().max(64).optional(),
    who: z.string().max(128),
    reason: z.string().max(1000),
  }),
  /** A small one at once. */
  importText: z.strictObject({
    text: z.string().max(8 * 1024 * 1024),
    dryRun: z.boolean(),
    register: z.string().optional(),
    who: z.string().max(128),
    reason: z.string().max(1000),
  }),
} as const

export type Verb = keyof typeof inputs
/** As zod infers it, but an absent part is absent and never `undefined`. */
export type InputOf<V extends Verb> = Exact<z.infer<(typeof inputs)[V]>>

type Exact<Input> = Input extends object
  ? {
      [Key in keyof Input]: undefined extends Input[Key]
        ? Exact<Exclude<Input[Key], undefined>>
        : Exact<Input[Key]>
    }
  : Input

/** One document in a list: everything but its bytes. Times are ISO 8601 in UTC. */
export interface ListedRow {
  readonly key: string
  readonly storage: string
  readonly number: number
  readonly register: string
  readonly type: number | null
  readonly format: string
  readonly readAt: string
  readonly state: DocumentState
  readonly attempts: number
  readonly outcome: string | null
  readonly why: string | null
  readonly total: number | null
  readonly time: string | null
  /** Tag 1054: 1 sale, 2 return of sale, 3 purchase, 4 return of purchase; null where the short record is silent. */
  readonly operation: number | null
}

/** One document with all that can be said of it. */
export interface ShownDocument extends ListedRow {
  /** Hex of the bytes as kept, or null. */
  readonly hex: string | null
  /** As `chekpost decode` prints it, or null with `problem`. */
  readonly decoded: unknown
  /** The body that is or would be sent, or null. */
  readonly sale: unknown
  /** The receiver's last acknowledgement, or null. */
  readonly answer: string | null
  readonly problem: string | null
  /** Every element of the body in its order, or null when there is no TLV. */
  readonly tree: readonly Field[] | null
  /** Newest first; what is known of them, for old ones are forgotten. */
  readonly history: readonly Attempt[]
}

/** A page of a search, newest first. */
export interface SearchPage {
  readonly documents: readonly ListedRow[]
  /** Where the next page begins; null at the end. */
  readonly next: string | null
  /** How many fit; `more` says that it is at least so many. */
  readonly count: number
  readonly more: boolean
  /** How many documents of the outbox the index still lacks. */
  readonly behind: number
}

/** Parked receipts of one equal reason. */
export interface ParkedGroup {
  readonly why: string
  readonly count: number
  readonly registers: readonly string[]
  /** The newest of them. */
  readonly documents: readonly ListedRow[]
  readonly oldestReadAt: string
}

/** What waits for a person. Only so much is looked at that a page is drawn at once: see `looked`. */
export interface ParkedGroups {
  /** The most frequent reasons. */
  readonly groups: readonly ParkedGroup[]
  /** How many are parked in all, and how many of them, the newest, were looked at. */
  readonly parked: number
  readonly looked: number
  /** Rarer reasons that were looked at and are not among `groups`, and their documents. */
  readonly otherGroups: number
  readonly otherDocuments: number
  /** Documents that the site set aside itself, by its last answers; the newest of them. */
  readonly onSite: number
  readonly newestOnSite: readonly ListedRow[]
}

/** What a scanned receipt is to us. */
export interface QrFinding {
  readonly qr: ReceiptQr
  /** The kept document, or null. */
  readonly document: ListedRow | null
  /** What the QR and the kept document do not agree on. */
  readonly differs: readonly ('sign' | 'time' | 'total' | 'operation')[]
  /** The register that may still hold it when we do not; null when none can. */
  readonly askAt: string | null
}

/** A redacted bundle for support: a ZIP archive in base64. */
export interface SupportBundle {
  readonly name: string
  readonly zip: string
}

/** A one-time way into the status page. */
export interface TokenAnswer {
  readonly token: string
  readonly url: string
  readonly expiresAt: string
}

export interface ReplayPreview {
  readonly documents: readonly ListedRow[]
  /** How many there are in all; the list is cut at 200. */
  readonly count: number
  /** Of all of them, not only of those listed: for the replay that follows. */
  readonly digest: string
}

export interface ReadRow {
  readonly number: number
  /** The drive does not know this number. */
  readonly absent?: true
  readonly outbox: 'kept' | 'known' | 'filled' | 'not kept' | 'differs'
  readonly decoded: unknown
  readonly problem: string | null
}

/** What an audit found of a register, what would mend it, and what was done. */
export interface AuditedRegister extends RegisterAudit {
  readonly repair: Repair
  /** Null when nothing was done. */
  readonly repaired: { readonly replayed: number; readonly read: number } | null
}

/** What a person had done, as the audit keeps it. */
export interface Act {
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly who: string
  /** The verb. */
  readonly action: string
  readonly reason: string
  /** JSON. */
  readonly detail: string
}

/** What each verb gives back. */
export interface Answers {
  status: Snapshot
  list: { documents: readonly ListedRow[] }
  show: ShownDocument
  search: SearchPage
  parkedGroups: ParkedGroups
  findByQr: QrFinding
  doctor: DoctorReport
  /** Given when the port is free. */
  pause: { until: string }
  resume: { resumed: boolean }
  support: SupportBundle
  token: TokenAnswer
  previewReplay: ReplayPreview
  replay: { replayed: number }
  /** `fault`: what ended it before its end; the documents are those that were read until then. */
  read: { documents: readonly ReadRow[]; fault: Text | null }
  begin: { storage: string; first: number }
  audit: { registers: readonly AuditedRegister[] }
  /** Newest first. */
  audits: { acts: readonly Act[] }
  acceptLedger: { accepted: readonly { register: string; ledgerId: string | null; host: string | null }[] }
  /** Lines of the export format; `after` continues where this piece ended, null at the end. */
  exportLines: { lines: readonly string[]; after: string | null }
  stageImport: { upload: string; bytes: number }
  importStaged: ImportReport
  importText: ImportReport
}

/** Carries out the verbs. Rejects with `Failure` (or `UsageError` for a wrong input). */
export type Desk = { [V in Verb]: (input: InputOf<V>, signal: AbortSignal) => Promise<Answers[V]> }

/** The input of a verb as it may be carried out. Throws `UsageError` that names what is wrong with it. */
export function checkedInput<V extends Verb>(verb: V, input: unknown): InputOf<V> {
  const parsed = inputs[verb].safeParse(input, { error: inBoth })
  if (parsed.success) return parsed.data as InputOf<V>
  const { ru, en } = faultsOf(parsed.error, null)
  throw new UsageError(text(`Неверный запрос:\n${ru}`, `Wrong request:\n${en}`))
}

/** The same desk, asked nothing that its schemas do not allow. */
export function checkedDesk(desk: Desk): Desk {
  const checked = <V extends Verb>(verb: V): Desk[V] =>
    (async (input, signal) => await desk[verb](checkedInput(verb, input), signal)) as Desk[V]
  return {
    status: checked('status'),
    list: checked('list'),
    show: checked('show'),
    search: checked('search'),
    parkedGroups: checked('parkedGroups'),
    findByQr: checked('findByQr'),
    doctor: checked('doctor'),
    pause: checked('pause'),
    resume: checked('resume'),
    support: checked('support'),
    token: checked('token'),
    previewReplay: checked('previewReplay'),
    replay: checked('replay'),
    read: checked('read'),
    begin: checked('begin'),
    audit: checked('audit'),
    audits: checked('audits'),
    acceptLedger: checked('acceptLedger'),
    exportLines: checked('exportLines'),
    stageImport: checked('stageImport'),
    importStaged: checked('importStaged'),
    importText: checked('importText'),
  }
}
