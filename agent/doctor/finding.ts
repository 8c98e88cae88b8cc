/** How findings are made, read and judged. Pure. */
import { type Text, text } from '../text.ts'
import { type Finding, type Step, steps } from './report.ts'

/** What stands beside the sentence of a finding. */
interface Beside {
  readonly hint?: Text | null
  readonly hex?: string | null
}

export function good(step: Step, said: Text): Finding {
  return { step, verdict: 'good', text: said, hint: null, hex: null }
}

export function warning(step: Step, said: Text, { hint = null, hex = null }: Beside = {}): Finding {
  return { step, verdict: 'warning', text: said, hint, hex }
}

export function bad(step: Step, said: Text, { hint = null, hex = null }: Beside = {}): Finding {
  return { step, verdict: 'bad', text: said, hint, hex }
}

export function unknown(step: Step, said: Text, { hint = null, hex = null }: Beside = {}): Finding {
  return { step, verdict: 'unknown', text: said, hint, hex }
}

/** The steps of one group that could not be looked at, because `bad` came before them. */
export function notReached(after: Step, group: readonly Step[]): Finding[] {
  const { ru, en } = stepNames[after]
  return group
    .slice(group.indexOf(after) + 1)
    .map((step) => unknown(step, text(`не проверено: сначала «${ru}»`, `not looked at: "${en}" comes first`)))
}

/** What to mend first: the first bad finding in the order of a receipt's way; null when there is none. */
export function firstBad(findings: readonly Finding[]): Finding | null {
  const bads = findings.filter(({ verdict }) => verdict === 'bad')
  return bads.sort((one, other) => steps.indexOf(one.step) - steps.indexOf(other.step))[0] ?? null
}

/** The gravest of several things that belong to one step; all that is said stands in one sentence. */
export function gravest(step: Step, found: readonly Finding[]): Finding {
  const order = ['bad', 'warning', 'good', 'unknown'] as const
  const sorted = [...found].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict))
  const [first] = sorted
  if (first === undefined) return unknown(step, text('нечего проверять', 'nothing to look at'))
  const rest = sorted.slice(1)
  return {
    ...first,
    step,
    text: text(
      [first.text.ru, ...rest.map(({ text: { ru } }) => ru)].join('; '),
      [first.text.en, ...rest.map(({ text: { en } }) => en)].join('; '),
    ),
    hint:
      first.hint ?? rest.find(({ verdict, hint }) => verdict === 'warning' && hint !== null)?.hint ?? null,
    hex: first.hex ?? null,
  }
}

/** The steps in words, for people. */
export const stepNames: Readonly<Record<Step, Text>> = {
  line: text('линия', 'line'),
  frames: text('кадры', 'frames'),
  register: text('касса', 'register'),
  drive: text('ФН', 'fiscal drive'),
  documents: text('документы', 'documents'),
  outbox: text('очередь', 'outbox'),
  disk: text('диск', 'disk'),
  clock: text('часы', 'clock'),
  dns: text('имя сайта (DNS)', "the site's name (DNS)"),
  tls: text('защищённое соединение', 'secure connection'),
  receiver: text('приёмник', 'receiver'),
}
