/**
 * Receipts of the size that shops have, as many as wanted and in no time: a few dozen are composed whole, and each
 * further one is a copy of one of them with its own number, time and sign.
 */
import type { NewDocument } from '../../agent/outbox.ts'
import { madeUpSale } from '../fakes/register/baskets.ts'
import { Chance } from '../fakes/register/chance.ts'
import { composeReceipt } from '../fakes/register/compose.ts'
import type { StoredDocument } from '../fakes/register/documents.ts'
import { be, le } from '../fakes/register/encoding.ts'
import { someOwner } from '../fakes/register/options.ts'

/** The drive of every outbox here; a simulated register has it unless told otherwise. */
export const drive = '9252440300123456'
/** The register of every outbox here, by its name in the config. */
export const till = 'till-1'

/** How many are composed whole. */
const patterns = 64
/** Stand-ins, found again in the composed bytes; no other value of a receipt is like them. */
const marks = { number: 0x5a_a5_3c_c3, sign: 0x1e_d2_b4_87 } as const

interface Pattern {
  readonly document: Omit<StoredDocument, 'source'>
  readonly numberAt: number
  readonly signAt: number
}

function composePattern(chance: Chance): Pattern {
  // Three baskets make the receipt of a family's shopping: some ten lines, between one and two kilobytes.
  const baskets = [1, 2, 3].map(() => madeUpSale(chance, someOwner))
  const lines = baskets.flatMap((basket) => basket.lines.map((line) => ({ ...line, method: 4 })))
  const numbers = { storage: drive, ...marks, time: '2026-08-21T13:00:00', shift: 1, receipt: 1 }
  const document = composeReceipt(numbers, someOwner, { operation: 1, lines })
  return {
    document,
    numberAt: placeOf(document.body, le(marks.number, 4)),
    signAt: placeOf(document.body, be(marks.sign, 4)),
  }
}

function placeOf(body: Uint8Array, value: readonly number[]): number {
  const [whole, wanted] = [Buffer.from(body), Buffer.from(value)]
  const at = whole.indexOf(wanted)
  if (at < 0 || whole.indexOf(wanted, at + 1) >= 0) throw new Error('a stand-in is not unique')
  return at
}

let composed: readonly Pattern[] | undefined

/** One receipt as a fiscal drive keeps it; the same number gives the same receipt. */
export function storedReceipt(number: number): StoredDocument {
  composed ??= ((chance) => Array.from({ length: patterns }, () => composePattern(chance)))(new Chance(7))
  const pattern = composed[number % patterns]
  if (pattern === undefined) throw new RangeError(`no receipt ${number}`)
  const sign = signOf(number)
  const body = Uint8Array.from(pattern.document.body)
  body.set(le(number, 4), pattern.numberAt)
  body.set(be(sign, 4), pattern.signAt)
  return { ...pattern.document, number, sign, body, source: null }
}

/** Spread over all 32 bits, as real ones are (Knuth's multiplicative hash). */
function signOf(number: number): number {
  return Math.imul(number, 2_654_435_761) >>> 0
}

/** The same as the agent hands it to the outbox. */
export function keptReceipt(number: number): NewDocument {
  const { type, body, time, sign, operation, total } = storedReceipt(number)
  return {
    storage: drive,
    number,
    register: till,
    type,
    format: 'tlv',
    bytes: body,
    summary: { time, sign: String(sign), operation, total, delivered: false },
    source: 'register',
    owed: true,
  }
}
