/** One document as one line of an export, both ways. What a line says is checked against itself before it is believed. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Delivery, ListedDocument } from '../outbox.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import type { ImportFacts, PlannedDocument } from './plan.ts'

const Summary = z.object({
  time: z.string(),
  sign: z.string(),
  operation: z.int().nullable(),
  total: z.int().nullable(),
  delivered: z.boolean().nullable(),
})

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
      why: z.string().nullable(),
      answer: z.string().nullable(),
      replay: z.boolean(),
    })
    .nullable(),
})

/** A document in an export; `fn` and `fd` are its key, times are milliseconds. */
export type Line = z.infer<typeof Line>

/** A kept document as a line; JSON makes it text. */
export function lineOf(document: ListedDocument): Line {
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
export function readLine(line: string, at: number, { register, now }: ImportFacts): PlannedDocument {
  const parsed = Line.safeParse(parseLine(line))
  if (!parsed.success) throw wrongLine(at, z.prettifyError(parsed.error))
  const { fn, fd, type, format, readAt, summary, sha256, masked, delivery } = parsed.data
  const bytes = parsed.data.bytes === null ? null : new Uint8Array(Buffer.from(parsed.data.bytes, 'base64'))
  const doubt = doubtOf(parsed.data, bytes)
  if (doubt !== null) throw wrongLine(at, doubt)
  return {
    receipt: null,
    document: {
      storage: fn,
      number: fd,
      register: register ?? parsed.data.register,
      type,
      format,
      bytes,
      summary,
      source: 'import',
      owed: delivery !== null,
      imported: { readAt, fingerprint: sha256, masked, delivery: delivery && deliveryOf(delivery, now) },
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
  if (bytes === null || masked) return null
  return createHash('sha256').update(bytes).digest('hex') === sha256
    ? null
    : 'the bytes do not fit their sha256'
}

function wrongLine(at: number, why: string): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: ${why}. Ничего не записано; выгрузите заново.`,
      `Export, line ${at}: ${why}. Nothing was written; export again.`,
    ),
  )
}

function deliveryOf({ state, ...line }: NonNullable<Line['delivery']>, now: number): Delivery {
  return {
    ...line,
    dueAt: state === 'waiting' ? now : null,
    settledAt: state === 'accepted' ? line.settledAt : null,
  }
}
