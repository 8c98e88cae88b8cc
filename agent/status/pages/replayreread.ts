/** The part of `/replay` that asks a register for what the outbox lacks and shows how that goes. */
import { z } from 'zod'
import type { Snapshot } from '../../status/snapshot.ts'
import { type Text, text } from '../../text.ts'
import { Failure } from '../../usage.ts'
import { faultInWords } from '../../wording/faults.ts'
import { type Content, type Html, html } from '../html.ts'
import { Board, type Parts } from '../live.ts'
import type { Action, Face, Stream, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { reasonField, reasonOf, TypedReason } from './reason.ts'
import { receiptLink } from './receiptstable.ts'
import { mostNumbers, type NumberRange, numbersOf, rangesOf, written } from './replaynumbers.ts'
import { beginRereading, currentRereadings, differs, type RereadView } from './rereading.ts'
import { workPart } from './work.ts'

/** Where it shows how far it is; ids are unique on a page. */
const into = 'rereading'

/** Asks for the reason and begins. */
export function rereadForm(
  register: string,
  storage: string,
  ranges: readonly NumberRange[],
  { say, count }: Pick<Look, 'say' | 'count'>,
): Html {
  const most = firstOf(ranges, mostNumbers)
  const number = count(most.reduce((all, { from, to }) => all + to - from + 1, 0))
  return html`<form data-do="/do/reread" data-into="${into}">
    <input type="hidden" name="register" value="${register}">
    <input type="hidden" name="storage" value="${storage}">
    <input type="hidden" name="numbers" value="${plain(most)}">
    ${reasonField(text('Зачем (останется в журнале)', 'Why (kept in the audit)'), { say })}
    <button>${say(text(`Прочитать из кассы ${register}: ${number}`, `Read ${number} from register ${register}`))}</button>
  </form>`
}

function firstOf(ranges: readonly NumberRange[], most: number): NumberRange[] {
  let room = most
  return ranges.flatMap(({ from, to }) => {
    const last = Math.min(to, from + room - 1)
    room -= Math.max(0, last - from + 1)
    return last < from ? [] : [{ from, to: last }]
  })
}

/** As `numbersOf` reads them back. */
function plain(ranges: readonly NumberRange[]): string {
  return ranges.map(({ from, to }) => `${from}-${to}`).join(',')
}

const Reread = z.object({
  register: z.string().max(64),
  storage: z.string().regex(/^\d{16}$/),
  numbers: z.string().max(40_000),
  reason: TypedReason,
})

const reread: Action<z.infer<typeof Reread>> = {
  path: '/do/reread',
  input: Reread,
  async act(face, { register, storage, numbers, reason: typed }, visit) {
    const reason = reasonOf(typed, reasonWanted)
    const snapshot = await face.desk.status({}, visit.signal)
    // The drive may have been replaced since the page was drawn: its numbers are other documents.
    if (newestOf(snapshot, register)?.storage !== storage) throw new Failure(anotherDrive)
    const order = { register, storage, ranges: numbersOf(numbers), who: visit.who, reason }
    beginRereading(face.desk, order, face.clock, visit.signal)
    return { html: rereadPart(face, visit) }
  },
}

const Stop = z.object({ register: z.string().max(64) })

const stop: Action<z.infer<typeof Stop>> = {
  path: '/do/reread/stop',
  input: Stop,
  act(face, { register }, visit) {
    for (const one of currentRereadings(face.desk, face.clock()))
      if (one.view().order.register === register) one.stop()
    return Promise.resolve({ html: rereadPart(face, visit) })
  },
}

export const rereadActions: readonly Action[] = [reread, stop] as readonly Action[]

const anotherDrive = text(
  'В этой кассе сейчас другой ФН. Откройте страницу заново',
  'There is another fiscal drive in that register now. Open the page anew',
)
const reasonWanted = text('Напишите, зачем прочитать', 'Write why they are to be read')

export function newestOf({ registers }: Snapshot, register: string): Snapshot['registers'][number]['newest'] {
  return registers.find(({ name }) => name === register)?.newest ?? null
}

const board = new Board((face, { language, say }) => Promise.resolve(parts(face, { language, say })))

export const rereadStream: Stream = {
  path: '/live/replay',
  open: (face, visit, send) => board.look(face, visit, send),
}

function parts(face: Face, visit: Pick<Visit, 'language' | 'say'>): Parts {
  return { [into]: rereadPart(face, visit), [endsPlace]: endsPart(face, visit) }
}

/** The place on the page, live. */
export function rereadPlace(face: Face, visit: Visit): Html {
  return html`<div data-live="/live/replay"><div id="${into}">${rereadPart(face, visit)}</div>
    <div id="${endsPlace}" class="hidden" aria-live="polite"></div></div>`
}

/** Told every count, a screen reader would never be silent: it is told how a reading ended. */
const endsPlace = 'rereading-ends'

function endsPart({ desk, clock }: Face, { say }: Pick<Visit, 'say'>): Html {
  const ended = currentRereadings(desk, clock())
    .map((one) => one.view())
    .filter(({ running }) => !running)
  return html`${ended.map(({ order, fault }) => html`<p>${order.register}: ${say(fault ?? done)}</p>`)}`
}

const done = text('Готово.', 'Done.')

function rereadPart(face: Face, visit: Pick<Visit, 'language' | 'say'>): Html {
  const look = lookOf(face, visit)
  const views = currentRereadings(face.desk, face.clock()).map((one) => one.view())
  return html`${views.map((view, at) => onePart(view, at, look))}`
}

function onePart(view: RereadView, at: number, look: Look): Html {
  const { register, storage, who, reason, ranges } = view.order
  const when = look.time(view.begunAt)
  return html`<section class="panel" aria-labelledby="reread-head-${at}">
    <h2 id="reread-head-${at}">${look.say(text(`Чтение из кассы ${register}`, `Reading from register ${register}`))}</h2>
    <p class="note">${when}, <bdi>${who}</bdi>: <bdi>${reason}</bdi>.
      ${look.say(text(`ФН ${storage}, ФД ${written(ranges)}`, `Drive ${storage}, documents ${written(ranges)}`))}</p>
    ${view.running ? running(view, look) : ended(view, look)}
    ${outcome(view, look)}
  </section>`
}

function running({ work, order }: RereadView, look: Look): Html {
  return html`${workPart([work], look)}
    <form data-do="/do/reread/stop" data-into="${into}"><input type="hidden" name="register" value="${order.register}">
      <button class="second">${look.say(text('Остановить', 'Stop'))}</button></form>`
}

function ended({ fault, left, order }: RereadView, { say }: Look): Html {
  if (fault === null) return html`<p><strong>${say(done)}</strong></p>`
  const rest = written(left)
  return html`<p class="said red">${say(fault)}</p>
    ${
      left.length > 0 &&
      html`<p>${say(text(`Не прочитаны: ${rest}`, `Not read: ${rest}`))}.
        <a href="/replay?numbers=${plain(left).slice(0, 1000)}&amp;fn=${order.storage}">${say(text('Продолжить', 'Continue'))}</a></p>`
    }`
}

function outcome({ kept, known, absent, problems, order }: RereadView, look: Look): Content {
  const { say } = look
  const list = (numbers: readonly number[]) => written(rangesOf(numbers))
  const lines: (readonly [readonly number[], Text])[] = [
    [
      kept,
      text(
        `Прочитаны и сохранены; чеки уйдут на сайт сами: ${list(kept)}`,
        `Read and kept; receipts go to the site by themselves: ${list(kept)}`,
      ),
    ],
    [known, text(`Уже были здесь: ${list(known)}`, `Were here already: ${list(known)}`)],
    [absent, text(`ФН не знает таких номеров: ${list(absent)}`, `The drive does not know: ${list(absent)}`)],
  ]
  return html`<ul>${lines.map(([numbers, words]) => numbers.length > 0 && html`<li>${say(words)}</li>`)}
    ${problems.slice(0, 50).map(({ number, why }) => html`<li>${say(text('ФД', 'Document'))} ${number}: ${say(problemWords(why))}</li>`)}</ul>
    ${kept.slice(0, 20).map((number) => html`<a href="${receiptLink({ storage: order.storage, number })}">${number}</a> `)}`
}

const known: ReadonlyMap<string, Text> = new Map([
  [
    differs,
    text(
      'под этим номером здесь хранится другой документ; он остался',
      'another document is kept here under this number; it stayed',
    ),
  ],
  [
    'before the beginning of this drive',
    text(
      'пробит до начала учёта и считается проведённым. Начать раньше: chekpost begin',
      'made before the beginning and taken as booked. To begin earlier: chekpost begin',
    ),
  ],
  [
    'only the short record is left in the drive',
    text(
      'в ФН остался только итог, строк уже нет. Возьмите чек в JSON и примите его на странице импорта',
      'only the totals are left in the drive. Take the receipt as JSON and import it',
    ),
  ],
])

/** Problems come in English from whoever reads. */
function problemWords(problem: string): Text {
  return known.get(problem) ?? faultInWords(problem)
}
