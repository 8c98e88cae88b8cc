/** What a person answers to `init`: given on the command line, else asked at the terminal. */
import { createInterface, type Interface } from 'node:readline/promises'
import type { Language, Text } from '../text.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import type { Sighting } from './seek.ts'

/** Puts questions to whoever sits at the terminal. */
export interface Interviewer extends Disposable {
  /** The answer, or `usual` for an empty line; asked again until `check` finds nothing wrong. */
  ask(question: Text, usual: string | null, check?: (answer: string) => Text | null): Promise<string>
}

export function interviewAt(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  language: Language,
  signal: AbortSignal,
): Interviewer {
  const terminal: Interface = createInterface({ input, output })
  const ended = new AbortController()
  // The end of the input would leave a question open for ever.
  terminal.once('close', () => ended.abort(new UsageError(unanswered)))
  signal.addEventListener('abort', () => ended.abort(signal.reason), { once: true })
  return {
    async ask(question, usual, check = () => null) {
      for (;;) {
        const shown = usual === null ? '' : ` [${usual}]`
        const line = await asked(terminal, `${question[language]}${shown}: `, ended.signal)
        const answer = line.trim() || (usual ?? '')
        const wrong = answer === '' ? needed : check(answer)
        if (wrong === null) return answer
        output.write(`  ${wrong[language]}\n`)
      }
    },
    [Symbol.dispose]: () => terminal.close(),
  }
}

async function asked(terminal: Interface, question: string, signal: AbortSignal): Promise<string> {
  try {
    return await terminal.question(question, { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

const needed = text('нужен ответ', 'an answer is wanted')
const unanswered = text(
  'Вопросы остались без ответа. Без вопросов: chekpost init --yes --store … --url …',
  'Questions were left without an answer. Without questions: chekpost init --yes --store … --url …',
)

export function checkStore(answer: string): Text | null {
  if (/^[\w.-]{1,64}$/.test(answer)) return null
  return text(
    'только латинские буквы, цифры, «.», «_» и «-», не больше 64',
    'letters, digits, ".", "_" and "-" only, at most 64',
  )
}

export function checkZone(answer: string): Text | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: answer })
    return null
  } catch {
    return text('нет такого пояса; пример: Europe/Moscow', 'no such zone; an example: Europe/Moscow')
  }
}

export function checkUrl(answer: string): Text | null {
  return receiverUrl(answer) === null ? text('это не адрес сайта', "this is not a site's address") : null
}

/** The receiver's address of what a person writes: a bare name or the site's front page will do. Null = no address. */
export function receiverUrl(answer: string): string | null {
  const whole = /^[a-z]+:\/\//i.test(answer) ? answer : `https://${answer}`
  if (!URL.canParse(whole)) return null
  const url = new URL(whole)
  if (!/^https?:$/.test(url.protocol) || url.hostname === '') return null
  if (url.pathname === '/') url.pathname = '/local/chekpost/sale.php'
  return url.href
}

export function checkFrom(answer: string): Text | null {
  return fromOf(answer) === null
    ? text('now, first, ledger или номер документа', 'now, first, ledger or the number of a document')
    : null
}

/** Where reading begins, as the config has it; null for anything else. */
export function fromOf(answer: string): 'now' | 'first' | 'ledger' | number | null {
  if (answer === 'now' || answer === 'first' || answer === 'ledger') return answer
  return /^[1-9]\d{0,9}$/.test(answer) ? Number(answer) : null
}

/** `1,3`: which of the registers shown are meant; null for a number that none of them has. */
export function chosen(answer: string, found: readonly Sighting[]): Sighting[] | null {
  const numbers = answer.split(/[\s,]+/).filter((word) => word !== '')
  const picked = numbers.flatMap((word) => found[Number(word) - 1] ?? [])
  return picked.length === numbers.length && picked.length > 0 ? [...new Set(picked)] : null
}
