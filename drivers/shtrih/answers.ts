/**
 * How answers are read: one function for each question of `commands.ts`, from the byte after the error code.
 * Whatever stands behind the fields that are known is ignored: firmware appends to its answers.
 * Protocol: «Протокол работы ККТ с ФН» 1.17; where it omits reserved bytes, «Протокол работы ККТ» 2.0.
 */
import { type Reader, ShortRead } from '../bytes.ts'
import { readAscii, readDate, readDateTime, readReversedDate, readText, upperHex } from './wire.ts'

/** 10h. `mode` and `modeStatus` are the two halves of one byte; `lastPrint` 5 = printing, null when not sent. */
export interface ShortStatus {
  readonly operator: number
  readonly flags: number
  readonly mode: number
  readonly modeStatus: number
  readonly submode: number
  readonly operations: number
  readonly lastPrint: number | null
}

export function readShortStatus(from: Reader): ShortStatus {
  const operator = from.uint(1)
  const flags = from.uint(2)
  const mode = from.uint(1)
  const submode = from.uint(1)
  const operationsLow = from.uint(1)
  // Two voltages, then two bytes that 1.17 omits and every capture has.
  from.take(4)
  const operationsHigh = from.uint(1)
  from.take(3)
  return {
    operator,
    flags,
    mode: mode & 0x0f,
    modeStatus: mode >> 4,
    submode,
    operations: operationsHigh * 256 + operationsLow,
    lastPrint: from.left > 0 ? from.uint(1) : null,
  }
}

/** 11h. `clock` is `YYYY-MM-DDTHH:MM:SS`, null where the firmware ends before it. */
export interface FullStatus {
  readonly version: string
  readonly build: number
  readonly clock: string | null
}

export function readFullStatus(from: Reader): FullStatus {
  from.take(1)
  const version = from.cp1251(2)
  const build = from.uint(2)
  // To the clock: dates of the firmware, numbers, flags, modes, the port, and what old fiscal memories left.
  const behind = 18
  if (from.left < behind + 6) return { version, build, clock: null }
  from.take(behind)
  const date = readReversedDate(from)
  const time = [...from.take(3)].map((part) => String(part).padStart(2, '0')).join(':')
  return { version, build, clock: `${date}T${time}` }
}

/** FCh. Prefer the name: model codes are shared. */
export interface DeviceType {
  readonly type: number
  readonly subtype: number
  readonly protocol: string
  readonly model: number
  readonly language: number
  readonly name: string
}

export function readDeviceType(from: Reader): DeviceType {
  const type = from.uint(1)
  const subtype = from.uint(1)
  const protocol = `${from.uint(1)}.${from.uint(1)}`
  return {
    type,
    subtype,
    protocol,
    model: from.uint(1),
    language: from.uint(1),
    name: readText(from.rest()).trim(),
  }
}

/** F7h type 1. The table numbers were appended later: null where the firmware does not send them. */
export interface ModelParameters {
  readonly flags: string
  readonly innDigits: number
  readonly rnmDigits: number
  readonly longRnmDigits: number
  readonly longSerialDigits: number
  readonly defaultSysPassword: number
  readonly maxCommand: number
  readonly fnTable: number | null
  readonly ofdTable: number | null
  readonly embeddedTable: number | null
  readonly ffdTable: number | null
  readonly ffdField: number | null
}

export function readModelParameters(from: Reader): ModelParameters {
  const flags = upperHex(Uint8Array.from(from.take(8)).reverse())
  // Widths of two fonts and the first line of graphics.
  from.take(3)
  const innDigits = from.uint(1)
  const rnmDigits = from.uint(1)
  const longRnmDigits = from.uint(1)
  const longSerialDigits = from.uint(1)
  from.take(4)
  const defaultSysPassword = from.uint(4)
  from.take(2)
  const maxCommand = from.uint(2)
  from.take(4)
  const byte = () => (from.left > 0 ? from.uint(1) : null)
  return {
    flags,
    innDigits,
    rnmDigits,
    longRnmDigits,
    longSerialDigits,
    defaultSysPassword,
    maxCommand,
    fnTable: byte(),
    ofdTable: byte(),
    embeddedTable: byte(),
    ffdTable: byte(),
    ffdField: byte(),
  }
}

/** FF01. `currentDoc` 0 = no document is being formed; `phase` 3 = normal work. */
export interface DriveStatus {
  readonly phase: number
  readonly currentDoc: number
  readonly docData: number
  readonly shiftOpen: boolean
  readonly warnings: number
  readonly dateTime: string
  readonly fn: string
  readonly lastFd: number
}

