/**
 * Who may look at the page: one-time tokens, made on this computer, become sessions; a password does so where the page
 * can be reached from outside. Only digests are kept, so a copy of the state directory opens nothing.
 */
import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
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

const Mark = z.strictObject({ salt: z.string().max(64), digest: z.string().length(64) })
const Kept = z.strictObject({
  /** By what a changed password is known. */
  password: Mark.nullable(),
  sessions: z.array(
    z.strictObject({
      digest: z.string().length(64),
      who: z.string().max(128),
      by: z.enum(['token', 'password']),
      seenAt: z.number(),
    }),
  ),
})

type By = z.infer<typeof Kept>['sessions'][number]['by']

interface Session {
  readonly who: string
  readonly by: By
  seenAt: number
}

export interface SessionsOptions {
  readonly stateDir: string
  /** A session that another password opened is over. */
  readonly password: string | null
  readonly clock: () => number
  /** Told when sessions cannot be written: they then end with the process. */
  readonly lost: (error: unknown) => void
}

export class Sessions {
  readonly #path: string
  readonly #clock: () => number
  readonly #tokens = new Map<string, { readonly who: string; readonly until: number }>()
  readonly #sessions: Map<string, Session>
  /** When the browser was given the cookie, as far as this run of the daemon knows. */
  readonly #cookieAt = new WeakMap<Session, number>()
  readonly #lost: (error: unknown) => void
  readonly #mark: z.infer<typeof Mark> | null

  constructor({ stateDir, password, clock, lost }: SessionsOptions) {
    this.#path = join(stateDir, 'sessions.json')
    this.#clock = clock
    this.#lost = lost
    const kept = read(this.#path)
    const isSame = password !== null && kept.password !== null && isMarkOf(kept.password, password)
    this.#mark = isSame ? kept.password : markOf(password)
    const valid = kept.sessions.filter(({ by }) => by === 'token' || isSame)
    this.#sessions = new Map(valid.map(({ digest, ...session }) => [digest, session]))
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
    return inTime ? this.open(found.who, 'token') : null
  }

  /** A new session; the least recently seen of too many ends. */
  open(who: string, by: By): string {
    const key = randomBytes(32).toString('base64url')
    const session: Session = { who, by, seenAt: this.#clock() }
    this.#sessions.set(digestOf(key), session)
    this.#cookieAt.set(session, session.seenAt)
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

  /** True: the browser has to be given the cookie again, or it would forget it before the session is over. */
  isCookieOld(key: string): boolean {
    const session = this.#sessions.get(digestOf(key))
    if (session === undefined) return false
    const now = this.#clock()
    if (Math.abs(now - (this.#cookieAt.get(session) ?? 0)) <= noteEveryMs) return false
    this.#cookieAt.set(session, now)
    return true
  }

  close(key: string): void {
    if (this.#sessions.delete(digestOf(key))) this.#write()
  }

  #write(): void {
    const sessions = [...this.#sessions].map(([digest, session]) => ({ digest, ...session }))
    const kept: z.infer<typeof Kept> = { password: this.#mark, sessions }
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
    return { password: null, sessions: [] }
  }
}

/** People choose passwords, so a plain digest of one could be guessed at leisure; this one costs time. */
function markOf(password: string | null): z.infer<typeof Mark> | null {
  if (password === null) return null
  const salt = randomBytes(16).toString('hex')
  return { salt, digest: scryptSync(password, salt, 32).toString('hex') }
}

function isMarkOf({ salt, digest }: z.infer<typeof Mark>, password: string): boolean {
  return sameSecret(scryptSync(password, salt, 32).toString('hex'), digest)
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares in a time that does not depend on what is equal. */
export function sameSecret(one: string, other: string): boolean {
  const [a, b] = [one, other].map((secret) => createHash('sha256').update(secret).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
