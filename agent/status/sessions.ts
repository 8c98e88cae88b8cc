/**
 * Who may look at the page: one-time tokens, made on this computer, become sessions; a password does so where the page
 * can be reached from outside. Only digests are kept, so a copy of the state directory opens nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '../store/durable.ts'

/** How long a token may be used, milliseconds. */
export const tokenLifeMs = 10 * 60_000
/** How long a session lasts without a visit. */
export const sessionLifeMs = 30 * 24 * 3_600_000
/** A session's last visit is written down no more often. */
const noteEveryMs = 3_600_000
const mostTokens = 20
const mostSessions = 200

const Kept = z.array(
  z.strictObject({ digest: z.string().length(64), who: z.string().max(128), seenAt: z.number() }),
)

interface Session {
  readonly who: string
  seenAt: number
}

export class Sessions {
  readonly #path: string
  readonly #clock: () => number
  readonly #tokens = new Map<string, { readonly who: string; readonly until: number }>()
  readonly #sessions: Map<string, Session>
  readonly #lost: (error: unknown) => void

  /** `lost` is told when sessions cannot be written: they then end with the process. */
  constructor(stateDir: string, clock: () => number, lost: (error: unknown) => void) {
    this.#path = join(stateDir, 'sessions.json')
    this.#clock = clock
    this.#lost = lost
    this.#sessions = new Map(read(this.#path).map(({ digest, who, seenAt }) => [digest, { who, seenAt }]))
  }

  /** A new one-time token; the oldest of too many is forgotten. */
  issue(who: string): { token: string; expiresAt: number } {
    const token = randomBytes(32).toString('base64url')
    const expiresAt = this.#clock() + tokenLifeMs
    this.#tokens.set(digestOf(token), { who, until: expiresAt })
    for (const digest of [...this.#tokens.keys()].slice(0, -mostTokens)) this.#tokens.delete(digest)
    return { token, expiresAt }
  }

  /** The key of a new session; null when there is no such token, or it was used, or its time is over. */
  redeem(token: string): string | null {
    const digest = digestOf(token)
    const found = this.#tokens.get(digest)
    this.#tokens.delete(digest)
    const now = this.#clock()
    // A clock that was put back must not make a token live longer.
    const inTime = found !== undefined && now <= found.until && now >= found.until - tokenLifeMs - 60_000
    return inTime ? this.open(found.who) : null
  }

  /** A new session; the least recently seen of too many ends. */
  open(who: string): string {
    const key = randomBytes(32).toString('base64url')
    this.#sessions.set(digestOf(key), { who, seenAt: this.#clock() })
    const byAge = [...this.#sessions].sort(([, one], [, other]) => other.seenAt - one.seenAt)
    for (const [digest] of byAge.slice(mostSessions)) this.#sessions.delete(digest)
    this.#write()
    return key
  }

  /** Whose session it is; null when there is none. */
  whose(key: string): string | null {
    const digest = digestOf(key)
    const session = this.#sessions.get(digest)
    if (session === undefined) return null
    const now = this.#clock()
    if (now - session.seenAt > sessionLifeMs) {
      this.#sessions.delete(digest)
      this.#write()
      return null
    }
    if (Math.abs(now - session.seenAt) > noteEveryMs) {
      session.seenAt = now
      this.#write()
    }
    return session.who
  }

  close(key: string): void {
    if (this.#sessions.delete(digestOf(key))) this.#write()
  }

  #write(): void {
    const kept = [...this.#sessions].map(([digest, session]) => ({ digest, ...session }))
    try {
      replaceFile(this.#path, `${JSON.stringify(kept)}\n`)
    } catch (error) {
      this.#lost(error)
    }
  }
}

/** A file that is not there or was cut to pieces means that everybody logs in again. */
function read(path: string): z.infer<typeof Kept> {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return []
  }
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares in a time that does not depend on what is equal. */
export function sameSecret(one: string, other: string): boolean {
  const [a, b] = [one, other].map((secret) => createHash('sha256').update(secret).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
