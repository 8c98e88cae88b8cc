/** The QR code of a fiscal receipt: `t=20260801T1230&s=684.28&i=37698&fn=9285000100150175&fp=400388056&n=1`. */

/** What is printed on the receipt. */
export interface ReceiptQr {
  readonly storage: string
  readonly number: number
  /** The fiscal sign, unpadded decimal. */
  readonly sign: string
  /** Local time, `YYYY-MM-DDTHH:MM`. */
  readonly time: string
  /** Kopecks. */
  readonly total: number
  /** 1 sale, 2 return of sale, 3 purchase, 4 return of purchase. */
  readonly operation: number
}
