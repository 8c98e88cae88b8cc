import { expect, test } from 'vitest'
import { Bell } from '../../agent/bell.ts'

const never = new AbortController().signal

test('a ring ends the wait early', async () => {
  const bell = new Bell()
  const waiting = bell.wait(1e6, never)
  bell.ring()
  await expect(waiting).resolves.toBeUndefined()
})

test('a ring before the wait is not forgotten, and counts once', async () => {
  const bell = new Bell()
  bell.ring()
  bell.ring()
  await bell.wait(1e6, never)
  const stop = new AbortController()
  const second = bell.wait(1e6, stop.signal)
  stop.abort(new Error('still waiting'))
  await expect(second).rejects.toThrow('still waiting')
})

test('an abort ends the wait with its reason', async () => {
  const stop = new AbortController()
  const waiting = new Bell().wait(1e6, stop.signal)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})
