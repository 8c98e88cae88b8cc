import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Requests } from '../../agent/requests.ts'
import { type Fault, type Register, RegisterError } from '../../drivers/index.ts'

const never = new AbortController().signal
/** Never asked: the work of these tests does not look at it. */
const register = {} as Register

function failing(error: Error) {
  const requests = new Requests(() => undefined)
  const asked = requests.ask(() => Promise.reject(error), 60_000, never).catch((reason: unknown) => reason)
  const watcher = requests
    .take()?.(register, never)
    .then(
      () => 'goes on',
      (reason: unknown) => reason,
    )
  return { asked, watcher }
}

test.each<Fault>(['absent', 'refused', 'busy'])(
  'a question answered with `%s` is told to the asker and leaves the watcher at its work',
  async (fault) => {
    const error = new RegisterError(fault, { ru: 'нет', en: 'no' })
    const { asked, watcher } = failing(error)
    expect(await asked).toBe(error)
    expect(await watcher).toBe('goes on')
  },
)

test('a conflict or a bug in what a person asked never ends the daemon', async () => {
  const error = new Error('another document is kept under this number')
  const { asked, watcher } = failing(error)
  expect(await asked).toBe(error)
  expect(await watcher).toBe('goes on')
})

test.each<Fault>(['lost', 'silent', 'garbled'])(
  'a question that ends as `%s` is told to both: the line has to be opened anew',
  async (fault) => {
    const error = new RegisterError(fault, { ru: 'сбой', en: 'fault' })
    const { asked, watcher } = failing(error)
    expect(await asked).toBe(error)
    expect(await watcher).toBe(error)
  },
)

test('a register that is not free in time costs the asker an answer and the watcher nothing', async () => {
  const requests = new Requests(() => undefined)
  await expect(requests.ask(() => Promise.resolve(1), 1, never)).rejects.toMatchObject({ name: 'Failure' })
  expect(requests.take()).toBeUndefined()
})

test('what waits can be refused at once, and is never carried out', async () => {
  const requests = new Requests(() => undefined)
  let done = 0
  const work = () => Promise.resolve(++done)
  const asked = [requests.ask(work, 60_000, never), requests.ask(work, 60_000, never)]
  const reason = new Error('the port is let go of')
  requests.refuse(reason)
  expect(await Promise.allSettled(asked)).toEqual(Array(2).fill({ status: 'rejected', reason }))
  expect(requests.take()).toBeUndefined()
  expect(done).toBe(0)
})

test('a question that is over leaves nothing on the signal, however it ended', async () => {
  const { signal } = new AbortController()
  const requests = new Requests(() => undefined)
  const left = () => getEventListeners(signal, 'abort').length
  const answered = Array.from({ length: 8 }, () => requests.ask(() => Promise.resolve(1), 60_000, signal))
  expect(left()).toBe(8)
  for (let work = requests.take(); work !== undefined; work = requests.take()) await work(register, signal)
  await Promise.all(answered)
  const refused = requests.ask(() => Promise.resolve(1), 60_000, signal)
  requests.refuse(new Error('paused'))
  await expect(refused).rejects.toThrow('paused')
  await expect(requests.ask(() => Promise.resolve(1), 1, signal)).rejects.toThrow()
  expect(left()).toBe(0)
})
