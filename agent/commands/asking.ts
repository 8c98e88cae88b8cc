/** Questions to whoever sits at the terminal. */
import { createInterface } from 'node:readline/promises'
import { type Language, type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Context } from './context.ts'

/** Puts questions to whoever sits at the terminal. */
export interface Interviewer {
  /** The answer, or `usual` for an empty line; asked again until `check` finds nothing wrong. */
  ask(question: Text, usual: string | null, check?: (answer: string) => Text | null): Promise<string>
}

/**
 * `unanswered` is told when the input ends before an answer. The terminal is ours only while a question is open: at
 * any other time Ctrl-C is the system's own signal.
 */
export function interviewAt(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  language: Language,
  unanswered: Text,
  signal: AbortSignal,
): Interviewer {
  return {
    async ask(question, usual, check = () => null) {
      for (;;) {
        const shown = usual === null || usual === '' ? '' : ` [${usual}]`
        const line = await askOnce(input, output, `${question[language]}${shown}: `, unanswered, signal)
        const answer = line.trim() || (usual ?? '')
        const wrong = answer !== '' ? check(answer) : usual === null ? needed : null
        if (wrong === null) return answer
        output.write(`  ${wrong[language]}\n`)
      }
    },
  }
}

async function askOnce(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  unanswered: Text,
  signal: AbortSignal,
): Promise<string> {
  // It has ended already, and would tell so no second time.
  if (!input.readable) throw new UsageError(unanswered)
  const terminal = createInterface({ input, output })
  const ended = new AbortController()
  // The end of the input would leave the question open for ever.
  terminal.once('close', () => ended.abort(new UsageError(unanswered)))
  const interrupt = () => ended.abort(signal.reason)
  signal.addEventListener('abort', interrupt, { once: true })
  // While a line is edited the system sees no Ctrl-C: it becomes the signal that it is elsewhere.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    signal.throwIfAborted()
    return await terminal.question(question, { signal: ended.signal })
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error
  } finally {
    signal.removeEventListener('abort', interrupt)
    terminal.close()
  }
}

const needed = text('нужен ответ', 'an answer is wanted')

/** Whether a person agrees, in either language; an empty line does not. */
export async function isAgreed(
  { input, out, language, signal }: Context,
  question: Text,
  unanswered: Text,
): Promise<boolean> {
  const interviewer = interviewAt(input, out, language, unanswered, signal)
  const asked = text(`${question.ru} (да/нет)`, `${question.en} (yes/no)`)
  return /^(?:да|д|yes|y)$/i.test(await interviewer.ask(asked, ''))
}
