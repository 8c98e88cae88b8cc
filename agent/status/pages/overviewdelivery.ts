/** The way to the site, on the overview: what it answered last and when it is tried again. */
import { text } from '../../text.ts'
import { type Html, html } from '../html.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Look } from './look.ts'

export function deliveryPart({ delivery }: Snapshot, look: Look): Html {
  const { say } = look
  const { ways, underWay } = delivery
  return html`<h2>${say(text('Доставка на сайт', 'Delivery to the site'))}</h2>
    ${underWay > 0 && html`<p>${say(text(`Отправляется сейчас: ${underWay}`, `Being sent now: ${underWay}`))}</p>`}
    <div class="wide" tabindex="0" role="region" aria-label="${say(text('Доставка по кассам', 'Delivery by register'))}"><table>
      <thead><tr>
        <th scope="col">${say(text('Касса', 'Register'))}</th>
        <th scope="col">${say(text('Состояние', 'State'))}</th>
        <th scope="col">${say(text('Ответ сайта', "The site's answer"))}</th>
        <th scope="col">${say(text('Последний принят', 'Last accepted'))}</th>
        <th scope="col">${say(text('Следующая попытка', 'Next try'))}</th>
        <th scope="col">${say(text('Адрес', 'Address'))}</th>
      </tr></thead>
      <tbody>${ways.map((way) => wayRow(way, look))}</tbody>
    </table></div>`
}

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

function wayRow(way: WayView, look: Look): Html {
  const { say } = look
  const breaker = way.breaker === 'closed' ? undefined : breakerWords[way.breaker]
  return html`<tr>
    <th scope="row">${way.register}</th>
    <td class="${stateColours[way.state]}">${say(stateWords[way.state])}${breaker !== undefined && html`<br>${say(breaker)}`}</td>
    <td>${way.words === null ? say(text('ещё не было', 'none yet')) : say(way.words)}
      ${way.lastTriedAt !== null && html`<br><small>${look.ago(way.lastTriedAt)}</small>`}
      ${way.hint !== null && html`<br>→ ${say(way.hint)}`}</td>
    <td>${look.ago(way.lastAcceptedAt)}</td>
    <td>${way.nextTryAt === null ? '–' : look.at(way.nextTryAt)}</td>
    <td><code>${way.destination}</code></td>
  </tr>`
}
