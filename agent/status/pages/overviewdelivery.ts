/** The way to the site, on the overview: what it answered last and when it is tried again. */
import { text } from '../../text.ts'
import { type Html, html } from '../html.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Look } from './look.ts'
import { type Column, type Row, table } from './table.ts'

export function deliveryPart({ delivery }: Snapshot, look: Look): Html {
  const { say } = look
  const { ways, underWay } = delivery
  return html`<h2>${say(text('Доставка на сайт', 'Delivery to the site'))}</h2>
    ${underWay > 0 && html`<p>${say(text(`Отправляется сейчас: ${underWay}`, `Being sent now: ${underWay}`))}</p>`}
    ${table(
      say(text('Доставка по кассам', 'Delivery by register')),
      columns,
      ways.map((way) => cellsOf(way, look)),
      say,
    )}`
}

const columns: readonly Column[] = [
  { head: text('Касса', 'Register'), kind: 'name' },
  { head: text('Состояние', 'State') },
  { head: text('Ответ сайта', "The site's answer") },
  { head: text('Последний принят', 'Last accepted') },
  { head: text('Следующая попытка', 'Next try') },
  { head: text('Адрес', 'Address') },
]

type WayView = Snapshot['delivery']['ways'][number]

const stateWords = {
  ready: text('работает', 'works'),
  waiting: text('ждёт, повторит сам', 'waits, tries again by itself'),
  stopped: text('остановлена, нужен человек', 'stopped, a person is needed'),
} as const
const stateColours = { ready: 'green', waiting: 'amber', stopped: 'red' } as const

/** The breaker is worth a word only while it holds something back. */
const breakerWords = {
  open: text('пауза после ошибок', 'a pause after failures'),
  'half-open': text('проба после паузы', 'a trial after the pause'),
} as const

function cellsOf(way: WayView, look: Look): Row {
  const { say } = look
  const breaker = way.breaker === 'closed' ? undefined : breakerWords[way.breaker]
  return [
    way.register,
    html`<span class="${stateColours[way.state]}">${say(stateWords[way.state])}${breaker !== undefined && html`<br>${say(breaker)}`}</span>`,
    html`${way.words === null ? say(text('ещё не было', 'none yet')) : say(way.words)}
      ${way.lastTriedAt !== null && html`<br><small>${look.ago(way.lastTriedAt)}</small>`}
      ${way.hint !== null && html`<br>→ ${say(way.hint)}`}`,
    look.ago(way.lastAcceptedAt),
    look.time(way.nextTryAt),
    html`<code>${way.destination}</code>`,
  ]
}
