/** What a shop says about the codes in its receipts; plain data, so that the config can build it. */

/** Barcodes that the shop's scales print: `prefix`, then `plu` digits, then `weight` digits, then the check digit. */
export interface InStoreCodes {
  /** One or more of `20` to `29`. */
  readonly prefix: readonly string[]
  /** How many digits the PLU has. */
  readonly plu: number
  /** How many digits the weight has; they are never used, the quantity is always tag 1023. */
  readonly weight: number
}

export interface CodeRules {
  readonly inStore: InStoreCodes | null
  /** Find the article in tag 1191; the first group of the first pattern that fits is the article. */
  readonly extra: readonly RegExp[]
  /** Find the article in the name (1030). */
  readonly name: readonly RegExp[]
}

export const defaultCodeRules: CodeRules = { inStore: null, extra: [], name: [] }
