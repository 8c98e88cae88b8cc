/**
 * What to do with a due document, decided at the last moment: decoding when it is sent, not when it is read, lets a
 * corrected decoder correct everything that is still owed.
 */
import { encodeSale, isReceipt, movesAnything, SaleError, toReportBody, toSale } from '../bitrix/sale.ts'
import type { Receipt, Report } from '../fiscal/model.ts'
import type { DueDocument, KeptDocument, Outbox, Storage } from '../outbox.ts'

/** A kept document in our words. */
export interface Understood {
  readonly document: Receipt | Report
  /** Signs that it belongs to an order of the site, in English; empty = none. */
  readonly siteOrderSigns: readonly string[]
}

/** Decodes a kept document; whatever it throws parks the document with that message. */
export type Understand = (document: KeptDocument) => Understood

/** What the config says about the documents of one register. */
export interface PreparePlan {
  readonly register: string
  readonly store: string
  readonly sendAll: boolean
  readonly zone: string
  readonly allowDebugDrive: boolean
  readonly understand: Understand
}

/** Either a body to send or what became of the document without anybody being asked. */
export type Prepared =
  | { readonly kind: 'send'; readonly body: string; readonly drive: Storage | null }
  | { readonly kind: 'ignored' | 'park'; readonly why: string }

/** Debug (МГМ) drives by their range, for those that were kept before anybody could ask the register. */
const debugRange = /^99990789/

/** Never throws for anything that a document may hold. */
export function prepare(due: DueDocument, plan: PreparePlan, outbox: Outbox): Prepared {
  const drive = outbox.storages(due.register).find(({ storage }) => storage === due.storage)
  if (!plan.allowDebugDrive && (drive?.debug === true || debugRange.test(due.storage)))
    return { kind: 'ignored', why: 'a debug drive' }
  if (due.bytes === null)
    return { kind: 'park', why: 'rejected: only the short record was read, the lines are not known' }
  try {
    return bodyFor(due, plan, drive ?? null)
  } catch (error) {
    return { kind: 'park', why: `rejected: ${reasonOf(error)}` }
  }
}

function bodyFor(due: DueDocument, plan: PreparePlan, drive: Storage | null): Prepared {
  const { document, siteOrderSigns } = plan.understand(due)
  const { store, register, zone } = plan
  const serial = drive?.serial ?? null
  const context = { store, register, zone, serial, siteOrderSigns, sign: due.summary?.sign ?? null }
  if (!isReceipt(document))
    return plan.sendAll
      ? { kind: 'send', body: encodeSale(toReportBody(document, due, context)), drive }
      : { kind: 'ignored', why: 'nothing moves' }
  if (document.lines.length === 0 && document.correction === null && document.total !== 0)
    throw new SaleError('the receipt has no lines, so nobody can know what was sold')
  if (!plan.sendAll && !movesAnything(document)) return { kind: 'ignored', why: 'nothing moves' }
  return { kind: 'send', body: encodeSale(toSale(document, due, context)), drive }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\p{Cc}+/gu, ' ').slice(0, 500)
}