export function readDriveStatus(from: Reader): DriveStatus {
  return {
    phase: from.uint(1),
    currentDoc: from.uint(1),
    docData: from.uint(1),
    shiftOpen: from.uint(1) === 1,
    warnings: from.uint(1),
    dateTime: readDateTime(from),
    fn: readAscii(from, 16),
    lastFd: from.uint(4),
  }
}

/** FF39: documents that wait for the operator; `first…` mean nothing while none waits. */
export interface OperatorQueue {
  readonly exchange: number
  readonly reading: number
  readonly queue: number
  readonly firstFd: number
  readonly firstDateTime: string
}

export function readOperatorQueue(from: Reader): OperatorQueue {
  return {
    exchange: from.uint(1),
    reading: from.uint(1),
    queue: from.uint(2),
    firstFd: from.uint(4),
    firstDateTime: readDateTime(from),
  }
}

/** FF03. The counts of registrations came with newer firmware. */
export interface DriveExpiry {
  readonly date: string
  readonly registrationsLeft: number | null
  readonly registrationsDone: number | null
}

export function readDriveExpiry(from: Reader): DriveExpiry {
  const date = readDate(from)
  const counted = from.left >= 2
  return {
    date,
    registrationsLeft: counted ? from.uint(1) : null,
    registrationsDone: counted ? from.uint(1) : null,
  }
}

/** FF09 and the registration part of FF0A. */
export interface Registration {
  readonly dateTime: string
  readonly inn: string
  readonly rnm: string
  readonly taxSystems: number
  readonly workMode: number
  readonly fd: number
  readonly fiscalSign: number
}

export function readRegistration(from: Reader): Registration {
  // FFD 1.1 and 1.2 send 64 bytes: flags, the operator's INN and reasons stand before number and sign.
  const long = from.left >= 64
  const dateTime = readDateTime(from)
  const inn = readAscii(from, 12)
  const rnm = readAscii(from, 20)
  const taxSystems = from.uint(1)
  const workMode = from.uint(1)
  if (long) from.take(1 + 12 + 4)
  return { dateTime, inn, rnm, taxSystems, workMode, fd: from.uint(4), fiscalSign: from.uint(4) }
}

/** FF0A: the short record of a document; what belongs to other types is absent. */
export interface FoundDocument {
  readonly docType: number
  readonly ofdTicket: boolean
  readonly dateTime: string
  readonly fd: number
  readonly fiscalSign: number
  readonly operationType?: number
  readonly amountKopecks?: number
  readonly shift?: number
  readonly inn?: string
  readonly rnm?: string
  readonly taxSystems?: number
  readonly workMode?: number
  readonly reason?: number
  readonly unconfirmed?: number
}

export function readFoundDocument(from: Reader): FoundDocument {
  const docType = from.uint(1)
  const head = {
    docType,
    ofdTicket: from.uint(1) !== 0,
    dateTime: readDateTime(from),
    fd: from.uint(4),
    fiscalSign: from.uint(4),
  }
  try {
    return { ...head, ...readParticulars(docType, from) }
  } catch (error) {
    // Only the receipts' part is certain; the layouts of reports differ with the FFD version.
    if (error instanceof ShortRead && !isReceipt(docType)) return head
    throw error
  }
}

/** Receipt, BSO and their corrections: the form codes whose short record holds operation and sum. */
export function isReceipt(docType: number): boolean {
  return docType === 3 || docType === 4 || docType === 31 || docType === 41
}

function readParticulars(docType: number, from: Reader): Partial<FoundDocument> {
  if (isReceipt(docType)) return { operationType: from.uint(1), amountKopecks: from.uint(5) }
  if (docType === 2 || docType === 5) return { shift: from.uint(2) }
  if (docType === 6) return { inn: readAscii(from, 12), rnm: readAscii(from, 20) }
  if (docType === 21) return { unconfirmed: from.uint(4) }
  if (docType !== 1 && docType !== 11) return {}
  const owner = { inn: readAscii(from, 12), rnm: readAscii(from, 20) }
  const kind = { taxSystems: from.uint(1), workMode: from.uint(1) }
  // A longer tail is FFD 1.1 or 1.2, whose order no source confirms.
  return docType === 11 && from.left === 1
    ? { ...owner, ...kind, reason: from.uint(1) }
    : { ...owner, ...kind }
}
