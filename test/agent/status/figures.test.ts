import { expect, test } from 'vitest'
import {
  ago,
  count,
  decimal,
  duration,
  hourOf,
  moment,
  money,
  receiptTime,
  zoneName,
} from '../../../agent/status/figures.ts'

const spaces = (text: string) => text.replace(/\s/g, ' ')

test('sums and counts are written as in each language', () => {
  expect(spaces(money(123_450, 'ru'))).toBe('1 234,50 ₽')
  expect(money(123_450, 'en')).toBe('1,234.50\u00a0₽')
  expect(money(0, 'ru')).toBe('0,00\u00a0₽')
  expect(money(-5, 'en')).toBe('-0.05\u00a0₽')
  expect(money(null, 'ru')).toBe('–')
  expect(spaces(count(1_234_567, 'ru'))).toBe('1 234 567')
  expect(count(1_234_567, 'en')).toBe('1,234,567')
})

test('an exact number keeps its digits and loses the noughts at its end', () => {
  expect(decimal('1.653', 'ru')).toBe('1,653')
  expect(decimal('3.000000', 'en')).toBe('3')
  expect(decimal('10', 'ru')).toBe('10')
  expect(decimal('-0.50', 'ru')).toBe('-0,5')
  for (const odd of ['', '1e5', 'a.b']) expect(decimal(odd, 'ru')).toBe(odd)
})

const evening = Date.UTC(2026, 10, 26, 20, 15, 3)

test('an instant stands on the clock of the shop, of today as a time only', () => {
  expect(moment(evening, 'Europe/Moscow', 'ru', evening)).toBe('23:15:03')
  expect(moment(evening, 'Asia/Vladivostok', 'ru', evening)).toBe('06:15:03')
  expect(moment(evening, 'Europe/Moscow', 'ru', evening + 3_600_000)).toBe('26.11.2026 23:15:03')
  expect(moment(new Date(evening).toISOString(), 'UTC', 'en', 0)).toBe('26/11/2026 20:15:03')
  expect(moment(null, 'UTC', 'ru', 0)).toBe('–')
  expect(hourOf(evening, 'Europe/Moscow')).toBe('23')
  expect(hourOf(Date.UTC(2026, 10, 26, 21), 'Europe/Moscow')).toBe('00')
})

test('a zone is called by its name and by how far it is from UTC that day', () => {
  expect(zoneName('Europe/Moscow', evening)).toBe('Europe/Moscow, UTC+3')
  expect(zoneName('Europe/London', Date.UTC(2026, 6, 1))).toBe('Europe/London, UTC+1')
  expect(zoneName('UTC', evening)).toBe('UTC, UTC+0')
})

test("a receipt's own time is not moved to any zone", () => {
  expect(receiptTime('2026-11-26T20:15:00')).toBe('26.11.2026 20:15')
  for (const wrong of [null, '', '26.11.2026']) expect(receiptTime(wrong)).toBe('–')
})

test.each([
  [-5, '0 с', '0 s'],
  [59.4, '59 с', '59 s'],
  [60, '1 мин', '1 min'],
  [3_599, '59 мин', '59 min'],
  [7_200, '2 ч', '2 h'],
  [7_500, '2 ч 5 мин', '2 h 5 min'],
  [86_400 * 4 + 5, '4 дн', '4 d'],
])('%d seconds are %s', (seconds, ru, en) => {
  expect(duration(seconds, 'ru')).toBe(ru)
  expect(duration(seconds, 'en')).toBe(en)
})

test('how long ago something was', () => {
  const at = new Date(evening).toISOString()
  expect(ago(at, 'ru', evening + 1_000)).toBe('только что')
  expect(ago(at, 'ru', evening - 60_000)).toBe('только что')
  expect(ago(at, 'en', evening + 180_000)).toBe('3 min ago')
  expect(ago(null, 'en', evening)).toBe('–')
})
