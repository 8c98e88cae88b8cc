/** One drawing for all who look. */
import { expect, test } from 'vitest'
import { html } from '../../../agent/status/html.ts'
import { Board, Viewers } from '../../../agent/status/live.ts'
import type { Change, Face, Visit } from '../../../agent/status/visit.ts'

const face = {} as Face

function visitOf(language: 'ru' | 'en', signal: AbortSignal): Visit {
  return { language, say: (text) => text[language], query: {}, who: 'anna', signal }
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
      board.look(face, visitOf('ru', stop.signal), ({ into, html: drawn }: Change) => {
        seen.push(`${into} ${drawn}`)
        if (seen.length === 40) resolve()
      })
  })
  stop.abort()
  expect(draws).toBe(1)
  expect(seen.filter((one) => one === 'health порядок')).toHaveLength(20)
})

test('a drawing that fails is tried again, and nobody hears of it', async () => {
  const stop = new AbortController()
  let draws = 0
  const board = new Board(() => {
    draws++
    return draws === 1
      ? Promise.reject(new Error('the outbox is busy'))
      : Promise.resolve({ health: html`well` })
  })
  const heard = await new Promise<Change>((resolve) => {
    board.look(face, visitOf('ru', stop.signal), resolve)
  })
  stop.abort()
  expect(String(heard.html)).toBe('well')
})

test('sixty may look at a time, whoever leaves makes room, and all go when the daemon stops', () => {
  const stop = new AbortController()
  const viewers = new Viewers(stop.signal)
  const ended: number[] = []
  const ends = Array.from({ length: 62 }, (_, at) => () => void ended.push(at))
  expect(ends.slice(0, 61).map((end) => viewers.enter(end))).toEqual([...new Array(60).fill(true), false])
  for (const end of ends.slice(0, 1)) viewers.leave(end)
  expect(ends.slice(61).map((end) => viewers.enter(end))).toEqual([true])
  stop.abort()
  expect(ended).toEqual([...Array.from({ length: 59 }, (_, at) => at + 1), 61])
  ended.length = 0
  viewers.began()
  expect(ended).toHaveLength(60)
})
