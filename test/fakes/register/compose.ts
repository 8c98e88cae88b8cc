/**
 * Makes TLV bodies in the order in which registers were seen to write them: who and which first, then the
 * receipt. Tags and types from the tax service's format tables (orders ММВ-7-20/229@ and ЕД-7-20/662@).
 */
import type { ExpectedMove, LineToSell, Owner, Sale, SoldLine, StoredDocument } from './documents.ts'
import {
  be,
  cp866,
  elements,
  fixed,
  fvln,
  join,
  le,
  type Piece,
  tlv,
  unhex,
  vln,
  wallSeconds,
} from './encoding.ts'

/** What is known of a document before its body is made. */
export interface Numbers {
  readonly storage: string
  readonly number: number
  readonly time: string
  readonly sign: number
  readonly shift: number
  readonly receipt: number
}

const text = (tag: number, value: string) => tlv(tag, cp866(value))
const padded = (tag: number, value: string, size: number) => tlv(tag, fixed(cp866(value), size, 0x20))
const byte = (tag: number, value: number) => tlv(tag, [value])
const u32 = (tag: number, value: number) => tlv(tag, le(value, 4))
const money = (tag: number, kopecks: number) => tlv(tag, vln(kopecks))

/** 1077: `31 04`, then the sign big-endian. */
const signValue = (sign: number): Piece => [0x31, 0x04, ...be(sign, 4)]

function head(numbers: Numbers, owner: Owner): Uint8Array {
  return join(
    text(1041, numbers.storage),
    padded(1037, owner.registrationNumber, 20),
    padded(1018, owner.inn, 12),
    u32(1040, numbers.number),
    u32(1012, wallSeconds(numbers.time)),
    tlv(1077, signValue(numbers.sign)),
  )
}

function place(owner: Owner): Uint8Array {
  return join(
    text(1048, owner.organisation),
    text(1009, owner.address),
    text(1187, owner.place),
    text(1021, owner.cashier),
    byte(1209, owner.ffd === '1.2' ? 4 : 2),
  )
}

/** Price times quantity in kopecks, half up, without floating point. */
function lineSum(line: LineToSell): number {
  const [whole = '0', decimals = ''] = line.quantity.split('.')
  const scale = 10n ** BigInt(decimals.length)
  return Number((BigInt(line.price) * BigInt(whole + decimals) * 2n + scale) / (2n * scale))
}

const goods = [1, 2, 30, 31, 32, 33]
const handedOver = [4, 5, 6]

/** The stock rule, decided by settlement method 1214, subject 1212 and operation 1054. */
function moveOf(line: LineToSell, sale: Sale): ExpectedMove {
  const { method = 4, subject = 1 } = line
  if ((sale.type ?? 3) > 30) return 'review'
  if (!handedOver.includes(method ?? 4) || !goods.includes(subject ?? 1)) return 'none'
  const moves: readonly ExpectedMove[] = ['out', 'in']
  return moves[(sale.operation ?? 1) - 1] ?? 'none'
}

function code(line: LineToSell): Uint8Array {
  if (line.code !== undefined) return tlv(1162, unhex(line.code))
  if (line.marking !== undefined) return tlv(1163, text(...line.marking))
  return new Uint8Array()
}

function lineBody(line: LineToSell, owner: Owner): Uint8Array {
  const { method = 4, subject = 1 } = line
  return join(
    code(line),
    text(1030, line.name),
    money(1079, line.price),
    tlv(1023, fvln(line.quantity)),
    owner.ffd === '1.2'
      ? byte(2108, line.measure ?? 0)
      : line.unit === undefined
        ? []
        : text(1197, line.unit),
    byte(1199, 6),
    subject === null ? [] : byte(1212, subject),
    method === null ? [] : byte(1214, method),
    money(1043, lineSum(line)),
    line.article === undefined ? [] : text(1191, line.article),
    line.supplier === undefined ? [] : tlv(1224, text(1225, line.supplier)),
  )
}

function correction(sale: Sale, time: string): Piece {
  if ((sale.type ?? 3) < 30) return []
  const day = tlv(1178, le(wallSeconds(`${time.slice(0, 10)}T00:00:00`), 4))
  return join(byte(1173, 0), tlv(1174, join(day, text(1179, ' '))))
}

