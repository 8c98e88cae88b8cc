/** Tokens and sessions: once, not for long, and nothing on the disk that opens anything. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sessions, sessionLifeMs, tokenLifeMs } from '../../../agent/status/sessions.ts'

let stateDir = ''
let now = 0
const lost: unknown[] = []

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'chekpost-sessions-'))
  now = Date.UTC(2026, 7, 21, 10)
  lost.length = 0
})
afterEach(() => rmSync(stateDir, { recursive: true, force: true }))

function open(password: string | null = null): Sessions {
  return new Sessions({ stateDir, password, clock: () => now, lost: (error) => lost.push(error) })
}

const path = () => join(stateDir, 'sessions.json')

test('a token serves once', () => {
  const sessions = open()
  const { token } = sessions.issue('anna')
  const key = sessions.redeem(token)
  expect(sessions.whose(key ?? '')).toBe('anna')
  expect(sessions.redeem(token)).toBeNull()
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(key).not.toBe(token)
})

test('a token serves for ten minutes, and not longer though the clock jumps', () => {
  const sessions = open()
  const redeemedAfter = (ms: number) => {
    const { token, expiresAt } = sessions.issue('anna')
    expect(expiresAt).toBe(now + tokenLifeMs)
    now += ms
    return sessions.redeem(token) !== null
  }
  expect(redeemedAfter(tokenLifeMs)).toBe(true)
  expect(redeemedAfter(tokenLifeMs + 1)).toBe(false)
  expect(redeemedAfter(365 * 24 * 3_600_000)).toBe(false)
  expect(redeemedAfter(-30_000)).toBe(true)
  expect(redeemedAfter(-3_600_000)).toBe(false)
})

test('a token that came too late does not come back with the clock', () => {
  const sessions = open()
  const { token } = sessions.issue('anna')
  now += tokenLifeMs + 1
  expect(sessions.redeem(token)).toBeNull()
  now -= tokenLifeMs
  expect(sessions.redeem(token)).toBeNull()
})

test('what is no token opens nothing', () => {
  const sessions = open()
  sessions.issue('anna')
  for (const token of ['', ' ', '__proto__', 'a'.repeat(100_000)]) expect(sessions.redeem(token)).toBeNull()
})

test('of too many tokens the newest stay', () => {
  const sessions = open()
  const tokens = Array.from({ length: 21 }, () => sessions.issue('anna').token)
  expect(tokens.map((token) => sessions.redeem(token) !== null)).toEqual([false, ...new Array(20).fill(true)])
})

test('a session outlives the daemon; the file is ours alone and opens nothing', () => {
  const sessions = open('correct horse battery')
  const { token } = sessions.issue('anna')
  const key = sessions.redeem(token) ?? ''
  const other = sessions.open('page 10.0.0.7', 'password')
  const file = readFileSync(path(), 'utf8')
  for (const secret of [token, key, other, 'correct horse battery']) expect(file).not.toContain(secret)
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  const [digest = ''] = /[0-9a-f]{64}/.exec(file) ?? []
  const again = open('correct horse battery')
  expect(again.whose(key)).toBe('anna')
  expect(again.whose(other)).toBe('page 10.0.0.7')
  expect(again.whose(digest)).toBeNull()
})

test('with another password, or none, the sessions of the old one are over, those of tokens are not', () => {
  const sessions = open('correct horse battery')
  const byPassword = sessions.open('page 10.0.0.7', 'password')
  const byToken = sessions.redeem(sessions.issue('anna').token) ?? ''
  for (const password of ['another horse battery', null]) {
    expect(open(password).whose(byPassword)).toBeNull()
    expect(open(password).whose(byToken)).toBe('anna')
  }
})

test('a session that is logged out is over, in the next daemon too', () => {
  const sessions = open()
  const key = sessions.open('anna', 'token')
  sessions.close(key)
  sessions.close('nothing')
  expect(sessions.whose(key)).toBeNull()
  expect(open().whose(key)).toBeNull()
})

test('a session lasts thirty days from the last visit', () => {
  const sessions = open()
  const key = sessions.open('anna', 'token')
  now += sessionLifeMs - 1
  expect(sessions.whose(key)).toBe('anna')
  now += sessionLifeMs
  expect(open().whose(key)).toBe('anna')
  now += sessionLifeMs + 1
  expect(sessions.whose(key)).toBeNull()
  now -= sessionLifeMs
  expect(sessions.whose(key)).toBeNull()
})

test('of too many sessions the least recently seen ends', () => {
  const sessions = open()
  const first = sessions.open('anna', 'token')
  now += 1
  const keys = Array.from({ length: 200 }, () => sessions.open('boris', 'token'))
  expect(sessions.whose(first)).toBeNull()
  expect(keys.every((key) => sessions.whose(key) === 'boris')).toBe(true)
})

test.each(['', '{', '[]', 'null', '{"password":null,"sessions":[{"digest":"a"}]}'])(
  'with the file "%s" everybody logs in again',
  (content) => {
    const key = open().open('anna', 'token')
    writeFileSync(path(), content)
    expect(open().whose(key)).toBeNull()
  },
)

test('a disk that takes nothing costs the memory of sessions only', () => {
  rmSync(stateDir, { recursive: true })
  const sessions = open()
  const key = sessions.open('anna', 'token')
  expect(sessions.whose(key)).toBe('anna')
  expect(lost).toHaveLength(1)
  expect(existsSync(path())).toBe(false)
})
