/** How a talk at the terminal ends. */
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { wasInterrupted } from '../../agent/cli.ts'
import { interviewAt } from '../../agent/commands/asking.ts'

const unanswered = { ru: 'нет ответа', en: 'left without an answer' }
const question = { ru: 'Кто?', en: 'Who?' }

function interview(input: NodeJS.ReadableStream, signal = new AbortController().signal) {
  return interviewAt(input, new PassThrough().resume(), 'en', unanswered, signal)
}

test('the end of the input ends the question that is open, and every later one', async () => {
  const input = new PassThrough()
  const interviewer = interview(input)
  const open = interviewer.ask(question, null)
  input.end()
  await expect(open).rejects.toThrow('without an answer')
  await expect(interviewer.ask(question, 'usual')).rejects.toThrow('without an answer')
})

test('an interruption ends the question that is open, and leaves nothing waiting for it', async () => {
  const stop = new AbortController()
  const input = new PassThrough()
  const interviewer = interview(input, stop.signal)
  input.write('anna\n')
  expect(await interviewer.ask(question, null)).toBe('anna')
  const open = interviewer.ask(question, null)
  stop.abort(new Error('SIGINT'))
  await expect(open).rejects.toBe(stop.signal.reason)
  await expect(interviewer.ask(question, null)).rejects.toBe(stop.signal.reason)
})

test('whatever a command waits for, an interruption is told as one, and a fault beside it as a fault', async () => {
  const stop = new AbortController()
  const waits = [setImmediate(undefined, { signal: stop.signal }), once(new PassThrough(), 'end', stop)]
  const { signal } = stop
  expect(wasInterrupted(new Error('early'), signal)).toBe(false)
  stop.abort(new Error('SIGINT'))
  for (const wait of waits) expect(wasInterrupted(await wait.catch((error) => error), signal)).toBe(true)
  expect(wasInterrupted(signal.reason, signal)).toBe(true)
  expect(wasInterrupted(new Error('beside it'), signal)).toBe(false)
})
