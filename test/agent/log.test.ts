import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { LogTail, openLog } from '../../agent/log.ts'

function opened(level: string, tail: LogTail) {
  const written: string[] = []
  const destination = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk))
      done()
    },
  })
  return { log: openLog(level, destination, tail), written }
}

test('the newest lines are kept as they were written, redacted', () => {
  const tail = new LogTail()
  const { log, written } = opened('info', tail)
  log.child({ register: 'till-1' }).info({ document: 7, buyer: '+79161234567' }, 'document kept')
  log.error({ settings: { password: 73501 }, cashier: 'Иванова А. А.' }, 'register lost')
  expect(tail.lines()).toEqual(written)
  expect(written).toHaveLength(2)
  expect(JSON.parse(tail.lines()[0] ?? '')).toMatchObject({ register: 'till-1', document: 7, buyer: '***' })
  expect(tail.lines().join('')).not.toMatch(/\+7916|:73501|Иванова/)
})

test('frames and details are written and not kept: they may hold what a buyer gave', () => {
  const tail = new LogTail()
  const { log, written } = opened('trace', tail)
  log.trace({ hex: '2b 37 39' }, 'frame')
  log.debug('heartbeat not acknowledged')
  log.warn('register lost')
  expect(written).toHaveLength(3)
  expect(tail.lines().map((line) => JSON.parse(line).msg)).toEqual(['register lost'])
})

test('at most so many lines and so many characters are kept, the newest', () => {
  const tail = new LogTail({ lines: 10, characters: 1000 })
  for (let i = 0; i < 1234; i++) tail.take(`${i}\n`)
  expect(tail.lines()).toEqual(Array.from({ length: 10 }, (_, i) => `${1224 + i}\n`))
  for (let i = 0; i < 100; i++) tail.take(`${i} ${'x'.repeat(200)}\n`)
  expect(tail.lines().map((line) => line.slice(0, 2))).toEqual(['96', '97', '98', '99'])
  tail.take('y'.repeat(5000))
  expect(tail.lines()).toEqual([])
})
