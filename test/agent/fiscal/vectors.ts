/** The public documents under `test/fixtures/documents`, each with its source and what it must become. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One node of the tree that a document must become; `name` is the source's word and is not compared. */
export interface ExpectedField {
  readonly tag: number
  readonly value?: string | number
  readonly hex?: string
  readonly children?: readonly ExpectedField[]
}

export interface ExpectedLine {
  readonly name: string | null
  readonly qty: string
  readonly priceKop: number
  readonly sumKop: number
  readonly vat: number | null
  readonly method: number | null
  readonly subject: number | null
  readonly measure?: number
  readonly tag1162?: string
  readonly tag1163?: Readonly<Record<string, string>>
  readonly tag1191?: string
  readonly suggestedStockMove: string
}

export interface DocumentVector {
  readonly id: string
  readonly kind: 'tlv-document'
  readonly ffd: string
  readonly documentHex: string
  readonly bodyHex: string
  readonly containerHex?: string
  readonly tailHex?: string
  readonly ofdMessageHex?: string
  readonly expected: { readonly type: number; readonly fields: readonly ExpectedField[] }
  readonly expectedNormalised?: {
    readonly docType: number
    readonly fn: string
    readonly fd: number
    readonly fp: number
    readonly dateTimeLocal: string
    readonly operationType: number
    readonly totalKop: number
    readonly cashKop: number | null
    readonly cardKop: number | null
    readonly prepaidKop: number | null
    readonly creditKop: number | null
    readonly provisionKop: number | null
    readonly shift: number
    readonly receiptInShift: number
    readonly items: readonly ExpectedLine[]
  }
}

export interface JsonVector {
  readonly id: string
  readonly kind: 'receipt-json'
  readonly receipt: Readonly<Record<string, unknown>>
  readonly suggestedStockMovePerItem: readonly string[]
  /** The file's own text: its numbers must be read digit by digit. */
  readonly text: string
}

export interface CodeVector {
  readonly kind: 'tag1162'
  readonly cases: readonly {
    readonly valueHex: string
    readonly code?: string
    readonly gtin14?: string
    readonly rest?: string
  }[]
}

export interface ScalarVector {
  readonly kind: 'scalar'
  readonly cases: readonly {
    readonly type: string
    readonly hex: string
    readonly value?: string
    readonly local?: string
    readonly tag?: number
    readonly values?: readonly string[]
  }[]
}

type Vector = DocumentVector | JsonVector | CodeVector | ScalarVector

const folder = fileURLToPath(new URL('../../fixtures/documents', import.meta.url))

/** The text of one fixture. */
export function fixture(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

const all = readdirSync(folder)
  .sort()
  .map((name) => ({ ...(JSON.parse(fixture(name)) as Vector), text: fixture(name) }))

export const documents = all.filter(
  (vector): vector is DocumentVector & { text: string } => vector.kind === 'tlv-document',
)
export const jsonReceipts = all.filter((vector): vector is JsonVector => vector.kind === 'receipt-json')
export const codeVectors = all.filter(
  (vector): vector is CodeVector & { text: string } => vector.kind === 'tag1162',
)
export const scalarVectors = all.filter(
  (vector): vector is ScalarVector & { text: string } => vector.kind === 'scalar',
)

/** One document by the name of its file. */
export function documentVector(id: string): DocumentVector {
  const found = documents.find((vector) => vector.id === id)
  if (found === undefined) throw new Error(`no fixture ${id}`)
  return found
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
