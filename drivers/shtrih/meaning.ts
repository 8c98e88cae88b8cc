/**
 * What a payload says: request or answer, its command, its fields. When the record does not tell the direction,
 * the bytes do: behind an answer's opcode stands an error code, and nothing follows an error.
 */
import { Reader, ShortRead } from '../bytes.ts'
import { catalogue } from './catalogue.ts'
import { errorMeaning, knownErrors } from './errorcodes.ts'
import type { Fields } from './layout.ts'
import { type Hidden, hiddenInAnswer, hiddenInRequest, nothingHidden } from './private.ts'
import { opcodeBytes, opcodeName, readOpcode, upperHex } from './wire.ts'

type Way = '>' | '<' | null

/** The part of an `Explained` that follows from the payload. */
export interface Meaning {
  readonly command: string | null
  readonly name: string | null
  readonly error: number | null
  readonly fields: Fields
  readonly problem: string | null
  /** Positions in the payload, and names of fields, that only the owner may see. */
  readonly hidden: Hidden
}

/** Explains a payload; whatever it is, something true is said of it. */
export function meaningOf(payload: Uint8Array, way: Way): Meaning {
  const quirk = way !== '>' && payload.length === 2 && payload[0] === 0xff ? payload[1] : undefined
  if (quirk !== undefined)
    return {
      ...unnamed,
      error: quirk,
      fields: { meaning: errorMeaning(quirk) },
      problem: 'the firmware does not know two-byte commands',
      hidden: nothingHidden,
    }
  const code = readOpcode(payload)
  if (code === null)
    return {
      ...{ ...unnamed, fields: { data: upperHex(payload) }, problem: 'there is no command in it' },
      hidden: { bytes: [[0, payload.length]], fields: ['data'] },
    }
  const behind = payload.subarray(opcodeBytes(code).length)
  const isAsked = (way ?? guessWay(code, behind)) === '>'
  const read = isAsked ? readRequest(code, behind) : readAnswer(code, behind)
  const hidden = isAsked ? hiddenInRequest : hiddenInAnswer
  const problem = [read.problem, forbidden(code)].filter((text) => text !== null).join('; ')
  return {
    command: opcodeName(code),
    name: catalogue.get(code)?.name ?? null,
    error: read.error,
    fields: read.fields,
    problem: problem === '' ? null : problem,
    hidden: hidden({ code, payload, error: read.error ?? 0, known: read.known, fields: read.fields }),
  }
}

/** True when bytes without any frame are so much like one of the family's payloads that they can be taken for it. */
export function looksLikePayload(bytes: Uint8Array, way: Way): boolean {
  const code = readOpcode(bytes)
  if (code === null || !catalogue.has(code)) return false
  const behind = bytes.subarray(opcodeBytes(code).length)
  return (way !== '<' && isRequest(code, behind)) || (way !== '>' && isAnswer(code, behind))
}

const unnamed = { command: null, name: null, error: null } as const

interface Read {
  readonly error: number | null
  readonly fields: Fields
  readonly problem: string | null
  /** How many bytes behind the opcode its layout explains. */
  readonly known: number
}

function readRequest(code: number, behind: Uint8Array): Read {
  return { error: null, ...readFields(behind, (from) => catalogue.get(code)?.request(from)) }
}

function readAnswer(code: number, behind: Uint8Array): Read {
  const [error] = behind
  if (error === undefined)
    return { error: null, fields: {}, problem: 'the answer has no error code', known: 0 }
  const rest = behind.subarray(1)
  if (error === 0) {
    const read = readFields(rest, (from) => catalogue.get(code)?.answer(from))
    return { error, ...read, known: read.known + 1 }
  }
  const meaning = { meaning: errorMeaning(error) }
  if (rest.length === 0) return { error, fields: meaning, problem: null, known: 1 }
  const fields = { ...meaning, data: upperHex(rest) }
  return { error, fields, problem: 'bytes follow an error code', known: 0 }
}

function readFields(bytes: Uint8Array, read: (from: Reader) => Fields | undefined): Omit<Read, 'error'> {
  const from = new Reader(bytes)
  try {
    const fields = read(from)
    if (fields === undefined) return { fields: { data: upperHex(bytes) }, problem: null, known: 0 }
    const known = bytes.length - from.left
    // Firmware appends to answers, so more than is known is no fault.
    const whole = known < bytes.length ? { ...fields, more: upperHex(from.rest()) } : fields
    return { fields: whole, problem: null, known }
  } catch (error) {
    if (!(error instanceof ShortRead)) throw error
    return { fields: { data: upperHex(bytes) }, problem: 'shorter than its layout', known: 0 }
  }
}

function forbidden(code: number): string | null {
  const command = catalogue.get(code)
  if (command === undefined) return 'forbidden: an unknown command, the agent never sends it'
  return command.asked ? null : "forbidden: not one of the agent's questions, the agent never sends it"
}

function guessWay(code: number, behind: Uint8Array): '>' | '<' {
  const request = isRequest(code, behind)
  if (!isAnswer(code, behind)) return '>'
  // A password seldom begins with a zero byte; an answer mostly does, with "no error".
  return request && behind[0] !== 0 ? '>' : '<'
}

/** Longest password of the family: eight digits. */
const highestPassword = 99_999_999

function isRequest(code: number, behind: Uint8Array): boolean {
  const from = new Reader(behind)
  try {
    const fields = catalogue.get(code)?.request(from)
    const password = fields?.['password']
    return (
      fields !== undefined && from.left === 0 && (typeof password !== 'number' || password <= highestPassword)
    )
  } catch (error) {
    if (error instanceof ShortRead) return false
    throw error
  }
}

function isAnswer(code: number, behind: Uint8Array): boolean {
  const [error] = behind
  if (error === undefined) return false
  if (error !== 0) return behind.length === 1 && knownErrors.includes(error)
  try {
    return catalogue.get(code)?.answer(new Reader(behind.subarray(1))) !== undefined
  } catch (failure) {
    if (failure instanceof ShortRead) return false
    throw failure
  }
}
