/**
 * The questions that we may ask, and nothing else: what is not in `commands` cannot be encoded.
 * Opcodes, passwords and modes: «Протокол работы ККТ с ФН» 1.17; timeouts: the vendor's Java driver.
 */
import { Reader, Writer } from '../bytes.ts'
import {
  type DeviceType,
  type DriveExpiry,
  type DriveStatus,
  type FoundDocument,
  type FullStatus,
  type ModelParameters,
  type OperatorQueue,
  type Registration,
  readDeviceType,
  readDriveExpiry,
  readDriveStatus,
  readFoundDocument,
  readFullStatus,
  readModelParameters,
  readOperatorQueue,
  readRegistration,
  readShortStatus,
  type ShortStatus,
} from './answers.ts'
import { opcodeBytes, opcodeName, readAscii, readText } from './wire.ts'

/** Every opcode that can be asked. A command with another code is refused by the compiler and by `encode`. */
export const askingCodes = [
  0x10, 0x11, 0x1f, 0x6b, 0xf7, 0xfc, 0xff01, 0xff02, 0xff03, 0xff04, 0xff09, 0xff0a, 0xff39, 0xff3a, 0xff3b,
] as const
export type AskingCode = (typeof askingCodes)[number]

/** One thing a register can be asked. `read` begins behind the error code and may throw `ShortRead`. */
export interface Command<Question, Answer> {
  readonly code: AskingCode
  /** The vendor's own words for it. */
  readonly name: string
  readonly timeoutMs: number
  /** False when asking twice is not asking once: the answer moves a cursor in the register. */
  readonly repeatable: boolean
  ask(to: Writer, question: Question): void
  read(from: Reader): Answer
}

/** A question that carries a password and nothing else. */
export interface Password {
  readonly password: number
}

function withPassword<Answer>(
  code: AskingCode,
  name: string,
  timeoutMs: number,
  read: (from: Reader) => Answer,
): Command<Password, Answer> {
  return {
    code,
    name,
    timeoutMs,
    repeatable: true,
    ask: (to, { password }) => void to.uint(password, 4),
    read,
  }
}

const quickMs = 3_000
const slowMs = 30_000

/** Короткий запрос состояния: any mode, any operator's password. */
const shortStatus: Command<Password, ShortStatus> = withPassword(
  0x10,
  'Короткий запрос состояния ККТ',
  quickMs,
  readShortStatus,
)

/** Запрос состояния: its firmware and its clock are used. */
const fullStatus: Command<Password, FullStatus> = withPassword(
  0x11,
  'Запрос состояния ККТ',
  quickMs,
  readFullStatus,
)

/** Чтение таблицы: the raw value of one field. */
const tableField: Command<Password & { table: number; row: number; field: number }, Uint8Array> = {
  code: 0x1f,
  name: 'Чтение таблицы',
  timeoutMs: slowMs,
  repeatable: true,
  ask: (to, { password, table, row, field }) =>
    void to.uint(password, 4).uint(table, 1).uint(row, 2).uint(field, 1),
  read: (from) => from.rest().slice(),
}

/** Возврат названия ошибки: the device's own text for an error code. No password. */
const errorText: Command<{ error: number }, string> = {
  code: 0x6b,
  name: 'Возврат названия ошибки',
  timeoutMs: quickMs,
  repeatable: true,
  ask: (to, { error }) => void to.uint(error, 1),
  read: (from) => readText(from.rest()),
}

/** Расширенный запрос, type 1: parameters of the model. No password. */
const modelParameters: Command<void, ModelParameters> = {
  code: 0xf7,
  name: 'Расширенный запрос',
  timeoutMs: slowMs,
  repeatable: true,
  ask: (to) => void to.uint(1, 1),
  read: readModelParameters,
}

/** Получить тип устройства. No password. */
const deviceType: Command<void, DeviceType> = {
  code: 0xfc,
  name: 'Получить тип устройства',
  timeoutMs: slowMs,
  repeatable: true,
  ask: () => undefined,
  read: readDeviceType,
}

