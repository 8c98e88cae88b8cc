import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Pauses } from '../../agent/pauses.ts'

const minute = 60_000
let stateDir = ''
const log: string[] = []
const path = () => join(stateDir, 'pauses.json')

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'chekpost-pauses-'))
  log.length = 0
})
afterEach(() => rmSync(stateDir, { recursive: true }))

/** Those that a process finds which starts at this time of this boot. */
function opened(uptime: number, boot: string | null = 'first') {
  const sink = pino({}, { write: (line: string) => void log.push(line) })
  return new Pauses(stateDir, sink, { boot, uptime: () => uptime })
}

const span = { from: 1_000, until: 1_000 + 10 * minute }

test('the next process of the same boot knows which ports are let go of, and until when', () => {
  const pauses = opened(1_000)
  pauses.of('till-1').keep(span)
  pauses.of('till-2').keep({ from: 1_000, until: 1_000 + minute })
  const next = opened(1_000 + 5 * minute)
  expect(next.of('till-1').kept()).toEqual(span)
  expect(next.of('till-2').kept()).toBeNull()
  expect(
    opened(span.until - 1)
      .of('till-1')
      .kept(),
  ).toEqual(span)
  expect(opened(span.until).of('till-1').kept()).toBeNull()
})

test('one that was taken back stays so', () => {
  const pauses = opened(1_000)
  pauses.of('till-1').keep(span)
  pauses.of('till-2').keep(span)
  opened(2_000).of('till-1').keep(null)
  expect(opened(3_000).of('till-1').kept()).toBeNull()
  expect(opened(3_000).of('till-2').kept()).toEqual(span)
})

test('another boot ends it, and so does a clock that went back or a time that nobody can ask for', () => {
  opened(1_000).of('till-1').keep(span)
  expect(opened(2_000, 'second').of('till-1').kept()).toBeNull()
  expect(opened(2_000, null).of('till-1').kept()).toBeNull()
  expect(opened(999).of('till-1').kept()).toBeNull()
  opened(1_000)
    .of('till-1')
    .keep({ from: 1_000, until: 1_001 + 240 * minute })
  expect(opened(2_000).of('till-1').kept()).toBeNull()
})

test.each(['', '{"version":1', '[]', '{"version":1,"boot":"first","pauses":{"till-1":{"from":"x"}}}'])(
  'a file that makes no sense (%s) is no pause',
  (content) => {
    writeFileSync(path(), content)
    expect(opened(2_000).of('till-1').kept()).toBeNull()
  },
)

test('a disk that takes nothing is told of, and costs nothing else', () => {
  mkdirSync(path())
  opened(1_000).of('till-1').keep(span)
  expect(log.join('')).toMatch(/the pause of a port is not kept/)
})

test("the computer's own clock goes on and its boot has a name", () => {
  const sink = pino({ level: 'silent' })
  const own = new Pauses(stateDir, sink).of('till-1')
  const now = own.uptime()
  expect(now).toBeGreaterThan(0)
  own.keep({ from: now, until: now + minute })
  expect(JSON.parse(readFileSync(path(), 'utf8')).boot).toMatch(/^[\da-f-]{36}$/)
  expect(new Pauses(stateDir, sink).of('till-1').kept()).toEqual({ from: now, until: now + minute })
})
