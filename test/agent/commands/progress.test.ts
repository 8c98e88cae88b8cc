import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { drawnBar, openProgress, progressLine, whileShown } from '../../../agent/commands/progress.ts'
import type { Desk } from '../../../agent/desk/desk.ts'
import { text } from '../../../agent/text.ts'

const view = (done: number, more = {}) => ({
  ...{ what: text('чтение', 'reading'), done, of: 2_000, perSecond: 12.4, secondsLeft: 1_000 },
  ...more,
})

/** A terminal or a file, and a clock. */
async function opened(isTTY: boolean, language: 'ru' | 'en' = 'ru', forPrograms = false) {
  const time = { now: 0 }
  const out = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  const shown = await openProgress({ language }, forPrograms, out, () => time.now)
  return { time, shown, said: () => String(out.read() ?? '') }
}

test('where no person looks, a plain line comes now and then, and none for short work', async () => {
  const { time, shown, said } = await opened(false)
  for (time.now = 0; time.now < 9_900; time.now += 100) shown.show(view(time.now))
  expect(said()).toBe('')
  for (; time.now <= 30_000; time.now += 100) shown.show(view(240))
  const lines = said().trimEnd().split('\n')
  expect(lines).toEqual(Array(3).fill('чтение: 240 из 2000, 12 в секунду, осталось 17 мин'))
  shown[Symbol.dispose]()
})

test('a person sees a bar, which makes room for data and leaves nothing behind', async () => {
  const { time, shown, said } = await opened(true, 'en')
  shown.show(view(1))
  expect(said()).toBe('')
  time.now = 2_000
  shown.show(view(1_000))
  const bar = said()
  expect(bar).toMatch(/reading: █{12}░{12} 1000 of 2000, 12 per second, 17 min left/)
  const order: string[] = []
  shown.aside(() => order.push(said()))
  expect(order).toEqual(['\r\x1B[K'])
  shown[Symbol.dispose]()
  expect(said()).not.toMatch(/reading/)
})

test('a program sees nothing', async () => {
  for (const isTTY of [true, false]) {
    const { time, shown, said } = await opened(isTTY, 'ru', true)
    for (time.now = 0; time.now < 60_000; time.now += 5_000) shown.show(view(7))
    shown[Symbol.dispose]()
    expect(said()).toBe('')
  }
})

test.each([
  [{}, 'reading: 7 of 2000, 12 per second, 17 min left'],
  [{ perSecond: null, secondsLeft: null }, 'reading: 7 of 2000'],
  [{ perSecond: 0, secondsLeft: null }, 'reading: 7 of 2000'],
  [{ of: null, secondsLeft: null }, 'reading: 7, 12 per second'],
  [{ perSecond: 0.5, secondsLeft: 45 }, 'reading: 7 of 2000, 30 per minute, 45 s left'],
  [{ secondsLeft: 7_500 }, 'reading: 7 of 2000, 12 per second, 2 h 5 min left'],
])('%j is said as %s', (more, line) => {
  expect(progressLine('en', view(7, more))).toBe(line)
})

test('a still bar is as full as the work is done', () => {
  expect(drawnBar(view(0), 4)).toBe('░░░░')
  expect(drawnBar(view(1_000), 4)).toBe('██░░')
  expect(drawnBar(view(5_000), 4)).toBe('████')
  expect(drawnBar(view(7, { of: null }))).toBe('')
})

test('what a verb gives or throws comes through, whatever the desk says of its work', async () => {
  const context = { language: 'ru' as const, signal: new AbortController().signal }
  const desk: Pick<Desk, 'status'> = { status: () => Promise.reject(new Error('no status')) }
  const run = (work: () => Promise<number>) => whileShown(context, desk, text('а', 'a'), false, work)
  expect(await run(() => Promise.resolve(7))).toBe(7)
  await expect(run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
