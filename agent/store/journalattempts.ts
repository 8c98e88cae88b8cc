/** The history of attempts: a few of each document, of all not too many, none too old. */
import type { Attempt } from '../journal.ts'
import type { DocumentKey } from '../outbox.ts'
import type { Database } from './database.ts'
import { type Together, togetherIn } from './journalfile.ts'
import { Statements } from './statements.ts'

/** How many are kept of one document. */
export const attemptsOfOne = 20
/** How many are kept in all: beyond them the oldest go. */
export const attemptsOfAll = 100_000
/** An answer is kept so far, bytes of UTF-8; ours have a few hundred. */
export const longestAnswer = 4096
/** Of a reason, characters. */
const longestWhy = 1000
/** How many go in one piece. */
const piece = 500

interface AttemptRow {
  readonly at: number
  readonly took_ms: number
  readonly status: number | null
  readonly outcome: string
  readonly why: string | null
  readonly answer: string | null
  readonly replay: number
  readonly digest: Buffer
  readonly bytes: number
}

export const attemptQueries = {
  of: `SELECT at, took_ms, status, outcome, why, answer, replay, digest, bytes FROM attempt
    WHERE storage = ? AND number = ? ORDER BY id DESC LIMIT ?`,
  tooMany: `DELETE FROM attempt WHERE storage = :storage AND number = :number AND id <= (SELECT id FROM attempt
    WHERE storage = :storage AND number = :number ORDER BY id DESC LIMIT 1 OFFSET ${attemptsOfOne})`,
  oldest: 'SELECT id, at FROM attempt ORDER BY id LIMIT ?',
} as const

export class Attempts {
  readonly #together: Together
  readonly #statements: Statements
  readonly #most: number

  constructor(database: Database, most: number) {
    this.#together = togetherIn(database)
    this.#statements = new Statements(database)
    this.#most = most
  }

  note({ storage, number }: DocumentKey, attempt: Attempt): void {
    const { at, tookMs, status, outcome, why, answer, replay, bodyDigest, bodyBytes } = attempt
    this.#together(() => {
      const { lastInsertRowid } = this.#statements.run(
        `INSERT INTO attempt (storage, number, at, took_ms, status, outcome, why, answer, replay, digest, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[storage, number, Math.round(at), Math.round(tookMs), status, outcome],
        ...[why?.slice(0, longestWhy) ?? null, answer === null ? null : cut(answer, longestAnswer)],
        ...[replay ? 1 : 0, Buffer.from(bodyDigest, 'hex'), bodyBytes],
      )
      this.#statements.run(attemptQueries.tooMany, { storage, number })
      this.#statements.run('DELETE FROM attempt WHERE id <= ?', Number(lastInsertRowid) - this.#most)
    })
  }

  of({ storage, number }: DocumentKey): Attempt[] {
    return this.#statements
      .all<AttemptRow>(attemptQueries.of, storage, number, attemptsOfOne)
      .map(({ at, status, outcome, why, answer, ...row }) => ({
        ...{ at, tookMs: row.took_ms, status, outcome, why, answer, replay: row.replay === 1 },
        ...{ bodyDigest: row.digest.toString('hex'), bodyBytes: row.bytes },
      }))
  }

  /** By the order in which they were noted: a clock that leapt ahead for a day holds up no more than that day's. */
  forget(than: number): boolean {
    const oldest = this.#statements.all<{ id: number; at: number }>(attemptQueries.oldest, piece)
    const old = oldest.filter(({ at }) => at < than)
    if (old.length > 0)
      this.#together(() => {
        for (const { id } of old) this.#statements.run('DELETE FROM attempt WHERE id = ?', id)
      })
    return old.length === piece
  }
}

/** At most so many bytes of UTF-8, never half a character. */
export function cut(text: string, most: number): string {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length <= most) return text
  let end = most
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