const driveStatus: Command<Password, DriveStatus> = withPassword(
  0xff01,
  'Запрос статуса ФН',
  slowMs,
  readDriveStatus,
)
const driveNumber: Command<Password, string> = withPassword(0xff02, 'Запрос номера ФН', slowMs, (from) =>
  readAscii(from, 16),
)
const driveExpiry: Command<Password, DriveExpiry> = withPassword(
  0xff03,
  'Запрос срока действия ФН',
  slowMs,
  readDriveExpiry,
)

/** `debug`: the type byte is 0, "отладочная версия". */
const driveVersion: Command<Password, { fnVersion: string; debug: boolean }> = withPassword(
  0xff04,
  'Запрос версии ФН',
  slowMs,
  (from) => ({ fnVersion: readAscii(from, 16), debug: from.uint(1) === 0 }),
)
const registration: Command<Password, Registration> = withPassword(
  0xff09,
  'Запрос итогов фискализации',
  slowMs,
  readRegistration,
)

/** Запрос статуса информационного обмена: what waits for the operator (ОФД). The guide allows it with a closed shift. */
const operatorQueue: Command<Password, OperatorQueue> = withPassword(
  0xff39,
  'Запрос статуса информационного обмена',
  slowMs,
  readOperatorQueue,
)

/** Найти фискальный документ по номеру: the short record, error 08 when there is none. */
const findDocument: Command<Password & { fd: number }, FoundDocument> = {
  code: 0xff0a,
  name: 'Найти фискальный документ по номеру',
  timeoutMs: slowMs,
  repeatable: true,
  ask: (to, { password, fd }) => void to.uint(password, 4).uint(fd, 4),
  read: readFoundDocument,
}

/** Запросить фискальный документ в TLV формате: opens the stream that `documentPortion` reads. */
const openDocument: Command<Password & { fd: number }, { docType: number; length: number }> = {
  code: 0xff3a,
  name: 'Запросить фискальный документ в TLV формате',
  timeoutMs: slowMs,
  repeatable: true,
  ask: (to, { password, fd }) => void to.uint(password, 4).uint(fd, 4),
  read: (from) => ({ docType: from.uint(2), length: from.uint(2) }),
}

/** Чтение TLV фискального документа: the next portion; each executed one moves on, so never twice. */
const documentPortion: Command<Password, Uint8Array> = {
  code: 0xff3b,
  name: 'Чтение TLV фискального документа',
  timeoutMs: slowMs,
  repeatable: false,
  ask: (to, { password }) => void to.uint(password, 4),
  read: (from) => from.rest().slice(),
}

export const commands = {
  shortStatus,
  fullStatus,
  tableField,
  errorText,
  modelParameters,
  deviceType,
  driveStatus,
  driveNumber,
  driveExpiry,
  driveVersion,
  registration,
  operatorQueue,
  findDocument,
  openDocument,
  documentPortion,
} as const

const known: ReadonlySet<unknown> = new Set(Object.values(commands))

/** The payload of a question. Throws `TypeError` for a command that is not one of `commands`. */
export function encode<Question>(command: Command<Question, unknown>, question: Question): Uint8Array {
  if (!known.has(command)) throw new TypeError('only the asking commands of the table can be encoded')
  const to = new Writer()
  for (const byte of opcodeBytes(command.code)) to.uint(byte, 1)
  command.ask(to, question)
  return to.bytes()
}

/** An answer's error code and the data behind it. */
export interface Answered {
  readonly error: number
  readonly data: Reader
}

/**
 * Reads an answer to `command`; null when it answers something else. `FF <error>` without a second opcode
 * byte is how firmware that does not know two-byte commands refuses them (the vendor's Java driver).
 */
export function readAnswered(command: Command<never, unknown>, payload: Uint8Array): Answered | null {
  const opcode = opcodeBytes(command.code)
  if (opcode.length === 2 && payload.length === 2 && payload[0] === 0xff)
    return { error: payload[1] ?? 0, data: new Reader(new Uint8Array()) }
  if (payload.length <= opcode.length || opcode.some((byte, i) => payload[i] !== byte)) return null
  return { error: payload[opcode.length] ?? 0, data: new Reader(payload.subarray(opcode.length + 1)) }
}

/** The asking codes as `FF0A`, `10` …, for the conformance suite and the documentation. */
export const askingNames: readonly string[] = askingCodes.map(opcodeName)
