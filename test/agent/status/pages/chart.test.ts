/** The chart of a day: what it says to whoever sees it and to whoever does not. */
import { expect, test } from 'vitest'
import type { HourCount } from '../../../../agent/journal.ts'
import { chart } from '../../../../agent/status/pages/chart.ts'
import { lookOf } from '../../../../agent/status/pages/look.ts'
import { faceWith, now, visitOf } from './receiptsface.ts'

const hourMs = 3_600_000

/** The last of them is the hour that runs. */
function hoursOf(last: readonly (readonly [read: number, delivered: number])[]): HourCount[] {
  const all = [...Array.from({ length: 24 - last.length }, () => [0, 0] as const), ...last]
  return all.map(([read, delivered], at) => ({ from: now - (23 - at) * hourMs, read, delivered }))
}

function drawn(last: readonly (readonly [number, number])[], language: 'ru' | 'en' = 'ru'): string {
  return chart(hoursOf(last), lookOf(faceWith({}), visitOf(language))).toString()
}

test('what was delivered is shown as it was counted, also when more was done than read: after an outage, an import', () => {
  const page = drawn([
    [0, 3],
    [10, 45],
    [20, 300],
  ])
  expect(page).toContain('13 ч: прочитано 0, готово 3')
  expect(page).toContain('14 ч: прочитано 10, готово 45')
  expect(page).toContain('15 ч, ещё идёт: прочитано 20, готово 300')
  expect(page).toContain('прочитано 30, готово 348;')
  expect(page).toMatch(/прочитано <b>30<\/b>.*готово <b>348<\/b>/s)
})

test('the totals and the hour that is not over are told without the picture', () => {
  const said = /<svg[^>]*role="img" aria-label="([^"]*)"/.exec(
    drawn(
      [
        [1_200, 1_100],
        [7, 5],
      ],
      'en',
    ),
  )?.[1]
  expect(said).toBe(
    'Receipts in 24 hours: 1,207 read, 1,105 done; of these in this hour, which is not over: 7 and 5',
  )
  const page = drawn([[7, 5]])
  expect(page.match(/<rect class="now"/g)).toHaveLength(1)
  expect(page).toMatch(/>сейчас<\/text>/)
})

test('a shop without an index has no chart', () => {
  expect(chart([], lookOf(faceWith({}), visitOf('ru'))).toString()).toBe('')
})
