/**
 * The shapes of decoded fiscal documents, as `chekpost decode` prints them (see `docs/words.md` for the terms).
 *
 * Money is integer kopecks, quantities are decimal strings with the document's own decimals, coded fields are
 * the law's numbers (orders ММВ-7-20/229@ and ЕД-7-20/662@), what a document does not hold is null.
 */

/** What a line does to stock: `review` waits for a person. */
export type Move = 'out' | 'in' | 'none' | 'review'

/** Every code that the receipt holds for a line, each under its own kind; null where there is none. */
export interface ProductCode {
  /** GTIN padded to 14 digits, from a marking code (1162, 1163) or ITF-14. */
  readonly gtin: string | null
  /** EAN-8, EAN-13 or UPC digits that stand as such in 1162, 1163 or at the head of the name. */
  readonly ean: string | null
  /** The shop's own article from 1191, from the name by pattern, or the PLU of an in-store 2x code. */
  readonly article: string | null
  /** The individual marking code (with serial) as text; it identifies one copy and is sent as a hash only. */
  readonly mark: string | null
  /** The value of 1162 as hex, or of the 1163 child as text, whatever it was; for people and for later rules. */
  readonly raw: string | null
}

/** One line of a receipt (tag 1059). */
export interface ReceiptLine {
  /** From 1, in the order of the document. */
  readonly n: number
  readonly name: string | null
  /** Tag 1023 as decimal text, e.g. `0.876`. */
  readonly quantity: string | null
  /** Tag 1197 as text (up to FFD 1.1) or the measure code 2108 (FFD 1.2) as a number. */
  readonly unit: string | number | null
  readonly price: number | null
  readonly sum: number | null
  readonly vat: number | null
  /** Tag 1214, the method of settlement. */
  readonly method: number | null
  /** Tag 1212, the kind of subject. */
  readonly subject: number | null
  readonly code: ProductCode
  readonly move: Move
  /** Why it moves so, in English: one of the fixed phrases of `stock.ts`. */
  readonly why: string
}

/** What a correction (types 31 and 41) says of itself: tags 1173, 1178, 1179, 1177. */
export interface Correction {
  readonly type: number | null
  /** `YYYY-MM-DD` of the settlement that is corrected. */
  readonly date: string | null
  readonly orderNumber: string | null
  readonly description: string | null
}

/** What every fiscal document carries. */
export interface DocumentHead {
  /** Form code: 3 receipt, 4 BSO, 5 shift close … */
  readonly documentType: number
  /** `1.0`, `1.05`, `1.1`, `1.2`, or the number of tag 1209 as text when it is newer. */
  readonly ffd: string
  readonly fn: string | null
  readonly fd: number | null
  /** The fiscal sign (last four bytes of 1077, big-endian) as unpadded decimal text. */
  readonly fp: string | null
  /** Local wall-clock time of the register, without zone. */
  readonly time: string | null
  readonly shift: number | null
}

/** Receipt, BSO and their corrections: types 3, 4, 31, 41. */
export interface Receipt extends DocumentHead {
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
  readonly lines: readonly ReceiptLine[]
  /** What was odd and did not hinder decoding, in English. */
  readonly problems: readonly string[]
}

/** One decoded tag of a report: scalars as numbers or text, groups as nested fields, unknown tags as hex. */
export interface Field {
  readonly tag: number
  /** The key of the tag table; null for a tag that is not in it. */
  readonly name: string | null
  readonly value: string | number | readonly Field[]
}

/** Every other document: registration, shift, report, closing, operator's confirmation, or an unknown type. */
export interface Report extends DocumentHead {
  readonly fields: readonly Field[]
  readonly problems: readonly string[]
}

/** Form codes of the documents that can move stock. */
export const receiptTypes: readonly number[] = [3, 4, 31, 41]
