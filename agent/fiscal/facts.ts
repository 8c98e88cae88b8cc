/** What a receipt says, before anyone decides what it means: the common ground of its two written forms, TLV and JSON. */
import type { CodeFacts } from './codes.ts'
import type { Correction, DocumentHead } from './model.ts'

/** One line as it is written; terms as in `ReceiptLine`. */
export interface LineFacts {
  /** A withdrawn line of FFD 1.0 (tag 1071) that takes an earlier one back. */
  readonly storno: boolean
  readonly name: string | null
  readonly quantity: string | null
  readonly unit: string | number | null
  /** Measure code 2108. */
  readonly measure: number | null
  readonly price: number | null
  readonly sum: number | null
  readonly vat: number | null
  readonly method: number | null
  readonly subject: number | null
  /** There is a share of a marked package (1291). */
  readonly share: boolean
  readonly codes: CodeFacts
  /** Tags that are there and cannot be read. */
  readonly unreadable: readonly number[]
  readonly problems: readonly string[]
}

/** A receipt as it is written; terms as in `Receipt`. */
export interface ReceiptFacts extends DocumentHead {
  readonly operation: number | null
  readonly receiptInShift: number | null
  readonly registrationNumber: string | null
  readonly inn: string | null
  readonly taxation: number | null
  readonly total: number | null
  readonly cash: number | null
  readonly electronic: number | null
  readonly prepaid: number | null
  readonly credit: number | null
  readonly provision: number | null
  readonly correction: Correction | null
  readonly lines: readonly LineFacts[]
  /** Tags of the document itself that are there and cannot be read. */
  readonly unreadable: readonly number[]
  readonly problems: readonly string[]
}
