import { expect, test } from 'vitest'
import { Pulse } from '../../agent/pulse.ts'

test('a task that stops beating is overdue, one that beats is not', () => {
  let now = 0
  const pulse = new Pulse(1000, () => now)
  pulse.beat('watch')
  pulse.beat('dispatch')
  now = 900
  pulse.beat('watch')
  now = 1500
  expect(pulse.overdue()).toEqual(['dispatch'])
})
