/** One drawing for all who look. */
import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { type Html, html } from '../../../agent/status/html.ts'
import { Board, openStream, Viewers } from '../../../agent/status/live.ts'
import type { Change, Face, Visit } from '../../../agent/status/visit.ts'
import { StoreError } from '../../../agent/store/faults.ts'
import { text } from '../../../agent/text.ts'
import { untilAborted } from '../../../agent/together.ts'

const face = {} as Face

function visitOf(language: 'ru' | 'en', signal: AbortSignal): Visit {
  return { language, say: (text) => text[language], query: {}, who: 'anna', signal }
}

/** `health порядок`, or why the page is out of date. */
function spoken(change: Change): string {
  return 'stale' in change ? change.stale : `${change.into} ${change.html}`
}

test('twenty viewers cost one drawing', async () => {
  const stop = new AbortController()
  let draws = 0
  const board = new Board((_face, { say }) => {
    draws++
    return Promise.resolve({ health: html`${say({ ru: 'порядок', en: 'well' })}`, queue: html`0` })
  })
  const seen: string[] = []
  await new Promise<void>((resolve) => {
    for (let viewer = 0; viewer < 20; viewer++)
      board.look(face, visitOf('ru', stop.signal), (change) => {
        seen.push(spoken(change))
        if (seen.length === 40) resolve()
      })
  })
  stop.abort()
  expect(draws).toBe(1)
  expect(seen.filter((one) => one === 'health порядок')).toHaveLength(20)
})

test('a drawing that fails is tried again; until then the page is told that it is out of date, and then all of it anew', async () => {
  const stop = new AbortController()
  const full = text('диск полон', 'the disk is full')
  const draws: (() => Promise<{ health: Html }>)[] = [
    () => Promise.resolve({ health: html`well` }),
    () => Promise.reject(new StoreError('full', full)),
    () => Promise.resolve({ health: html`well` }),
  ]
  const board = new Board(() => draws.shift()?.() ?? Promise.reject(new Error('over')), 1)
  const heard: string[] = []
  await new Promise<void>((resolve) => {
    board.look(face, visitOf('ru', stop.signal), (change) => {
      heard.push(spoken(change))
      if (heard.length === 3) resolve()
    })
  })
  stop.abort()
  expect(heard).toEqual(['health well', 'Страница устарела: диск полон', 'health well'])
})

/** What Node warns of until the work is over. */
async function warningsIn(work: () => Promise<void>): Promise<readonly string[]> {
  const warnings: string[] = []
  const note = ({ message }: Error) => void warnings.push(message)
  process.on('warning', note)
  try {
    await work()
    await setImmediate()
  } finally {
    process.off('warning', note)
  }
  return warnings
}

test('a drawing that fails in one language is written down once, however often it fails', async () => {
  const stop = new AbortController()
  let draws = 0
  const board = new Board(
    (_face, { language }) =>
      language === 'ru' ? Promise.reject(new Error('a bug')) : Promise.resolve({ health: html`${++draws}` }),
    1,
  )
  const warnings = await warningsIn(async () => {
    await new Promise<void>((resolve) => {
      board.look(face, visitOf('ru', stop.signal), () => undefined)
      board.look(face, visitOf('en', stop.signal), () => draws === 3 && resolve())
    })
    stop.abort()
  })
  expect(warnings).toEqual(['a bug'])
})

test('a drawing that ends with the daemon is no fault of the page', async () => {
  const stop = new AbortController()
  const board = new Board((_face, { signal }) =>
    untilAborted(signal).then(() => Promise.reject(signal.reason)),
  )
  const heard: string[] = []
  const warnings = await warningsIn(async () => {
    board.look(face, visitOf('ru', stop.signal), (change) => void heard.push(spoken(change)))
    stop.abort(new Error('SIGTERM'))
    await setImmediate()
  })
  expect([...heard, ...warnings]).toEqual([])
})

test('sixty may look at a time, whoever leaves makes room, and all go when the daemon stops', () => {
  const viewers = new Viewers()
  const ended: number[] = []
  const ends = Array.from({ length: 62 }, (_, at) => () => void ended.push(at))
  expect(ends.slice(0, 61).map((end) => viewers.enter(end))).toEqual([...new Array(60).fill(true), false])
  for (const end of ends.slice(0, 1)) viewers.leave(end)
  expect(ends.slice(61).map((end) => viewers.enter(end))).toEqual([true])
  viewers.endAll()
  expect(ended).toEqual([...Array.from({ length: 59 }, (_, at) => at + 1), 61])
  ended.length = 0
  viewers.began()
  expect(ended).toHaveLength(60)
})

/** An answer to a viewer, of which `unread` bytes lie on the way. */
class Answer extends EventEmitter {
  readonly written: string[] = []
  writableLength = 0
  destroyed = false
  readonly writableEnded = false

  writeHead(): void {
    this.written.length = 0
  }

  write(line: string): void {
    this.written.push(line)
  }

  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

test('who reads nothing is let go, and nothing is written to him any more', () => {
  const stop = new AbortController()
  const answer = new Answer()
  const reply = { raw: answer, getHeaders: () => ({}), hijack: () => undefined } as unknown as FastifyReply
  let tell: (change: Change) => void = () => undefined
  let disposed = 0
  const stream = {
    path: '/live/x' as const,
    open: (_face: Face, _visit: Visit, send: (change: Change) => void) => {
      tell = send
      return { [Symbol.dispose]: () => void disposed++ }
    },
  }
  const viewers = new Viewers()
  const looking = { face, visit: visitOf('ru', stop.signal), viewers, isInside: () => true }
  openStream(stream, looking, reply)
  const change: Change = { into: 'health', html: html`well`, how: 'replace' }
  tell(change)
  expect(answer.written).toHaveLength(2)
  answer.writableLength = 2 * 1024 * 1024
  tell(change)
  expect([answer.destroyed, disposed]).toEqual([true, 1])
  tell(change)
  expect(answer.written).toHaveLength(2)
})
