import { expect, test } from 'vitest'
import { withOffset } from '../../../agent/bitrix/zone.ts'

test.each([
  ['2026-08-03T16:44:00', 'Europe/Moscow', '+03:00'],
  ['2014-10-25T12:00:00', 'Europe/Moscow', '+04:00'],
  ['2014-10-27T12:00:00', 'Europe/Moscow', '+03:00'],
  ['2026-01-01T00:00:00', 'Asia/Vladivostok', '+10:00'],
  ['2026-01-01T00:00:00', 'Asia/Kolkata', '+05:30'],
  ['2026-01-01T00:00:00', 'UTC', '+00:00'],
  ['2026-01-15T10:00:00', 'America/New_York', '-05:00'],
  ['2026-07-15T10:00:00', 'America/New_York', '-04:00'],
])('gives %s in %s the offset %s', (local, zone, offset) => {
  expect(withOffset(local, zone)).toBe(local + offset)
})

test('takes an hour that happened twice as the first, and a skipped hour with the offset before it', () => {
  expect(withOffset('2014-10-26T01:30:00', 'Europe/Moscow')).toBe('2014-10-26T01:30:00+04:00')
  expect(withOffset('2026-11-01T01:30:00', 'America/New_York')).toBe('2026-11-01T01:30:00-04:00')
  expect(withOffset('2026-03-08T02:30:00', 'America/New_York')).toBe('2026-03-08T02:30:00-05:00')
})

test.each([
  '',
  'yesterday',
  '2026-02-30T10:00:00',
  '2026-01-01T24:00:00',
  '2026-01-01 10:00:00',
  '2026-01-01T10:00:00Z',
])('gives no offset to what is not a time: %s', (local) => {
  expect(withOffset(local, 'Europe/Moscow')).toBeNull()
})
