/** The simulator's words for what a fiscal drive holds, and what a sale is before it is closed. */

/** What a line of a receipt should do to stock, by the rules of the law (1214, 1212, 1054). */
export type ExpectedMove = 'out' | 'in' | 'none' | 'review'

export interface SoldLine {
  /** As the document holds it, trailing blanks included. */
  readonly name: string
  /** Decimal text with the document's own decimals. */
  readonly quantity: string
  /** Kopecks. */
  readonly sum: number
  readonly move: ExpectedMove
}

/** A document as the fiscal drive keeps it, and what a test may expect of it. */
export interface StoredDocument {
  readonly number: number
  /** Form code: 1, 2, 3, 4, 5, 6, 11, 31, 41. */
  readonly type: number
  /** Local wall clock, `YYYY-MM-DDTHH:MM:SS`. */
  readonly time: string
  readonly sign: number
  readonly operation: number | null
  readonly total: number | null
  readonly shift: number
  /** Number in the shift; 0 for reports. */
  readonly receipt: number
  readonly lines: readonly SoldLine[]
  /** The TLV body without the outer header. */
  readonly body: Uint8Array
  /** Where a real document comes from; null for one made here. */
  readonly source: string | null
  /** 1101 of form 11, as the short record tells it. Default 1: the drive was replaced. */
  readonly reason?: number
}

/** A document with the number of its drive: the key under which it must arrive exactly once. */
export interface ClosedDocument extends StoredDocument {
  readonly storage: string
}

/** Who uses the register: what the tax service knows of it. */
export interface Owner {
  readonly inn: string
  readonly registrationNumber: string
  readonly organisation: string
  readonly address: string
  readonly place: string
  /** Bit mask of tax systems. */
  readonly taxation: number
  readonly workMode: number
  readonly cashier: string
  readonly ffd: '1.05' | '1.2'
}

/** One line to be sold; everything but name, quantity and price has a default. */
export interface LineToSell {
  readonly name: string
  readonly quantity: string
  /** Kopecks. */
  readonly price: number
  /** 1214; null leaves the tag out. Default 4. */
  readonly method?: number | null
  /** 1212; null leaves the tag out. Default 1. */
  readonly subject?: number | null
  /** 1162 (FFD 1.05), hex. */
  readonly code?: string
  /** 1163 (FFD 1.2): tag of the child and its text. */
  readonly marking?: readonly [tag: number, text: string]
  /** 1191. */
  readonly article?: string
  /** 1197 in FFD 1.05. */
  readonly unit?: string
  /** 2108 in FFD 1.2; default 0, pieces. */
  readonly measure?: number
  /** 1225 inside 1224, supplier's name: makes a line longer than one frame. */
  readonly supplier?: string
}

/** One receipt to be closed. Without `lines` and `real` a basket is made up. */
export interface Sale {
  readonly lines?: readonly LineToSell[]
  /** 1054: 1 sale, 2 return of sale, 3 purchase, 4 return of purchase. Default 1. */
  readonly operation?: number
  /** Form: 3 receipt, 4 BSO, 31 and 41 corrections. Default 3. */
  readonly type?: number
  /** A document of `test/fixtures/archive` by its id, given this drive's numbers. */
  readonly real?: string
  /** Kopecks of 1020 when they differ from the sum of the lines, as after rounding. */
  readonly total?: number
  /** Kopecks paid electronically; the rest is cash. Default: all of it. */
  readonly electronic?: number
}
