/** In ten seconds: is the register connected, when was the last receipt, how many wait, what did the site answer. */
import { text } from '../../text.ts'
import { count } from '../figures.ts'
import type { Health } from '../health.ts'
import { type Html, html } from '../html.ts'
import { Board, type Parts } from '../live.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Face, Page, Stream, Visit } from '../visit.ts'
import { chart } from './chart.ts'
import { type Look, lookOf } from './look.ts'
import { deliveryPart } from './overviewdelivery.ts'
import { registersPart } from './overviewregisters.ts'
import { workPart } from './work.ts'

export const overview: Page = {
  path: '/',
  name: text('Обзор', 'Overview'),
  inMenu: true,
  async draw(face, visit) {
    const { health, work, queue, registers, delivery, hours } = await parts(face, visit)
    return html`<div data-live="/live/overview">
      <div id="health" role="status" aria-live="polite">${health}</div>
      <div id="work">${work}</div>
      <div id="queue">${queue}</div>
      <div id="registers">${registers}</div>
      <div id="delivery">${delivery}</div>
      <div id="hours">${hours}</div>
    </div>`
  },
}

const board = new Board(parts)

export const overviewStream: Stream = {
  path: '/live/overview',
  open: (face, visit, send) => board.look(face, visit, send),
}

async function parts(
  face: Face,
  visit: Pick<Visit, 'language' | 'say' | 'signal'>,
): Promise<Record<'health' | 'work' | 'queue' | 'registers' | 'delivery' | 'hours', Html> & Parts> {
  const snapshot = await face.desk.status({}, visit.signal)
  const look = lookOf(face, visit, Date.parse(snapshot.at))
  const health = healthPart(snapshot, look)
  if (snapshot.unopened)
    return { health, work: nothing, queue: nothing, registers: nothing, delivery: nothing, hours: nothing }
  return {
    health,
    work: workPart(snapshot.work, look),
    queue: queuePart(snapshot, look),
    registers: registersPart(snapshot, look),
    delivery: deliveryPart(snapshot, look),
    hours: chart(snapshot.hours, look),
  }
}

const nothing = html``

/** The colour alone tells nothing to who cannot see it. */
const colourWords = {
  green: text('Порядок', 'Well'),
  amber: text('Внимание', 'Attention'),
  red: text('Неисправность', 'Fault'),
} as const
const marks = { green: '●', amber: '▲', red: '■' } as const

const more = {
  '/parked': text('Причины и повторная отправка', 'Reasons, and sending again'),
  '/receipts?state=waiting': text('Показать, что ждёт', 'Show what waits'),
  '/diagnostics': text('Взять порт обратно', 'Take the port back'),
} as const
const doctor = text('Проверить по шагам: доктор', 'Examine step by step: the doctor')

/** There a button does what the hint's command does. */
const withButton: ReadonlySet<string> = new Set(['/parked', '/diagnostics'])

function healthPart({ health, also, unopened }: Snapshot, look: Look): Html {
  const { colour } = health
  // Without an outbox there is no doctor to lead to.
  const withDoctor = health.page === undefined && colour !== 'green' && !unopened
  return html`<div class="health ${colour}">
    <p class="truth">${sentence(health, look)}</p>
    ${nextPart(health, look)}
    ${withDoctor && html`<p class="next"><a href="/diagnostics">${look.say(doctor)}</a></p>`}
  </div>
  ${also.length > 0 && alsoPart(also, look)}`
}

function sentence({ colour, text: said }: Health, { say }: Look): Html {
  return html`<span aria-hidden="true">${marks[colour]}</span>
      <span class="hidden">${say(colourWords[colour])}: </span>${say(said)}`
}

function nextPart({ hint, page }: Health, { say }: Look): Html {
  const command = page !== undefined && withButton.has(page) ? null : hint
  return html`${command !== null && html`<p class="next">→ ${say(command)}</p>`}
    ${page !== undefined && html`<p class="next"><a href="${page}">${say(more[page])}</a></p>`}`
}

/** What one sentence leaves out: a shop may have a pulled cable and a site that refuses at once. */
function alsoPart(also: readonly Health[], look: Look): Html {
  return html`<ul class="also" aria-label="${look.say(text('Что ещё не в порядке', 'Also wrong'))}">
    ${also.map((one) => html`<li class="${one.colour}"><p>${sentence(one, look)}</p>${nextPart(one, look)}</li>`)}
  </ul>`
}

function queuePart({ outbox }: Snapshot, look: Look): Html {
  const { say, language } = look
  const oldest = outbox.oldestWaitingSeconds
  return html`<ul class="numbers">
    ${number(count(outbox.waiting, language), say(text('ждут доставки', 'waiting')), '/receipts?state=waiting')}
    ${number(oldest === null ? '–' : look.long(oldest), say(text('ждёт самый старый', 'the oldest waits')), null)}
    ${number(count(outbox.parked, language), say(text('отложено', 'set aside')), '/parked')}
    ${number(count(outbox.accepted, language), say(text('готово', 'done')), '/receipts?state=settled')}
  </ul>`
}

function number(value: string, words: string, link: string | null): Html {
  const inside = html`<b>${value}</b> <span>${words}</span>`
  return html`<li>${link === null ? inside : html`<a href="${link}">${inside}</a>`}</li>`
}
