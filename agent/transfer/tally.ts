/** What an import did, or would do: the numbers, and the lists that a person has to see. */
import type { Receipt } from '../fiscal/model.ts'
import { eventId, type KeepResult, type NewDocument } from '../outbox.ts'
import type { Text } from '../text.ts'
import { nobody } from './place.ts'
import type { ImportPlan, PlannedDocument, ShownReceipt } from './plan.ts'

/** A document of the file and what became of it. */
export interface ImportedDocument {
  readonly key: string
  readonly result: 'kept' | 'known' | 'filled' | 'conflict'
  /** It has to be delivered. */
  readonly owed: boolean
  /** Why it is not delivered although the file says so: it is from before the beginning of its drive, or of a debug one. */
  readonly unsent: 'before' | 'debug' | null
  /** Local, as on the paper; null = unknown. */
  readonly time: string | null
  /** Kopecks. */
  readonly total: number | null
  /** Decoded, for receipts of the tax service. */
  readonly receipt: Receipt | null
}

/** What the file holds of a drive under one name: a restored installation may have called its register otherwise before. */
export interface ImportedDrive {
  readonly storage: string
  /** That its documents come under here; `?` = nobody knows. */
  readonly register: string
  /** The register that the file names, or null. */
  readonly told: string | null
  /** This installation follows it, or once did. */
  readonly isKnown: boolean
  readonly documents: number
  /** Of those, the ones that are new here, and of these the ones that have to be delivered. */
  readonly kept: number
  readonly owed: number
  readonly first: number
  readonly last: number
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
  /** Of those kept, the ones that the file would have delivered and that stay here: see `unsent` of each. */
  readonly heldCount: number
  /** What is new and goes to the site first, then the rest; of an export only what is not known yet. */
  readonly documents: readonly ImportedDocument[]
  /** The drives of the file; of each register of `registers` there is one at least. */
  readonly drives: readonly ImportedDrive[]
  /** The registers that new documents have to be delivered for; `?` when a drive that nobody here knows brings any. */
  readonly registers: readonly string[]
  /** SHA-256 (hex) of each file that is right, in their order. */
  readonly digests: readonly string[]
  /** Files that are wrong: nothing of them is counted above, and nothing of them is taken. */
  readonly refused: readonly RefusedFile[]
}

export interface RefusedFile {
  /** Which of the files it is, from 0. */
  readonly at: number
  /** What is wrong with it and what to do. */
  readonly why: Text
}

/** So much of each list is reported. */
const mostListed = 1000

type Counts = Record<'kept' | 'known' | 'owed' | 'heldCount' | 'conflictCount' | 'shownOnlyCount', number>

/** Counts, and lists what a person has to see. */
export class Tally {
  /** How many documents it has seen. */
  documents = 0
  readonly #counts: Counts = {
    ...{ kept: 0, known: 0, owed: 0, heldCount: 0, conflictCount: 0, shownOnlyCount: 0 },
  }
  readonly #conflicts: string[] = []
  readonly #shownOnly: ShownReceipt[] = []
  /** What is sent comes first: of a year's export that is what a person has to see. */
  readonly #listed = { sent: [] as ImportedDocument[], other: [] as ImportedDocument[] }
  /** By drive and register. */
  readonly #drives = new Map<string, ImportedDrive>()
  readonly #registers = new Set<string>()

  add({ documents, shownOnly }: ImportPlan, results: readonly KeepResult[]): void {
    this.documents += documents.length
    for (const [at, planned] of documents.entries()) this.#add(planned, results[at] ?? 'known')
    this.#counts.shownOnlyCount += shownOnly.length
    append(this.#shownOnly, shownOnly)
  }

  /** Counts what another one has counted as well. */
  join(other: Tally): void {
    this.documents += other.documents
    for (const [name, n] of Object.entries(other.#counts)) this.#counts[name as keyof Counts] += n
    append(this.#conflicts, other.#conflicts)
    append(this.#shownOnly, other.#shownOnly)
    append(this.#listed.sent, other.#listed.sent)
    append(this.#listed.other, other.#listed.other)
    for (const drive of other.#drives.values()) this.#drive(drive)
  }

  /** `digests` of the files that it counted. */
  report(digests: readonly string[], refused: readonly RefusedFile[]): ImportReport {
    return {
      ...this.#counts,
      conflicts: this.#conflicts,
      shownOnly: this.#shownOnly,
      documents: [...this.#listed.sent, ...this.#listed.other].slice(0, mostListed),
      drives: [...this.#drives.values()],
      registers: [...this.#registers],
      digests,
      refused,
    }
  }

  #add(planned: PlannedDocument, result: KeepResult): void {
    const { document, isHeld, place, told } = planned
    const { storage, register, number } = document
    const isNew = result === 'kept' || result === 'filled'
    this.#drive({
      ...{ storage, register, told, isKnown: place.isKnown },
      ...{ documents: 1, kept: Number(isNew), owed: Number(isNew && isDue(document)) },
      ...{ first: number, last: number },
    })
    if (typeof result === 'object') {
      this.#counts.conflictCount++
      if (this.#conflicts.length < mostListed) this.#conflicts.push(`${eventId(document)}: ${result.differs}`)
    } else if (result === 'known') this.#counts.known++
    else {
      this.#counts.kept++
      if (isDue(document)) this.#counts.owed++
      if (isHeld) this.#counts.heldCount++
    }
    this.#list(planned, typeof result === 'object' ? 'conflict' : result)
  }

  #drive(more: ImportedDrive): void {
    const key = `${more.storage} ${more.register}`
    const before = this.#drives.get(key)
    if (this.#mustList(more)) this.#registers.add(more.register)
    else if (before === undefined && this.#drives.size >= mostListed) return
    this.#drives.set(key, {
      ...more,
      documents: (before?.documents ?? 0) + more.documents,
      kept: (before?.kept ?? 0) + more.kept,
      owed: (before?.owed ?? 0) + more.owed,
      first: Math.min(more.first, before?.first ?? more.first),
      last: Math.max(more.last, before?.last ?? more.last),
    })
  }

  /** More names than any config has are more than enough to refuse them. */
  #mustList({ register, kept, owed }: ImportedDrive): boolean {
    if (this.#registers.has(register)) return false
    return register === nobody ? kept > 0 : owed > 0 && this.#registers.size < mostListed
  }

  #list({ document, receipt, place, isHeld }: PlannedDocument, result: ImportedDocument['result']): void {
    if (receipt === null && result === 'known') return
    const owed = isDue(document)
    const list = owed && result !== 'known' ? this.#listed.sent : this.#listed.other
    if (list.length >= mostListed) return
    const { time, total } = document.summary ?? { time: null, total: null }
    const unsent = isHeld ? place.unsent : null
    list.push({
      key: eventId(document),
      result,
      owed,
      unsent,
      time: time === '' ? null : time,
      total,
      receipt,
    })
  }
}

/** As far as a list is reported. */
function append<Item>(list: Item[], more: readonly Item[]): void {
  list.push(...more.slice(0, mostListed - list.length))
}

function isDue({ owed, imported }: NewDocument): boolean {
  return imported === undefined ? owed : (imported.delivery?.dueAt ?? null) !== null
}
