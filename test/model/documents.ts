/**
 * The little world of the model: two tills at one address, their fiscal drives, and every document that these drives
 * hold. Real bytes, written by the tests' own encoder; what must become of each is said here and not by the agent.
 */
import type { DocumentSummary, RawDocument } from '../../drivers/index.ts'
import { bytes, decimal, group, joined, number, text } from '../agent/fiscal/encoding.ts'

export const tills = ['till-1', 'till-2'] as const
export type Till = (typeof tills)[number]

export interface Drive {
  readonly storage: string
  readonly till: Till
  readonly first: number
  readonly debug: boolean
}

/** The second till has `sendAll`; its second drive is a debug drive by the register's word, its third by its number. */
export const drives: readonly Drive[] = [
  { storage: '9285000100150175', till: 'till-1', first: 2, debug: false },
  { storage: '9285000100150299', till: 'till-1', first: 1, debug: false },
  { storage: '7384440900844678', till: 'till-2', first: 1, debug: false },
  { storage: '7384440900844999', till: 'till-2', first: 1, debug: true },
  { storage: '9999078900001234', till: 'till-2', first: 1, debug: false },
]

/** The highest number that each drive gives out. */
export const top = 7

export const sendsAll: Readonly<Record<Till, boolean>> = { 'till-1': false, 'till-2': true }

/** What a document is, by its number: the same on every drive. */
const kinds = ['sale', 'sale', 'damaged', 'report', 'advance', 'return', 'correction', 'sale'] as const
type Kind = (typeof kinds)[number]

/** What must become of a document once it is kept whole. */
export type Fate = 'send' | 'ignored' | 'park' | 'nothing'

export interface Truth {
  readonly drive: Drive
  readonly number: number
  readonly type: number
  readonly bytes: Uint8Array
  readonly masked: Uint8Array
  readonly summary: DocumentSummary
  readonly fate: Fate
  /** What it adds to the stock once it is booked, millionths. */
  readonly moves: bigint
}

const people = ['Иванова А. А.', '+79161234567']

function lineOf(kind: Kind): Uint8Array {
  const line = (method: number, quantity: string) =>
    group(
      1059,
      text(1030, 'Хлеб'),
      number(1079, 5000, 3),
      decimal(1023, quantity, 4),
      number(1043, 5000, 3),
      number(1214, method),
      number(1212, 1),
    )
  return kind === 'advance' ? line(1, '1') : joined(line(4, '1.000'), line(4, '2.5'))
}

/** Cashier and buyer stand once in the document and once nested, as personal data does. */
function bodyOf(kind: Kind, n: number, storage: string, persons: readonly string[]): Uint8Array {
  const [cashier = '', buyer = ''] = persons
  const head = joined(
    text(1041, storage),
    text(1037, '0000000001005209    '),
    text(1018, '7804067632  '),
    number(1040, n, 4),
    number(1012, 1_787_300_000 + n * 60, 4),
    bytes(1077, `3104${(n * 7919).toString(16).padStart(8, '0')}`),
    number(1038, 3, 4),
    text(1021, cashier),
    // Every other document needs more than a page of the database, so that a full disk is felt.
    ...(n % 2 === 0 ? [text(9_998, 'x'.repeat(6_000))] : []),
  )
  if (kind === 'report') return head
  const receipt = joined(
    head,
    number(1042, 5, 4),
    number(1054, kind === 'return' ? 2 : 1),
    number(1020, 17_500, 3),
    text(1008, buyer),
    group(1256, text(1227, buyer)),
    ...(kind === 'correction' ? [number(1173, 0), group(1174, number(1178, 1_787_300_000, 4))] : []),
    lineOf(kind),
  )
  return kind === 'damaged' ? receipt.subarray(0, receipt.length - 3) : receipt
}

const typeOf = (kind: Kind) => (kind === 'report' ? 5 : kind === 'correction' ? 31 : 3)

function fateOf(kind: Kind, { till, debug, storage }: Drive): Fate {
  const owed = kind !== 'report' || sendsAll[till]
  if (debug || !owed) return 'nothing'
  if (storage.startsWith('99990789')) return 'ignored'
  if (kind === 'damaged') return 'park'
  return kind === 'advance' && !sendsAll[till] ? 'ignored' : 'send'
}

function truthOf(drive: Drive, n: number): Truth {
  const kind = kinds[n % kinds.length] ?? 'sale'
  const hidden = people.map((person) => '*'.repeat(person.length))
  return {
    drive,
    number: n,
    type: typeOf(kind),
    bytes: bodyOf(kind, n, drive.storage, people),
    masked: bodyOf(kind, n, drive.storage, hidden),
    summary: {
      time: '2026-08-21T13:00:00',
      sign: String(n * 7919),
      operation: kind === 'report' ? null : 1,
      total: kind === 'report' ? null : 17_500,
      delivered: null,
    },
    fate: fateOf(kind, drive),
    moves: kind === 'sale' ? -3_500_000n : kind === 'return' ? 3_500_000n : 0n,
  }
}

/** Everything that the drives hold, what is older than their beginning included. */
export const truths: readonly Truth[] = drives.flatMap((drive) =>
  Array.from({ length: top }, (_, i) => truthOf(drive, i + 1)),
)

export function truthAt(drive: Drive, n: number): Truth {
  return truths.find((truth) => truth.drive === drive && truth.number === n) ?? truthOf(drive, n)
}

/** The document as a register gives it: whole, as its short record, or (`forged`) another one under its number. */
export function readAs(truth: Truth, how: 'whole' | 'summary' | 'forged'): RawDocument {
  const { drive, number: n, type, summary } = truth
  const raw = { storage: drive.storage, number: n, type, summary, remarks: [] }
  if (how === 'summary') return { ...raw, bytes: null }
  if (how === 'whole') return { ...raw, bytes: truth.bytes }
  return { ...raw, bytes: truth.bytes, summary: { ...summary, sign: '1' } }
}
