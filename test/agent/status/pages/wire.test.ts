/** The talk with a register: what was said before somebody looked, and one drawing for all who look. */
import { expect, test } from 'vitest'
import { wire, wireStream } from '../../../../agent/status/pages/wire.ts'
import type { Face } from '../../../../agent/status/visit.ts'
import type { WireRow } from '../../../../agent/wiretap.ts'
import { faceWith, now, visitOf } from './receiptsface.ts'

const row = (differs: Partial<WireRow> = {}): WireRow => ({
  ...{
    at: now + 42,
    way: '>',
    hex: '02 05 10 ·· ·· ·· ··',
    name: '10',
    says: { ru: 'Короткий запрос', en: 'state' },
    meaning: null,
    problem: null,
  },
  ...differs,
})

/** Two tills; only the first has said anything. */
function face(more: Partial<Face> = {}): Face {
  const lastTalk: Face['lastTalk'] = (register) => (register === 'till-1' ? [row()] : [])
  return { ...faceWith({}), lastTalk, ...more }
}

async function drawn(register: string, more: Partial<Face> = {}): Promise<string> {
  return (await wire.draw(face(more), visitOf('ru', { register }))).toString()
}

test('what was said last stands on the page itself, on the clock of the shop, for whoever has no script', async () => {
  const page = await drawn('till-1')
  expect(page).toContain('<span class="hex">02 05 10 ·· ·· ·· ··</span>')
  expect(page).toContain('>15:00:00.042</time>')
  expect(page).toContain('кассе</span>\n    <b>10</b> Короткий запрос')
  expect(page).not.toContain('logLevel')
  expect(await drawn('till-2')).not.toContain('class="frame')
})

test('of a long talk the newest stands there, escaped', async () => {
  const rows = Array.from({ length: 300 }, (_, n) => row({ problem: { ru: `<b>${n}`, en: '' } }))
  const page = await drawn('till-1', { lastTalk: () => rows })
  expect(page.match(/class="frame to"/g)).toHaveLength(100)
  expect(page).toContain('&lt;b&gt;299<')
  expect(page).not.toContain('&lt;b&gt;199<')
})

test('a screen reader is not told every frame', async () => {
  expect(await drawn('till-1')).toMatch(/id="frames"[^>]*aria-live="off"/)
})

test('what all hear is drawn once a language', () => {
  const hearers: ((rows: readonly WireRow[]) => void)[] = []
  const shared = face({
    listenWire: (_, hear) => {
      hearers.push(hear)
      return { [Symbol.dispose]: () => undefined }
    },
  })
  const heard: unknown[] = []
  for (const language of ['ru', 'ru', 'en'] as const)
    wireStream.open(shared, visitOf(language), (change) => heard.push('html' in change && change.html))
  const rows = [row({ meaning: { ru: 'опрос', en: 'a poll' } })]
  for (const hear of hearers) hear(rows)
  expect(heard[1]).toBe(heard[0])
  expect(String(heard[0])).toContain('опрос')
  expect(String(heard[2])).toContain('a poll')
})
