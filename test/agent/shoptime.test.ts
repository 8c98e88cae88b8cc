import { expect, test } from 'vitest'
import { shopClock, shopTime } from '../../agent/shoptime.ts'

test('a time for people is that of the shop, to the minute, wherever this computer believes to be', () => {
  const noon = '2026-11-23T12:38:49.479Z'
  expect(shopTime(noon, 'Asia/Vladivostok')).toBe('2026-11-23 22:38')
  expect(shopTime(Date.parse(noon), 'Europe/Kaliningrad')).toBe('2026-11-23 14:38')
  expect(shopClock('2026-11-23T22:05:00Z', 'Asia/Vladivostok')).toBe('08:05')
})
