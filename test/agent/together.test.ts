import { expect, test } from 'vitest'
import { together } from '../../agent/together.ts'

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

test('the first task that fails stops the others, which are waited for', async () => {
  const seen: string[] = []
  const tasks = {
    patient: async (signal: AbortSignal) => {
      await untilAborted(signal)
      await Promise.resolve()
      seen.push('patient ended')
    },
    broken: () => Promise.reject(new Error('broken')),
  }
  await expect(together(new AbortController().signal, tasks)).rejects.toThrow('broken')
  expect(seen).toEqual(['patient ended'])
})

test('an abort from outside ends every task without an error', async () => {
  const stop = new AbortController()
  const running = together(stop.signal, { a: untilAborted, b: untilAborted })
  stop.abort()
  await expect(running).resolves.toBeUndefined()
})

test('an error while stopping hides nothing: the first failure is the one that is thrown', async () => {
  const tasks = {
    broken: () => Promise.reject(new Error('first')),
    later: async (signal: AbortSignal) => {
      await untilAborted(signal)
      throw new Error('second')
    },
  }
  await expect(together(new AbortController().signal, tasks)).rejects.toThrow('first')
})

test('as many tasks as a shop with many registers has are no leak to Node', async () => {
  const warnings: string[] = []
  const note = (warning: Error) => warnings.push(warning.name)
  process.on('warning', note)
  try {
    const stop = new AbortController()
    const names = Array.from({ length: 20 }, (_, index) => [`task ${index}`, untilAborted])
    const running = together(stop.signal, Object.fromEntries(names))
    stop.abort()
    await running
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('warning', note)
  }
  expect(warnings).toEqual([])
})
