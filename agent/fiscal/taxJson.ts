/**
 * Receipts as the tax service and the operators export them in JSON, in the keys of 2023 and in those of 2020
 * (`nomenclatureCode`, `calculationTypeSign`, `ndsRate` …), alone, in lists, or inside `ticket.document.receipt`.
 * One without fiscal drive, number and sign can be shown, but it has no key and is never sent.
 */
import type { DecodedBody } from './decode.ts'
import { isList, isObject, type Json, type JsonObject, parseExact, writeExact } from './exactjson.ts'
import type { Receipt } from './model.ts'
import { receiptOf } from './receipt.ts'
import { defaultSiteOrderRules, type SiteOrderRules, signsOf } from './siteorder.ts'
import { defaultRules, type StockRules } from './stock.ts'
import { factsOfJson, orderTracesOf } from './taxJsonFacts.ts'

/** The text holds no receipt: no JSON, or JSON of something else. */
export class TaxJsonError extends Error {
  override readonly name = 'TaxJsonError'
}

/** One receipt found in an export. */
export interface TaxReceipt {
  readonly receipt: Receipt
  /** This receipt alone as JSON, numbers as they were written: what is kept of it. */
  readonly bytes: Uint8Array
  /** What it lacks to be sent: `fn`, `fd`, `fp`, `documentType`. Empty = it may be sent. */
  readonly missing: readonly string[]
}

/** Keys under which exports put a receipt, with the form code they stand for. */
const formOf: ReadonlyMap<string, number> = new Map([
  ['receipt', 3],
  ['bso', 4],
  ['receiptCorrection', 31],
  ['bsoCorrection', 41],
])

/** Wrappers nest four deep in the exports we know. */
const deepest = 12

/** A receipt with the JSON it came from. */
interface Found extends TaxReceipt {
  readonly object: JsonObject
}

/** Every receipt in an export, in its order. Throws `TaxJsonError` when there is none. */
export function readTaxJson(bytes: Uint8Array, rules: StockRules = defaultRules): TaxReceipt[] {
  return foundIn(bytes, rules).map(({ receipt, bytes: kept, missing }) => ({ receipt, bytes: kept, missing }))
}

function foundIn(bytes: Uint8Array, rules: StockRules): Found[] {
  const root = parseExact(new TextDecoder().decode(bytes))
  if (root === null) throw new TaxJsonError('this is no JSON')
  const found = [...receiptsIn(root, null, deepest)]
  if (found.length === 0) throw new TaxJsonError('no receipt in this JSON')
  return found.map(({ object, key }) => ({ ...taxReceipt(object, key, rules), object }))
}

/** The one receipt in JSON that was kept. Throws `TaxJsonError` when there is none or more than one. */
export function receiptOfTaxJson(bytes: Uint8Array, rules: StockRules = defaultRules): Receipt {
  return onlyReceipt(bytes, rules).receipt
}

/** The same with the signs that it belongs to an order of the site. */
export function decodeTaxJson(
  bytes: Uint8Array,
  rules: StockRules = defaultRules,
  siteOrders: SiteOrderRules = defaultSiteOrderRules,
): DecodedBody {
  const { receipt, object } = onlyReceipt(bytes, rules)
  return { document: receipt, siteOrderSigns: signsOf(orderTracesOf(object), siteOrders) }
}

function onlyReceipt(bytes: Uint8Array, rules: StockRules): Found {
  const [first, second] = foundIn(bytes, rules)
  if (first === undefined || second !== undefined)
    throw new TaxJsonError('more than one receipt in this JSON')
  return first
}

function* receiptsIn(
  value: Json,
  key: string | null,
  depth: number,
): Generator<{ object: JsonObject; key: string | null }> {
  if (depth === 0) return
  if (isList(value)) {
    for (const inner of value) yield* receiptsIn(inner, key, depth - 1)
  } else if (isObject(value)) {
    if (looksLikeReceipt(value)) yield { object: value, key }
    else for (const [name, inner] of Object.entries(value)) yield* receiptsIn(inner, name, depth - 1)
  }
}

function looksLikeReceipt(object: JsonObject): boolean {
  const hasSum = object['totalSum'] !== undefined
  return hasSum && (isList(object['items']) || object['operationType'] !== undefined)
}

function taxReceipt(object: JsonObject, key: string | null, rules: StockRules): TaxReceipt {
  const form = formOf.get(key ?? '')
  const { facts, isFormKnown } = factsOfJson(object, form ?? null)
  const receipt = receiptOf(facts, rules)
  const kept: Json = key !== null && form !== undefined ? { [key]: object } : object
  return {
    receipt,
    bytes: new TextEncoder().encode(writeExact(kept)),
    missing: [
      ...(/^\d{16}$/.test(receipt.fn ?? '') ? [] : ['fn']),
      ...(receipt.fd === null ? ['fd'] : []),
      ...(receipt.fp === null ? ['fp'] : []),
      ...(isFormKnown ? [] : ['documentType']),
    ],
  }
}
