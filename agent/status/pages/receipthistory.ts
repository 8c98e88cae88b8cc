/** What became of a document on its way to the site: every attempt, and the last acknowledgement in words. */
import { z } from 'zod'
import type { ShownDocument } from '../../desk/desk.ts'
import type { Attempt } from '../../journal.ts'
import { type Text, text } from '../../text.ts'
import { wasAsked } from '../../wording/documents.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'
import { type Column, type Row, table } from './table.ts'

const mostAttempts = 100
const answerLength = 4_000
const whyLength = 300

export function historyPart(shown: ShownDocument, look: Look): Html {
  const { say } = look
  const { history } = shown
  const title = text('Попытки доставки', 'Attempts to deliver')
  if (history.length === 0)
    return html`<h2>${say(title)}</h2><p>${say(wasAsked(shown) ? forgotten : none)}</p>`
  const left = history.length - mostAttempts
  return html`<h2>${say(title)}</h2>
    ${table(
      say(title),
      columns,
      history.slice(0, mostAttempts).map((attempt, at) => cellsOf(attempt, at, look)),
      say,
    )}
    ${left > 0 && html`<p class="note">${say(text(`И ещё попыток: ${left}`, `Attempts before these: ${left}`))}</p>`}`
}

const none = text('На сайт не отправлялся.', 'It was not sent to the site.')
const forgotten = text(
  'Отправлялся, но подробности попыток уже не хранятся.',
  'It was sent, but the details of the attempts are no longer kept.',
)
const columns: readonly Column[] = [
  { head: text('Когда', 'When') },
  { head: text('HTTP', 'HTTP') },
  { head: text('Чем кончилась', 'How it ended'), kind: 'words' },
  { head: text('Заняла', 'Took'), kind: 'sum' },
  { head: text('Ответ сайта', "The site's answer"), kind: 'words' },
  { head: text('Запрос', 'Request') },
]

/** Of `Settlement`. */
const outcomes: ReadonlyMap<string, Text> = new Map([
  ['accepted', text('принят сайтом', 'booked by the site')],
  ['acceptedParked', text('принят и отложен на сайте', 'taken and set aside by the site')],
  ['ignored', text('сайту с ним нечего делать', 'the site has nothing to do with it')],
  ['retry', text('не вышло, повторит сам', 'failed, tried again by itself')],
  ['park', text('отложен, нужен человек', 'set aside, a person is needed')],
  ['stopDestination', text('доставка остановлена', 'the way was stopped')],
])

function cellsOf(attempt: Attempt, at: number, look: Look): Row {
  const { say } = look
  const { status, outcome, why, tookMs, answer, replay, bodyDigest, bodyBytes } = attempt
  const words = outcomes.get(outcome)
  return [
    html`${look.time(attempt.at)}${replay && html`<br><small>${say(text('повтор человеком', 'sent again by a person'))}</small>`}`,
    status === null ? say(text('нет ответа', 'no answer')) : status,
    html`${words === undefined ? plainly(outcome, 40) : say(words)}
      ${why !== null && html`<br><small><bdi>${plainly(say(whyInWords(why)), whyLength)}</bdi></small>`}`,
    html`${look.count(Math.round(tookMs))} ${say(text('мс', 'ms'))}`,
    answer === null || answer === '' ? '–' : folded(`answer-${at}`, answer, look),
    html`${look.count(bodyBytes)} ${say(text('байт', 'bytes'))}<br><small>SHA-256 <code>${plainly(bodyDigest, 64)}</code></small>`,
  ]
}

function folded(id: string, answer: string, { say }: Look): Html {
  return html`<details id="${id}"><summary>${say(text('показать', 'show'))}</summary>
    <code>${plainly(answer, answerLength)}</code></details>`
}

const Document = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  type: z.string().optional(),
  number: z.string().optional(),
})

/** As the receiver answers; every part may be missing or odd. */
const Acknowledged = z.looseObject({
  state: z.string().catch(''),
  duplicate: z.boolean().optional().catch(undefined),
  reasons: z.array(z.string()).optional().catch(undefined),
  documents: z.array(Document).optional().catch(undefined),
  cancelledBy: z.string().optional().catch(undefined),
  host: z.string().optional().catch(undefined),
})

const stateWords: ReadonlyMap<string, Text> = new Map([
  ['booked', text('Проведён на сайте', 'Booked on the site')],
  ['parked', text('Отложен на сайте: там решает человек', 'Set aside on the site: a person decides there')],
  ['ignored', text('Сайт записал его, товар не движется', 'The site recorded it, no goods move')],
])

/** The last acknowledgement in words; null when there never was one. */
export function acknowledgementPart({ answer }: Pick<ShownDocument, 'answer'>, look: Look): Html | null {
  if (answer === null) return null
  const { say } = look
  const title = html`<h2>${say(text('Последнее подтверждение сайта', "The site's last acknowledgement"))}</h2>`
  const said = readAnswer(answer)
  if (said === null) return html`${title}<p><code>${plainly(answer, answerLength)}</code></p>`
  const { state, duplicate, reasons = [], documents = [], cancelledBy, host } = said
  return html`${title}
    <p><strong>${say(stateWords.get(state) ?? text(plainly(state, 40), plainly(state, 40)))}</strong>${host !== undefined && html` (${plainly(host, 100)})`}</p>
    ${duplicate === true && html`<p>${say(text('Это был повтор: сайт узнал чек и второй раз не провёл.', 'It was a repeat: the site knew the receipt and did not book it twice.'))}</p>`}
    ${cancelledBy !== undefined && html`<p class="amber">${say(text('Документ на сайте отменён вручную и сам не восстановится.', 'The document was cancelled on the site by hand and is not made again.'))}</p>`}
    ${reasons.length > 0 && html`<ul>${reasons.slice(0, 50).map((reason) => html`<li><bdi>${plainly(reason, 500)}</bdi></li>`)}</ul>`}
    ${
      documents.length > 0 &&
      html`<p>${say(text('Документы на сайте:', 'Documents on the site:'))}</p>
      <ul>${documents.slice(0, 20).map((document) => html`<li>${documentWords(document, look)}</li>`)}</ul>`
    }`
}

/** Types of Bitrix's stock documents that the receiver makes. */
const documentTypes: ReadonlyMap<string, Text> = new Map([
  ['D', text('списание', 'deduction')],
  ['R', text('возврат', 'return')],
])

function documentWords({ id, type = '', number }: z.infer<typeof Document>, { say }: Look): Content {
  const known = documentTypes.get(type)
  const kind = known === undefined ? plainly(type, 20) : say(known)
  return [kind, id === undefined ? '' : `№ ${plainly(String(id), 40)}`, plainly(number ?? '', 80)]
    .filter((part) => part !== '')
    .join(' ')
}

function readAnswer(answer: string): z.infer<typeof Acknowledged> | null {
  try {
    const parsed = Acknowledged.safeParse(JSON.parse(answer))
    return parsed.success ? parsed.data : null
  } catch {
    return null // An answer of another program: shown as it came.
  }
}
