/** The answers of the fiscal drive: FF01h to FF63h (protocol 1.17, chapter on the fiscal drive). */
import type { Owner, StoredDocument } from './documents.ts'
import { cp866, elements, fixed, fromLe, join, le, type Piece, shortTime } from './encoding.ts'
import type { Asking, Machine } from './machine.ts'
import { Refused } from './refusal.ts'

/** Requested data are not in the archive of the drive. */
const absent = 0x08

const ascii = (text: string, size: number) => fixed(cp866(text), size, 0x20)

/** FF01: 30 bytes. */
export function status(machine: Machine): Piece {
  const { drive } = machine
  const last = drive.last
  const correction = (machine.receipt?.type ?? 3) > 30
  return join(
    [last === null ? 1 : drive.closed ? 7 : 3],
    [machine.receipt === null ? 0 : correction ? 0x14 : 0x04],
    [machine.receipt?.lines === undefined ? 0 : 1],
    [drive.shiftOpenedAt === null ? 0 : 1, 0],
    last === null ? new Uint8Array(5) : shortTime(last.time),
    ascii(drive.facts.number, 16),
    le(last?.number ?? 0, 4),
  )
}

export const driveNumber = ({ drive }: Machine): Piece => ascii(drive.facts.number, 16)

/** FF03: date, registrations left and done. */
export function expiry({ drive }: Machine): Piece {
  const [year = 0, month = 0, day = 0] = drive.facts.expires.split('-').map(Number)
  return [year - 2000, month, day, 29, 1]
}

/** FF04: version, then 0 for a debug drive and 1 for a serial one. */
export const version = ({ drive }: Machine): Piece =>
  join(ascii(drive.facts.version, 16), [drive.facts.debug ? 0 : 1])

function owned(owner: Owner): Uint8Array {
  return join(ascii(owner.inn, 12), ascii(owner.registrationNumber, 20), [owner.taxation, owner.workMode])
}

/** What registrations of FFD 1.1 and later add: extended flags, the operator's INN, reason codes. */
const newerParts = (owner: Owner) => (owner.ffd === '1.2' ? join([0], ascii('7704358518', 12), le(0, 4)) : [])

function lastRegistration({ drive }: Machine): StoredDocument {
  const found = [...drive.documents].filter(({ type }) => type === 1 || type === 11).at(-1)
  if (found === undefined) throw new Refused(absent)
  return found
}

/** FF09: 47 bytes, 64 with FFD 1.2. */
export function registration(machine: Machine): Piece {
  const document = lastRegistration(machine)
  const { owner } = machine
  return join(
    shortTime(document.time),
    owned(owner),
    newerParts(owner),
    le(document.number, 4),
    le(document.sign, 4),
  )
}

/** FF0E: one element of the last registration report, whatever the index of the report. */
export function registrationTag(machine: Machine, asked: Uint8Array, { room }: Asking): Piece {
  const tag = fromLe(asked.subarray(1, 3))
  const { type, body } = lastRegistration(machine)
  if (tag === 0xffff) {
    machine.openStream(type, body, room)
    return []
  }
  const found = elements(body).find((element) => element.tag === tag)
  if (found === undefined) throw new Refused(absent)
  return found.bytes
}

/** The part of the short record that depends on the form. */
function ofForm({ type, operation, total, shift, reason = 1 }: StoredDocument, owner: Owner): Piece {
  if (type === 1) return join(owned(owner), newerParts(owner))
  if (type === 11) return join(owned(owner), owner.ffd === '1.2' ? newerParts(owner) : [reason])
  if (type === 6) return join(ascii(owner.inn, 12), ascii(owner.registrationNumber, 20))
  if (type === 2 || type === 5) return le(shift, 2)
  return [operation ?? 0, ...le(total ?? 0, 5)]
}

/** FF0A: the short record, kept as long as the drive lives. */
export function findDocument({ drive, owner }: Machine, asked: Uint8Array): Piece {
  const document = drive.find(fromLe(asked))
  if (document === null) throw new Refused(absent)
  return join(
    [document.type, document.number <= drive.sentUpTo ? 1 : 0],
    shortTime(document.time),
    le(document.number, 4),
    le(document.sign, 4),
    ofForm(document, owner),
  )
}

/** FF39: 13 bytes, all zero when nothing waits for the operator. */
export function exchange({ drive }: Machine): Piece {
  const unsent = drive.unsent()
  const first = unsent[0]
  if (first === undefined) return new Uint8Array(13)
  return join([0x02, 0], le(unsent.length, 2), le(first.number, 4), shortTime(first.time))
}

/** FF3A: type and length; refused numbers close the way for FF3B. */
export function openDocument(machine: Machine, asked: Uint8Array, { room }: Asking): Piece {
  const document = machine.drive.find(fromLe(asked))
  const body = machine.drive.bodyOf(fromLe(asked))
  if (document === null || body === null) {
    machine.streamRefused = true
    throw new Refused(absent)
  }
  machine.openStream(document.type, body, room)
  return join(le(document.type, 2), le(machine.announcedLength(body), 2))
}

/** FF3B: executed is moved on, whether or not the answer arrives. */
export function nextPortion(machine: Machine): Piece {
  if (machine.stream === null) throw new Refused(machine.streamRefused ? 0x73 : absent)
  machine.stream.touchedAt = machine.now()
  const portion = machine.stream.next()
  if (portion === null || portion.length === 0) machine.stream = null
  if (portion === null) throw new Refused(absent)
  return portion
}

/** FF3C: the operator's confirmation; the 18 bytes of its sign are made up from the document's. */
export function ticket({ drive }: Machine, asked: Uint8Array): Piece {
  const document = drive.find(fromLe(asked))
  if (document === null || document.number > drive.sentUpTo) throw new Refused(absent)
  return join(shortTime(document.time), fixed(join(le(document.sign, 4)), 18, 0x5a), le(document.number, 4))
}

/** FF40: state, number of the shift, number of the last receipt in it. */
export function shift({ drive }: Machine): Piece {
  const last = drive.last
  const receipt = [...drive.documents].filter((each) => each.shift === last?.shift).at(-1)?.receipt ?? 0
  return [drive.shiftOpenedAt === null ? 0 : 1, ...le(last?.shift ?? 0, 2), ...le(receipt, 2)]
}

/** FF63: documents left in five years, KiB left in the store of thirty days. */
export function freeMemory({ drive }: Machine): Piece {
  return [...le(250_000 - (drive.last?.number ?? 0), 4), ...le(8192, 4)]
}
