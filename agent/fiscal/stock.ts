/**
 * What a line does to stock (`ffd-tlv` section 4): decided line by line, from the operation (1054), the method
 * (1214) and the subject (1212) alone. The form of payment never matters: an advance that is offset (1215) is two
 * documents, and only the one that hands the goods over (method 4) moves them.
 */
import { type CodeRules, defaultCodeRules } from './coderules.ts'
import type { Move } from './model.ts'

/** What a shop may decide about its stock; plain data, so that the config can build it. */
export interface StockRules {
  /** Subjects (1212) that move stock in this shop beside goods, e.g. 12 or 13. */
  readonly subjects: readonly number[]
  /** Operations 3 and 4 move stock: what the shop buys from people comes in. Off: payouts, scrap, lottery. */
  readonly purchases: boolean
  readonly codes: CodeRules
}

export const defaultRules: StockRules = { subjects: [], purchases: false, codes: defaultCodeRules }

/** What the decision needs of a document and of its line. */
export interface Settled {
  readonly documentType: number
  readonly operation: number | null
  readonly method: number | null
  readonly subject: number | null
  readonly quantity: string | null
  /** Measure code 2108; null when absent or when the unit is text. */
  readonly measure: number | null
  /** Tag 1291: the line sells a share of a marked package. */
  readonly share: boolean
  /** Tags that are there and cannot be read, so that "absent" would be a guess. */
  readonly unreadable: readonly number[]
}

export interface Decision {
  readonly move: Move
  readonly why: string
}

/** Methods that hand goods over in this document (1214), with the words for both directions. */
const handsOver: Readonly<Record<number, readonly [out: string, back: string]>> = {
  4: ['handed over in full settlement', 'taken back in full settlement'],
  5: ['handed over in partial settlement', 'taken back in partial settlement'],
  6: ['handed over on credit', 'taken back, was on credit'],
}

/** Methods that move money only. */
const moneyOnly: Readonly<Record<number, string>> = {
  1: 'full prepayment, no goods yet',
  2: 'partial prepayment, no goods yet',
  3: 'advance, no goods yet',
  7: 'payment of a credit, no goods now',
}

const goods: readonly number[] = [1, 2, 30, 31, 32, 33]

/** Subjects that the law knows and that are no goods: 3 to 27 without the goods. */
const otherSubjects = { first: 3, last: 27 }

/** Measures of tag 2108. */
const measures: readonly number[] = [
  0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255,
]

/** What one line does to stock, and why in one of the fixed phrases of this file. */
export function decideMove(settled: Settled, rules: StockRules): Decision {
  if (settled.documentType === 31 || settled.documentType === 41)
    return { move: 'review', why: 'a correction waits for a person' }
  return (
    byOperation(settled, rules) ??
    byMethod(settled) ??
    bySubject(settled, rules) ??
    byQuantity(settled) ??
    moved(settled)
  )
}

function byOperation({ operation, unreadable }: Settled, rules: StockRules): Decision | null {
  if (unreadable.includes(1054)) return { move: 'review', why: 'the operation cannot be read' }
  if (operation === null) return { move: 'review', why: 'no operation in the document' }
  if (operation === 1 || operation === 2) return null
  if (operation !== 3 && operation !== 4) return { move: 'review', why: 'unknown operation' }
  return rules.purchases ? null : { move: 'none', why: 'purchases do not move stock here' }
}

function byMethod({ method, unreadable }: Settled): Decision | null {
  if (unreadable.includes(1214)) return { move: 'review', why: 'the settlement method cannot be read' }
  if (method === null || handsOver[method] !== undefined) return null
  const why = moneyOnly[method]
  return why === undefined ? { move: 'review', why: 'unknown settlement method' } : { move: 'none', why }
}

function bySubject({ subject, unreadable }: Settled, rules: StockRules): Decision | null {
  if (unreadable.includes(1212)) return { move: 'review', why: 'the kind of subject cannot be read' }
  // Absent in many real chains: counts as goods, and the receiver's match with the catalogue decides.
  if (subject === null || goods.includes(subject) || rules.subjects.includes(subject)) return null
  return subject >= otherSubjects.first && subject <= otherSubjects.last
    ? { move: 'none', why: 'not goods' }
    : { move: 'review', why: 'unknown kind of subject' }
}

function byQuantity({ quantity, measure, share, unreadable }: Settled): Decision | null {
  if (share || unreadable.includes(1291)) return { move: 'review', why: 'a share of a marked package' }
  if (unreadable.includes(1023)) return { move: 'review', why: 'the quantity cannot be read' }
  if (quantity === null) return { move: 'review', why: 'no quantity in the line' }
  if (unreadable.includes(2108) || (measure !== null && !measures.includes(measure)))
    return { move: 'review', why: 'unknown measure of quantity' }
  return /[1-9]/.test(quantity) ? null : { move: 'review', why: 'the quantity is zero' }
}

function moved({ operation, method }: Settled): Decision {
  const [out, back] = handsOver[method ?? 4] ?? ['', '']
  const assumed = method === null ? ' (assumed)' : ''
  // A sale and a purchase given back leave the shop; a return and a purchase come in.
  return operation === 1 || operation === 4
    ? { move: 'out', why: out + assumed }
    : { move: 'in', why: back + assumed }
}
