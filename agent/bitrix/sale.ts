/**
 * Receipt → Sale: the webhook's body as a pure function of the document and the config, so that every attempt
 * sends the same bytes. What changes between attempts travels in headers (`webhook.ts`).
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Receipt, type ReceiptLine, type Report, receiptTypes } from '../fiscal/model.ts'
import { type DocumentKey, eventId } from '../outbox.ts'
import { Sale, type SaleLine } from './schema.ts'
import { withOffset } from './zone.ts'

/** What the config and the outbox know of the register, beyond the document. */
export interface SaleContext {
  /** The store's code in the config. */
  readonly store: string
  /** The register's name in the config. */
  readonly register: string
  /** The register's factory number, or null. */
  readonly serial: string | null
  /** IANA name of the zone of the register's clock. */
  readonly zone: string
  /** Signs that the receipt is for an order of the site, in English. */
  readonly siteOrderSigns: readonly string[]
  /** What the short record says when the document itself holds no fiscal sign. */
  readonly sign: string | null
}

/** The document is readable but cannot become a sale: park it. */
export class SaleError extends Error {
  override readonly name = 'SaleError'
}

/** The body for a receipt, BSO or correction. Throws `SaleError` when a fact is missing that the receiver judges by. */
export function toSale(receipt: Receipt, key: DocumentKey, context: SaleContext): Sale {
  return checked({
    ...envelopeOf(receipt, key, context),
    type: typeOf(receipt),
    fiscal: fiscalOf(receipt, key, context, {
      receiptInShift: receipt.receiptInShift,
      operation: wanted(receipt.operation, 'operation (tag 1054)'),
      taxation: receipt.taxation,
    }),
    lines: receipt.lines.map(lineOf),
    totals: {
      total: wanted(receipt.total, 'total (tag 1020)'),
      cash: receipt.cash,
      electronic: receipt.electronic,
      prepaid: receipt.prepaid,
      credit: receipt.credit,
      provision: receipt.provision,
    },
    correction: correctionOf(receipt),
    mayBeSiteOrder: [...context.siteOrderSigns],
    problems: [...receipt.problems],
  })
}

/** The body for any other document; sent only with `sendAll`. Its fields stay here: some of them name people. */
export function toReportBody(report: Report, key: DocumentKey, context: SaleContext): Sale {
  const none = { receiptInShift: null, operation: null, taxation: null }
  return checked({
    ...envelopeOf(report, key, context),
    type: 'pos.report',
    fiscal: fiscalOf(report, key, context, none),
    problems: [...report.problems],
  })
}

/** The bytes that are signed and sent. Keys stand in the order of the schema. */
export function encodeSale(sale: Sale): string {
  return JSON.stringify(sale)
}

/** True when the receiver has something to book or to ask a person about. */
export function movesAnything(document: Receipt | Report): boolean {
  if (!isReceipt(document)) return false
  // A correction under FFD 1.05 has no lines and yet tells of goods that left: a person must see it.
  if (isCorrection(document)) return true
  return document.lines.some(({ move }) => move !== 'none')
}

/** Receipts, BSO and their corrections; a narrowing of what decoding gives. */
export function isReceipt(document: Receipt | Report): document is Receipt {
  return receiptTypes.includes(document.documentType) && 'lines' in document
}

function isCorrection({ documentType }: Receipt): boolean {
  return documentType === 31 || documentType === 41
}

function checked(body: unknown): Sale {
  const parsed = Sale.safeParse(body)
  if (parsed.success) return parsed.data
  throw new SaleError(z.prettifyError(parsed.error).replaceAll('\n', ' '))
}

/** Where goods go by the operation, corrections apart. Booking goes by the lines' own `move`. */
function typeOf(receipt: Receipt): 'pos.sale' | 'pos.return' | 'pos.correction' {
  if (isCorrection(receipt)) return 'pos.correction'
  return receipt.operation === 2 || receipt.operation === 3 ? 'pos.return' : 'pos.sale'
}

type Head = Pick<Receipt, 'documentType' | 'ffd' | 'fn' | 'fd' | 'fp' | 'time' | 'shift'> & {
  readonly registrationNumber?: string | null
}

function envelopeOf(document: Head, key: DocumentKey, context: SaleContext) {
  if (document.fn !== null && document.fn !== key.storage)
    throw new SaleError(`the document names the fiscal drive ${document.fn}, it was read from ${key.storage}`)
  if (document.fd !== null && document.fd !== key.number)
    throw new SaleError(`the document has the number ${document.fd}, it was read as ${key.number}`)
  const time = wanted(document.time, 'time (tag 1012)')
  const occurredAt = withOffset(time, context.zone)
  if (occurredAt === null) throw new SaleError(`the time ${time} (tag 1012) does not exist`)
  return {
    specVersion: '1',
    eventId: eventId(key),
    occurredAt,
    register: {
      id: `${context.store}/${context.register}`,
      fn: key.storage,
      serial: context.serial,
      rnm: document.registrationNumber ?? null,
      ffdVersion: document.ffd,
    },
    store: context.store,
  }
}

function fiscalOf(
  document: Head,
  key: DocumentKey,
  context: SaleContext,
  receipt: Pick<Receipt, 'receiptInShift' | 'operation' | 'taxation'>,
) {
  return {
    type: document.documentType,
    fd: key.number,
    fpd: wanted(document.fp ?? context.sign, 'fiscal sign (tag 1077)'),
    shift: document.shift,
    ...receipt,
    rawTime: document.time,
  }
}

function lineOf(line: ReceiptLine): SaleLine {
  const moves = line.move === 'out' || line.move === 'in'
  if (moves && line.quantity === null) throw new SaleError(`line ${line.n} moves goods but has no quantity`)
  const { gtin, ean, article, mark } = line.code
  return {
    n: line.n,
    code: { gtin, ean, article, mark: mark === null ? null : hashOf(mark) },
    name: line.name,
    quantity: line.quantity,
    unit: line.unit,
    price: line.price,
    sum: line.sum,
    vat: line.vat,
    method: line.method,
    subject: line.subject,
    move: line.move,
    why: line.why,
  }
}

function hashOf(mark: string): string {
  return createHash('sha256').update(mark, 'utf8').digest('hex')
}

/** The description (tag 1177) stays here: it is free text and may name a person. */
function correctionOf({ correction }: Receipt) {
  if (correction === null) return null
  const { type, date, orderNumber } = correction
  return { type, date, orderNumber }
}

function wanted<Value>(value: Value | null, name: string): Value {
  if (value === null) throw new SaleError(`the document has no ${name}`)
  return value
}