/** The body of a receipt, BSO or correction, and what its lines should do. */
export function composeReceipt(
  numbers: Numbers,
  owner: Owner,
  sale: Sale & { readonly lines: readonly LineToSell[] },
): Omit<StoredDocument, 'source'> {
  const type = sale.type ?? 3
  const operation = sale.operation ?? 1
  const total = sale.total ?? sale.lines.reduce((sum, line) => sum + lineSum(line), 0)
  const electronic = Math.min(sale.electronic ?? total, total)
  // A correction of FFD 1.05 has a sum and no lines.
  const written = type > 30 && owner.ffd === '1.05' ? [] : sale.lines
  const body = join(
    head(numbers, owner),
    u32(1038, numbers.shift),
    u32(1042, numbers.receipt),
    byte(1054, operation),
    money(1020, total),
    ...written.map((line) => tlv(1059, lineBody(line, owner))),
    correction(sale, numbers.time),
    money(1105, total),
    byte(1055, owner.taxation & -owner.taxation),
    money(1031, total - electronic),
    money(1081, electronic),
    money(1215, 0),
    money(1216, 0),
    money(1217, 0),
    place(owner),
  )
  const lines = written.map(
    (line): SoldLine => ({
      name: line.name,
      quantity: line.quantity,
      sum: lineSum(line),
      move: moveOf(line, sale),
    }),
  )
  const { number, time, sign, shift, receipt } = numbers
  return { number, type, time, sign, operation, total, shift, receipt, lines, body }
}

/** What a report tells beside its head; each field only where its form has it. */
export interface ReportFacts {
  readonly serial: string
  /** 1101, for form 11: 1 the drive was replaced. */
  readonly reason: number
  readonly receipts: number
  readonly documents: number
  readonly unsent: number
}

function ofRegistration(owner: Owner, facts: ReportFacts): Piece {
  return join(
    byte(1056, owner.workMode & 1),
    byte(1002, (owner.workMode >> 1) & 1),
    byte(1001, (owner.workMode >> 2) & 1),
    byte(1109, (owner.workMode >> 3) & 1),
    byte(1110, (owner.workMode >> 4) & 1),
    byte(1108, (owner.workMode >> 5) & 1),
    byte(1062, owner.taxation),
    text(1013, facts.serial),
    padded(1017, '7704358518', 12),
    text(1060, 'www.nalog.gov.ru'),
    text(1046, 'ОФД'),
  )
}

const shiftFlags = (): Piece => join(byte(1050, 0), byte(1051, 0), byte(1052, 0), byte(1053, 0))

const reportParts: Readonly<Record<number, (n: Numbers, owner: Owner, facts: ReportFacts) => Piece>> = {
  1: (_, owner, facts) => ofRegistration(owner, facts),
  11: (_, owner, facts) => join(ofRegistration(owner, facts), byte(1101, facts.reason)),
  2: (numbers) => join(u32(1038, numbers.shift), shiftFlags()),
  5: (numbers, _, facts) =>
    join(
      u32(1038, numbers.shift),
      u32(1118, facts.receipts),
      u32(1111, facts.documents),
      u32(1097, facts.unsent),
      shiftFlags(),
    ),
  6: (numbers) => u32(1038, numbers.shift),
}

/** The body of a report: registration 1 and 11, shift 2 and 5, closing of the drive 6. */
export function composeReport(
  type: number,
  numbers: Numbers,
  owner: Owner,
  facts: ReportFacts,
): Omit<StoredDocument, 'source'> {
  const body = join(head(numbers, owner), reportParts[type]?.(numbers, owner, facts) ?? [], place(owner))
  const { number, time, sign, shift } = numbers
  return { number, type, time, sign, operation: null, total: null, shift, receipt: 0, lines: [], body }
}

/** A real body with this drive's numbers, date and owner in place of its own; all else byte for byte. */
export function renumber(body: Uint8Array, numbers: Numbers, owner: Owner): Uint8Array {
  const ours: Readonly<Record<number, Piece>> = {
    1041: cp866(numbers.storage),
    1040: le(numbers.number, 4),
    1012: le(wallSeconds(numbers.time), 4),
    1038: le(numbers.shift, 4),
    1042: le(numbers.receipt, 4),
    1077: signValue(numbers.sign),
    1037: fixed(cp866(owner.registrationNumber), 20, 0x20),
    1018: fixed(cp866(owner.inn), 12, 0x20),
  }
  return join(...elements(body).map(({ tag, bytes }) => (ours[tag] ? tlv(tag, ours[tag]) : bytes)))
}
