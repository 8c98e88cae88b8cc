import { expect, test } from 'vitest'
import { PageState } from '../../agent/pagestate.ts'
import { text } from '../../agent/text.ts'

const never = new AbortController().signal
const taken = text('порт занят', 'the port is taken')

test('whoever comes while the page is served is let in at once', async () => {
  const state = new PageState()
  state.tell(null)
  await state.demand(never)
  expect(state.trouble).toBeNull()
})

test('who comes before the first try waits for it', async () => {
  const state = new PageState()
  const early = state.demand(never).then(() => state.trouble)
  state.tell(null)
  expect(await early).toBeNull()
})

test('who comes while it is not served has it tried at once, and is told why it still is not', async () => {
  const state = new PageState()
  state.tell(text('старая причина', 'an old reason'))
  const resting = state.rest(3_600_000, never)
  const wanted = state.demand(never)
  await resting
  state.tell(taken)
  await expect(wanted).rejects.toThrow('The page is not served: the port is taken')
  expect(state.trouble).toBe(taken)
})

test('a try that began before somebody asked decides nothing but that it is served', async () => {
  const state = new PageState()
  state.tell(taken)
  const wanted = state.demand(never).then(() => 'served')
  state.tell(taken)
  // The pause is over before it begins.
  await state.rest(3_600_000, never)
  state.tell(null)
  expect(await wanted).toBe('served')
})

test('who waits for a try of a daemon that stops waits no longer', async () => {
  const stop = new AbortController()
  const waiting = new PageState().demand(stop.signal)
  stop.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})
