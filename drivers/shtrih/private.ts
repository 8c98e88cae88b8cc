/**
 * What of a message only the owner of the record may see. Known to be harmless are the numbers of our own questions
 * and the answers in `harmless`; everything else stays hidden: passwords, documents with their buyers and cashiers,
 * tables with the owner's name and place, other programs' commands, and whatever firmware appends.
 */
import { commands } from './commands.ts'
import type { Fields } from './layout.ts'
import { opcodeBytes } from './wire.ts'

/** Positions in a payload, and names of fields. */
export interface Hidden {
  readonly bytes: readonly (readonly [from: number, to: number])[]
  readonly fields: readonly string[]
}

export const nothingHidden: Hidden = { bytes: [], fields: [] }

/** A message that was read. */
export interface Message {
  readonly code: number
  readonly payload: Uint8Array
  /** 0 in requests. */
  readonly error: number
  /** How many bytes behind the opcode are explained by the message's layout. */
  readonly known: number
  readonly fields: Fields
}

const asked: ReadonlySet<number> = new Set(Object.values(commands).map(({ code }) => code))
const passwordBytes = 4

export function hiddenInRequest({ code, payload, known, fields }: Message): Hidden {
  const start = opcodeBytes(code).length
  if (!asked.has(code)) return all(start, payload, fields)
  const end = start + known
  const password = known > 0 && 'password' in fields
  return {
    bytes: spans([start, password ? start + passwordBytes : start], [end, payload.length]),
    fields: named(fields, 'password', 'data', 'more'),
  }
}

const harmless: ReadonlySet<number> = new Set(
  [
    commands.shortStatus,
    commands.fullStatus,
    commands.errorText,
    commands.modelParameters,
    commands.deviceType,
    commands.driveStatus,
    commands.driveNumber,
    commands.driveExpiry,
    commands.driveVersion,
    commands.registration,
    commands.findDocument,
    commands.openDocument,
  ].map(({ code }) => code),
)

/** F7h tells the system administrator's default password, 19 bytes behind its error code. */
const defaultPassword = { at: 19, field: 'defaultSysPassword' }

export function hiddenInAnswer({ code, payload, error, known, fields }: Message): Hidden {
  const start = opcodeBytes(code).length
  // Nothing follows an error: this may be our own question, echoed by the line, and its error a part of the password.
  if (error !== 0) return payload.length > start + 1 ? all(start, payload, fields) : nothingHidden
  if (!harmless.has(code)) return all(start + 1, payload, fields)
  const data = start + 1
  const at = code === commands.modelParameters.code ? data + defaultPassword.at : payload.length
  return {
    bytes: spans([at, Math.min(at + passwordBytes, payload.length)], [start + known, payload.length]),
    fields: named(fields, defaultPassword.field, 'data', 'more'),
  }
}

function all(from: number, payload: Uint8Array, fields: Fields): Hidden {
  return { bytes: spans([from, payload.length]), fields: Object.keys(fields) }
}

function spans(...given: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return given.filter(([from, to]) => from < to)
}

function named(fields: Fields, ...names: readonly string[]): string[] {
  return names.filter((name) => name in fields)
}
