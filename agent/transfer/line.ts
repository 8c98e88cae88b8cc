/** One document as one line of an export, both ways. What a line says is checked against itself before it is believed. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Delivery, FoundDocument } from '../outbox.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { placeOf } from './place.ts'
import type { ImportFacts, PlannedDocument } from './plan.ts'

const Summary = z.object({
  time: z.string(),
  sign: z.string(),
  operation: z.int().nullable(),
  total: z.int().nullable(),
  delivered: z.boolean().nullable(),
})

/** Characters; far more than the dispatcher ever writes of either. */
const longestWhy = 8 * 1024
const longestAnswer = 16 * 1024

const Line = z.object({
  fn: z.string().regex(/^\d{16}$/),
  fd: z.int().min(1).max(0xffffffff),
  register: z.string().min(1).max(64),
  type: z.int().nullable(),
  format: z.enum(['tlv', 'tax-json', 'summary', 'absent']),
  readAt: z.int(),
  summary: Summary.nullable(),
  bytes: z.base64().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  masked: z.boolean(),
  delivery: z
    .object({
      state: z.enum(['waiting', 'parked', 'accepted']),
      attempts: z.int().min(0),
      settledAt: z.int().nullable(),
      outcome: z.string().nullable(),
      why: z.string().max(longestWhy).nullable(),
      answer: z.string().max(longestAnswer).nullable(),
      replay: z.boolean(),
    })
    .nullable(),
})

/** A document in an export; `fn` and `fd` are its key, times are milliseconds. */
export type Line = z.infer<typeof Line>

/** A kept document as a line; JSON makes it text. */
export function lineOf(document: FoundDocument): Line {
  const { storage, number, register, type, format, readAt, summary, bytes, fingerprint, masked } = document
  return {
    fn: storage,
    fd: number,
    register,
    type,
    format,
    readAt,
    summary,
    bytes: bytes === null ? null : Buffer.from(bytes).toString('base64'),
    sha256: fingerprint,
    masked,
    delivery: document.delivery === null ? null : deliveryLine(document.delivery),
  }
}

function deliveryLine(delivery: Delivery): NonNullable<Line['delivery']> {
  const { dueAt, attempts, settledAt, outcome, why, answer, replay } = delivery
  const settledOrParked = settledAt === null ? 'parked' : 'accepted'
  return {
    state: dueAt === null ? settledOrParked : 'waiting',
    attempts,
    settledAt,
    outcome,
    why,
    answer,
    replay,
  }
}

/** The JSON of a line, or undefined when it is none. */
export function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return undefined
  }
}

/** `at` is the number of the line in its file. Throws `Failure` that names it. */
export function readLine(line: string, at: number, facts: ImportFacts): PlannedDocument {
  const parsed = Line.safeParse(parseLine(line))
  if (!parsed.success) throw wrongLine(at, z.prettifyError(parsed.error))
  const { fn, fd, register, type, format, readAt, summary, sha256, masked } = parsed.data
  const bytes = parsed.data.bytes === null ? null : new Uint8Array(Buffer.from(parsed.data.bytes, 'base64'))
  const doubt = doubtOf(parsed.data, bytes)
  if (doubt !== null) throw wrongLine(at, doubt)
  const key = { storage: fn, number: fd }
  const place = placeOf(key, facts, register)
  const isHeld =
    parsed.data.delivery !== null && parsed.data.delivery.state !== 'accepted' && place.unsent !== null
  const delivery =
    parsed.data.delivery === null || isHeld ? null : deliveryOf(parsed.data, parsed.data.delivery, facts.now)
  return {
    ...{ receipt: null, place, told: register, isHeld },
    document: {
      ...key,
      register: place.register,
      type,
      format,
      bytes,
      summary,
      source: 'import',
      owed: delivery !== null,
      imported: { readAt, fingerprint: sha256, masked, delivery },
    },
  }
}

/** What the fields of a line say against each other, or null. */
function doubtOf({ type, format, sha256, masked, delivery }: Line, bytes: Uint8Array | null): string | null {
  const isGap = format === 'summary' || format === 'absent'
  if (type === null && format !== 'absent') return 'a document without type'
  if (isGap && (bytes !== null || sha256 !== null || delivery !== null))
    return `${format} with bytes or delivery`
  if (!isGap && sha256 === null) return 'bytes without their sha256'
  if (bytes === null && delivery?.state === 'waiting') return 'nothing is left of what has to be delivered'
  if (delivery?.state === 'accepted' && delivery.settledAt === null) return 'accepted at no time'
  // Only what was accepted is ever masked; it may wait again because a person sends it again.
  if (masked && delivery?.state === 'waiting' && !delivery.replay) return 'masked and yet to be delivered'
  if (bytes === null || masked) return null
  return createHash('sha256').update(bytes).digest('hex') === sha256
    ? null
    : 'the bytes do not fit their sha256'
}

function wrongLine(at: number, why: string): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: ${why}. Из файла ничего не записано; выгрузите заново.`,
      `Export, line ${at}: ${why}. Nothing of the file was written; export again.`,
    ),
  )
}

/** Masked bytes fit no fingerprint, so nobody can tell whether they are the receipt: a person sends them, or nobody. */
const unproven = 'masked in the export: its bytes cannot be checked'

function deliveryOf(
  { masked }: Line,
  { state, ...line }: NonNullable<Line['delivery']>,
  now: number,
): Delivery {
  const isUnproven = masked && state === 'waiting'
  return {
    ...line,
    ...(isUnproven && { outcome: 'park', why: unproven }),
    dueAt: state === 'waiting' && !isUnproven ? now : null,
    settledAt: state === 'accepted' ? line.settledAt : null,
  }
}
