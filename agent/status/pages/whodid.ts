/** Who did what: the audit that reasons are kept in, newest first. */
import type { Act } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { plainly } from '../../wording/plain.ts'
import { type Html, html } from '../html.ts'
import type { Face, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { type Column, type Row, table } from './table.ts'
import { detailWords } from './whodidwords.ts'

const mostShown = 50
const reasonLength = 1_000
/** A list of numbers may be long; all of it is in `chekpost outbox audits --json`. */
const detailLength = 300

const actions: ReadonlyMap<string, Text> = new Map([
  ['replay', text('отправил ещё раз', 'sent again')],
  ['read', text('прочитал из кассы', 'read from the register')],
  ['begin', text('сменил начало учёта', 'moved the beginning')],
  ['import', text('импортировал файл', 'imported a file')],
  ['pause', text('отпустил порт', 'let go of the port')],
  ['resume', text('взял порт обратно', 'took the port back')],
  ['accept-ledger', text('признал сайт верным', 'accepted the site')],
])

/** An action that nobody has words for stands as it is kept. */
export function actionWords(action: string): Text {
  const known = plainly(action, 40)
  return actions.get(action) ?? text(known, known)
}

export async function whoDidPart(face: Face, visit: Visit): Promise<Html> {
  const { say } = visit
  const { acts } = await face.desk.audits({ limit: mostShown }, visit.signal)
  const look = lookOf(face, visit)
  const title = say(text('Кто что делал', 'Who did what'))
  if (acts.length === 0)
    return html`<h2>${title}</h2><p>${say(text('Ещё никто ничего.', 'Nobody did anything yet.'))}</p>`
  return html`<h2>${title}</h2>
    ${table(
      title,
      columns,
      acts.map((act) => cellsOf(act, look)),
      say,
    )}
    <p class="note">${say(text('Все:', 'All of them:'))} <code>chekpost outbox audits</code></p>`
}

const columns: readonly Column[] = [
  { head: text('Что сделано', 'What was done'), kind: 'name' },
  { head: text('Подробности', 'Details'), kind: 'words' },
  { head: text('Зачем', 'Why'), kind: 'words' },
  { head: text('Кто', 'Who') },
  { head: text('Когда', 'When') },
]

function cellsOf({ at, who, action, reason, detail }: Act, look: Look): Row {
  const words = detailWords(action, detail, look)
  const said = plainly(words === null ? detail : look.say(words), detailLength)
  return [
    look.say(actionWords(action)),
    words === null ? html`<code>${said}</code>` : html`<bdi>${said}</bdi>`,
    html`<bdi>${reason === '' ? '–' : plainly(reason, reasonLength)}</bdi>`,
    html`<bdi>${look.say(whoWords(plainly(who, 128)))}</bdi>`,
    look.time(at),
  ]
}

/** Whoever came in by the password is known by where he sat. */
function whoWords(who: string): Text {
  const [, address] = /^page (.+)$/.exec(who) ?? []
  return address === undefined ? text(who, who) : text(`страница, ${address}`, `the page, ${address}`)
}
