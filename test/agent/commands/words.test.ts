import { expect, test } from 'vitest'
import { localTime } from '../../../agent/commands/words.ts'

test('a time for people is that of this computer, to the minute', () => {
  const noon = new Date(2026, 10, 23, 11, 38, 49, 479)
  expect(localTime(noon.toISOString())).toBe('2026-11-23 11:38')
})
