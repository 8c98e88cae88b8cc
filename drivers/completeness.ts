/**
 * Proves that the bytes of a fiscal document are whole and are the document that was asked for. Tags are the same
 * for every vendor (orders ММВ-7-20/229@, ЕД-7-20/662@); of the lines their sums alone are looked at, nothing is decoded.
 */
import { Reader, unsignedBE, unsignedLE } from './bytes.ts'

/** What is known of a document before its bytes are looked at; null is not compared. */
export interface Expected {
  readonly number: number
  readonly storage: string | null
  /** The fiscal sign as unpadded decimal text. */
  readonly sign: string | null
  /** `YYYY-MM-DDTHH:MM`. */
  readonly minute: string | null
  /** Kopecks; for receipts. */
  readonly total: number | null
  /** Receipts, BSO and corrections must hold tag 1020, and their lines should add up to it. */
  readonly receipt: boolean
  /** Form code. */
  readonly type: number
}

/** `wrong`: not a whole document, or another one. `odd`: the document that was asked for, with a contradiction in it. */
export interface Verdict {
  readonly wrong: string | null
  readonly odd: readonly string[]
  /** False when there are lines and their sums are not the total, rounding apart. */
  readonly addsUp: boolean
  /** Tags that every document of this form has and this one has not: nothing of its own, but no length may be short as well. */
  readonly lacks: readonly number[]
  /** The fiscal drive's number by tag 1041, trimmed; null when the document has none. */
  readonly storage: string | null
}

const tags = {
  time: 1012,
  total: 1020,
  number: 1040,
  storage: 1041,
  sum: 1043,
  line: 1059,
  takenBack: 1071,
  sign: 1077,
} as const

/** What documents of every FFD have, by form code; tags that a register's settings may suppress are left out. */
const ofEvery = [1037, tags.storage] as const
const ofForm: Readonly<Record<number, readonly number[]>> = {
  1: [1062],
  2: [1038],
  3: [1038, 1042, 1054, 1055, tags.line],
  4: [1038, 1042, 1054, 1055, tags.line],
  5: [1038, 1111, 1118],
  11: [1062],
  31: [1038, 1054],
  41: [1038, 1054],
}

/** Judges a TLV body without its outer type and length. Never throws, whatever the bytes. */
export function judgeDocument(body: Uint8Array, expected: Expected): Verdict {
  const found = outermostTags(body)
  if (found === null)
    return { wrong: 'its TLV is cut or damaged', odd: [], addsUp: false, lacks: [], storage: null }
  const storage = text(found.get(tags.storage))
  const needed = [tags.number, tags.time, tags.sign, ...(expected.receipt ? [tags.total] : [])]
  const missing = needed.filter((tag) => !found.has(tag))
  const wrong =
    missing.length > 0 ? `it lacks tags ${missing.join(', ')}` : contradiction(found, storage, expected)
  const lines = expected.receipt ? linesOddity(body, integer(found.get(tags.total))) : []
  const odd = [...oddities(found, expected), ...repeats(body), ...lines]
  const lacks = [...ofEvery, ...(ofForm[expected.type] ?? [])].filter((tag) => !found.has(tag))
  return { wrong, odd, addsUp: lines.length === 0, lacks, storage }
}

/** What would make it another document than the one that was asked for. */
function contradiction(found: Tags, storage: string | null, expected: Expected): string | null {
  const number = integer(found.get(tags.number))
  if (number !== expected.number) return `it says it is document ${number}`
  const sign = found.get(tags.sign)
  if (expected.sign !== null && sign !== undefined && String(unsignedBE(sign.slice(-4))) !== expected.sign)
    return 'its fiscal sign is not that of the short record'
  if (expected.storage !== null && storage !== null && storage !== expected.storage)
    return `it belongs to fiscal drive ${storage}`
  return null
}

function oddities(found: Tags, expected: Expected): string[] {
  const odd: string[] = []
  const seconds = integer(found.get(tags.time))
  if (expected.minute !== null && seconds !== null && minuteOf(seconds) !== expected.minute)
    odd.push(`time ${minuteOf(seconds)} is not ${expected.minute} of the short record`)
  const total = integer(found.get(tags.total))
  if (expected.total !== null && total !== null && total !== expected.total)
    odd.push(`total ${total} is not ${expected.total} of the short record`)
  return odd
}

/** A portion may come twice in place of another one of its length: then a tag stands there twice with the same value. */
function repeats(body: Uint8Array): string[] {
  const seen = new Set<string>()
  for (const { tag, value } of elementsOf(body) ?? []) {
    const said = `${tag} ${Buffer.from(value).toString('hex')}`
    // The same goods may be sold twice.
    if (tag !== tags.line && tag !== tags.takenBack && seen.has(said)) return [`tag ${tag} came twice`]
    seen.add(said)
  }
  return []
}

/** Tills round a total down to whole roubles and write nothing about it; in kopecks. */
const rounding = 100

/**
 * An LRC is an XOR and a portion may come twice in place of the next one: then numbers and lengths are right and a
 * line is not. Lines that add up prove little, lines that do not are worth a second reading.
 */
function linesOddity(body: Uint8Array, total: number | null): string[] {
  const all = elementsOf(body) ?? []
  const lines = all.filter(({ tag }) => tag === tags.line || tag === tags.takenBack)
  if (lines.length === 0) return []
  if (total === null) return ['the total cannot be read']
  let sum = 0
  for (const { tag, value } of lines) {
    const inside = elementsOf(value)
    if (inside === null) return ['a line is cut or damaged inside']
    const found = inside.find((element) => element.tag === tags.sum)
    const part = found === undefined ? 0 : integer(found.value)
    if (part === null) return ['the sum of a line cannot be read']
    sum += tag === tags.takenBack ? -part : part
  }
  const isRounded = total % rounding === 0 && sum > total && sum < total + rounding
  return sum === total || isRounded ? [] : [`the lines add up to ${sum}, the total is ${total}`]
}

type Tags = ReadonlyMap<number, Uint8Array>

/** The first value of every outermost tag; null when lengths do not add up to the whole. */
function outermostTags(body: Uint8Array): Tags | null {
  const all = elementsOf(body)
  // Of two equal keys a map keeps the last.
  return all && new Map(all.toReversed().map(({ tag, value }) => [tag, value]))
}

interface Element {
  readonly tag: number
  readonly value: Uint8Array
}

/** The elements of a body or of a group in their order; null when lengths do not add up to the whole. */
function elementsOf(bytes: Uint8Array): Element[] | null {
  const all: Element[] = []
  const from = new Reader(bytes)
  while (from.left > 0) {
    if (from.left < 4) return null
    const tag = from.uint(2)
    const length = from.uint(2)
    if (length > from.left) return null
    all.push({ tag, value: from.take(length) })
  }
  return all
}

/** An integer of 0 to 6 bytes (longer ones must be zero there); an absent or impossible one is null. */
function integer(value: Uint8Array | undefined): number | null {
  if (value === undefined || value.subarray(6).some((byte) => byte !== 0)) return null
  return unsignedLE(value.subarray(0, 6))
}

function text(value: Uint8Array | undefined): string | null {
  return value === undefined ? null : Buffer.from(value).toString('latin1').replaceAll('\0', '').trim()
}

/** Tag 1012 holds local wall-clock seconds in four bytes, so it is written as if it were UTC. */
function minuteOf(seconds: number): string {
  if (seconds > 0xffff_ffff) return String(seconds)
  return new Date(seconds * 1000).toISOString().slice(0, 16)
}
