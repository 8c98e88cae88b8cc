/** Looking receipts up: by number, time, sum and state, the newest first. Reads and works without JavaScript. */
import type { ListedRow, SearchPage } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { UsageError } from '../../usage.ts'
import { type Content, type Html, html } from '../html.ts'
import { toldOf } from '../told.ts'
import type { Face, Page, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { searchForm } from './receiptsform.ts'
import { type Looking, lookingFor, searchAddress, type Typed, typedOf } from './receiptsquery.ts'
import { documentTable } from './receiptstable.ts'
import { differences } from './replaybyqr.ts'

/** Rows of one page. */
const pageLength = 50

export const receipts: Page = {
  path: '/receipts',
  name: text('Чеки', 'Receipts'),
  inMenu: true,
  async draw(face, visit) {
    const { config } = face
    const typed = typedOf(visit.query)
    const looking = lookingFor(typed)
    const form = searchForm(
      {
        typed,
        faults: looking.kind === 'faults' ? looking.faults : {},
        registers: config.registers.map(({ name }) => name),
      },
      visit,
    )
    const look = lookOf(face, visit)
    return html`${form}<div id="found">${await found(face, visit, typed, looking, look)}</div>`
  },
}

/** What is wrong with the question, or with the index, is said below the form; the page is still there. */
async function found(face: Face, visit: Visit, typed: Typed, looking: Looking, look: Look): Promise<Html> {
  try {
    switch (looking.kind) {
      case 'faults':
        return problem(
          text('Исправьте отмеченное и ищите ещё раз', 'Mend what is marked and search again'),
          look,
        )
      case 'key':
        return await byKey(face, visit, looking, look)
      case 'qr':
        return await byQr(face, visit, looking.qr, look)
      case 'search':
        return await bySearch(face, visit, typed, looking.search, look)
    }
  } catch (error) {
    const said = toldOf(error)
    if (said === null) throw error
    return problem(said, look)
  }
}

function problem(said: Text, { say }: Look): Html {
  return html`<p class="red" role="alert">${say(said)}</p>`
}

async function bySearch(
  { desk }: Face,
  { query, signal }: Visit,
  typed: Typed,
  search: Extract<Looking, { kind: 'search' }>['search'],
  look: Look,
): Promise<Html> {
  const after = query['after'] ?? ''
  // The desk takes no longer ones: none of its pages ends so.
  if (after.length > 128) throw new UsageError(outdated)
  const page = await desk.search({ ...search, limit: pageLength, ...(after !== '' && { after }) }, signal)
  const { documents, next } = page
  return html`${summary(page, look)}
    ${documents.length > 0 && documentTable(documents, look, { label: look.say(text('Найденные чеки', 'Receipts found')) })}
    ${documents.length === 0 && next === null && nothing(after !== '', look)}
    ${pager(typed, after, page, look)}`
}

const outdated = text(
  'Эта страница поиска устарела. Ищите заново',
  'This page of the search is outdated. Search again',
)

function summary({ count, more, behind }: SearchPage, look: Look): Html {
  const { say } = look
  const number = look.count(count)
  const words = more
    ? text(`Найдено: больше ${number}`, `Found: more than ${number}`)
    : text(`Найдено: ${number}`, `Found: ${number}`)
  return html`<p role="status">${say(words)}</p>
    ${
      behind > 0 &&
      html`<p class="note">${say(
        text(
          `Указатель ещё строится: не учтено документов: ${look.count(behind)}. Если чека нет, ищите ещё раз через минуту.`,
          `The index is still being made: documents not in it yet: ${look.count(behind)}. If a receipt is missing, search again in a minute.`,
        ),
      )}</p>`
    }`
}

function pager(typed: Typed, after: string, { next, documents }: SearchPage, { say }: Look): Content {
  if (after === '' && next === null) return null
  const older =
    documents.length === 0
      ? text('Здесь ничего не нашлось, искать дальше', 'Nothing here, search on')
      : text('Раньше', 'Older')
  return html`<nav aria-label="${say(text('Страницы', 'Pages'))}">
    ${after !== '' && html`<a href="${searchAddress(typed, null)}">${say(text('К новейшим', 'The newest'))}</a>`}
    ${next !== null && html`<a href="${searchAddress(typed, next)}" rel="next">${say(older)} →</a>`}
  </nav>`
}

function nothing(isLater: boolean, { say }: Look): Html {
  if (isLater) return html`<p>${say(text('Раньше ничего нет.', 'There is nothing older.'))}</p>`
  return html`<p>${say(text('Ничего не найдено. Что попробовать:', 'Nothing was found. What to try:'))}</p>
    <ul>${hints.map((hint) => html`<li>${say(hint)}</li>`)}
      <li><a href="/replay">${say(text('прочитать чек из кассы по номеру или QR', 'read it from the register by its number or QR'))}</a></li>
    </ul>`
}

const hints = [
  text(
    'уберите часть условий: чаще всего не так время или сумма',
    'leave some conditions out: most often it is the time or the sum',
  ),
  text(
    'ищите по номеру ФД: он напечатан на чеке',
    'search by the document number: it is printed on the receipt',
  ),
  text(
    'сумма и время: те, что на чеке, по часам кассы',
    "sum and time are those on the receipt, by the register's clock",
  ),
] as const

async function byKey(
  { desk }: Face,
  { signal }: Visit,
  { storage, number }: Extract<Looking, { kind: 'key' }>,
  look: Look,
): Promise<Html> {
  const { documents } = await desk.list({ storage, fromNumber: number, toNumber: number, limit: 1 }, signal)
  return documents.length === 0 ? notHere(null, look) : one(documents, look)
}

async function byQr({ desk }: Face, { signal }: Visit, qr: string, look: Look): Promise<Html> {
  const { document, askAt, differs } = await desk.findByQr({ qr }, signal)
  if (document === null) return notHere(askAt, look)
  return html`${one([document], look)}${differences({ differs }, look)}`
}

function one(rows: readonly ListedRow[], look: Look): Html {
  return html`<p role="status">${look.say(text('Этот чек:', 'This receipt:'))}</p>
    ${documentTable(rows, look, { label: look.say(text('Найденный чек', 'The receipt found')) })}`
}

function notHere(askAt: string | null, { say }: Look): Html {
  const next =
    askAt === null
      ? text(
          'Проверьте номер ФН на чеке: он с другой кассы или прочитан до установки chekpost. Его можно загрузить из файла:',
          'Check the number of the fiscal drive on it: it is of another register, or older than chekpost here. It can be imported from a file:',
        )
      : text(`Его ещё может отдать касса ${askAt}:`, `The register ${askAt} may still hold it:`)
  return html`<p role="status">${say(text('Этого чека здесь нет.', 'This receipt is not here.'))} ${say(next)}
    <a href="/replay">${say(text('Отправить вручную', 'Send by hand'))}</a></p>`
}
