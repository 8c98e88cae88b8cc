import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Canvas, drawScene } from '../demo/picture.ts'
import type { Scene } from '../demo/story.ts'

const scene: Scene = {
  seconds: 83,
  line: 'tcp:127.0.0.1:40123',
  plugged: true,
  open: true,
  agent: true,
  deaths: 2,
  health: { colour: 'green', text: { ru: 'Всё в порядке', en: 'All is well' }, hint: null },
  closed: 128,
  newest: 130,
  kept: 127,
  waiting: 2,
  delivered: 125,
  repeats: 3,
  parked: 0,
  forbidden: 0,
  undrained: 0,
  twice: 0,
  wares: [{ name: 'Сыр Российский, весовой', left: 12_345_000n, moved: -987_655_000n }],
  happenings: [{ at: new Date(0), who: 'site', words: { ru: 'ФД 7 проведён', en: 'FD 7 is booked' } }],
  link: `http://127.0.0.1:8321/login?token=${'x'.repeat(43)}`,
  tip: null,
  ending: false,
}
const canvas: Canvas = { columns: 80, rows: 24, language: 'ru', colour: false, chaos: false }
const plain = (row: string) => row.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')

test('a terminal of any size is never overrun, in colours as without', () => {
  const anyCanvas = fc.record({
    columns: fc.integer({ min: 20, max: 200 }),
    rows: fc.integer({ min: 5, max: 60 }),
    language: fc.constantFrom('ru' as const, 'en' as const),
    colour: fc.boolean(),
    chaos: fc.boolean(),
  })
  fc.assert(
    fc.property(anyCanvas, fc.boolean(), fc.boolean(), fc.boolean(), (size, agent, plugged, open) => {
      const rows = drawScene({ ...scene, agent, plugged, open }, size)
      expect(rows.length).toBeLessThanOrEqual(size.rows)
      for (const row of rows) expect(plain(row).length).toBeLessThanOrEqual(size.columns)
    }),
  )
})

test('without colours there is not a single escape', () => {
  expect(drawScene(scene, canvas).join('\n')).not.toContain('\u001b')
})

test('in 80 by 24 all numbers, the stock, the last event and every key can be read', () => {
  const picture = drawScene(scene, canvas).join('\n')
  for (const words of [
    '128',
    '127',
    '125',
    '12,345',
    'ФД 7 проведён',
    '1 вынуть кабель',
    '5 – новая',
    'Q выход',
    '01:23',
  ])
    expect(picture).toContain(words)
})

test('what may be tried on the page stands below the link to it', () => {
  const tip = { ru: 'ФД 153: отправить', en: 'FD 153: send' }
  const rows = drawScene({ ...scene, tip }, canvas)
  expect(rows.findIndex((row) => row.includes('▶ ФД 153'))).toBe(
    rows.findIndex((row) => row.includes('token=')) + 1,
  )
})

test('the link into the page is whole, or a window too narrow for it says so', () => {
  expect(drawScene(scene, canvas).join('\n')).toContain(scene.link)
  const narrow = drawScene(scene, { ...canvas, columns: 70 }).join('\n')
  expect(narrow).not.toContain('token=')
  expect(narrow).toContain('расширьте окно')
})
