/**
 * Sending by hand, when all else has failed: by document numbers, by the time on the receipts, by the QR of one. The
 * three forms ask by their address, so what would be sent is shown without a script; nothing is sent by looking.
 */
import type { Snapshot } from '../../status/snapshot.ts'
import { type Text, text } from '../../text.ts'
import { UsageError } from '../../usage.ts'
import { needsScript } from '../frame.ts'
import { type Html, html } from '../html.ts'
import { toldOf } from '../told.ts'
import type { Face, Page, Visit } from '../visit.ts'
import { lookOf } from './look.ts'
import { panel } from './panel.ts'
import { localTime, wrongTime } from './receiptsquery.ts'
import { byNumbers } from './replaybynumbers.ts'
import { byQr } from './replaybyqr.ts'
import { rereadPlace } from './replayreread.ts'
import { previewOf } from './resend.ts'
import type { Selection } from './resendwords.ts'

export const replay: Page = {
  path: '/replay',
  name: text('Отправить вручную', 'Send by hand'),
  inMenu: true,
  async draw(face, visit) {
    const { say, query } = visit
    const snapshot = await face.desk.status({}, visit.signal)
    const words = text(
      'Сначала показывается, что уйдёт; отправка – отдельной кнопкой. Сайт не проводит чек дважды.',
      'First it is shown what would go; sending is a button of its own. The site books no receipt twice.',
    )
    const answer = await answered(face, visit, snapshot)
    return html`<p class="note">${say(words)}</p>
      ${needsScript(visit, 'chekpost replay --qr "t=…" | --fd 120-150 | --from … --to …')}
      ${answer !== null && html`<section id="answer" aria-label="${say(text('Что найдено', 'What was found'))}">${answer}</section>`}
      ${rereadPlace(face, visit)}
      <div class="cards">
        ${qrForm(say, answer === null || query['qr'] !== undefined)}
        ${numbersForm(visit, snapshot)}
        ${timesForm(visit, snapshot)}
      </div>
      <p>${say(text('Чека нет ни здесь, ни в кассе?', 'The receipt is neither here nor in the register?'))}
        <a href="/import">${say(text('Принять чеки из файла', 'Import receipts from a file'))}</a></p>`
  },
}

/** What the address asks for; null when it asks for nothing. What is wrong with it is said in its place. */
async function answered(face: Face, visit: Visit, snapshot: Snapshot): Promise<Html | null> {
  const { query } = visit
  const look = lookOf(face, visit)
  try {
    if (query['qr'] !== undefined) return await byQr(face, visit, snapshot, look)
    if (query['numbers'] !== undefined) return await byNumbers(face, visit, snapshot, look)
    if (query['from'] === undefined && query['to'] === undefined) return null
    return html`<div id="resend" class="resend">${await previewOf(face, timesOf(query), visit, 'resend')}</div>`
  } catch (error) {
    const said = toldOf(error)
    if (said === null) throw error
    return html`<p class="said red" role="alert">${visit.say(said)}</p>`
  }
}

const example = 't=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1'

/** A scanner is a keyboard that ends with Enter: the field waits for it, empty, so that the next code is not added to the last. */
function qrForm(say: Visit['say'], focused: boolean): Html {
  return panel(
    'by-qr',
    say(text('По QR с чека', 'By the QR of a receipt')),
    html`<form action="/replay" method="get">
      <label>${say(text('Отсканируйте или вставьте текст QR', 'Scan, or paste the text of the QR'))}
        <input name="qr" required maxlength="512" size="40" autocomplete="off"
          autocapitalize="off" spellcheck="false"${focused && html` autofocus`} placeholder="${example}"></label>
      <button>${say(text('Найти', 'Find'))}</button>
    </form>`,
  )
}

function numbersForm({ say, query }: Visit, { registers }: Snapshot): Html {
  const drives = registers.flatMap(({ name, newest }) =>
    newest === null ? [] : [{ value: newest.storage, name: `${name}: ${say(drive)} ${newest.storage}` }],
  )
  const asked = query['fn'] ?? drives[0]?.value ?? ''
  const foreign = /^\d{16}$/.test(asked) && !drives.some(({ value }) => value === asked)
  const options = [
    ...drives,
    ...(foreign ? [{ value: asked, name: `${say(drive)} ${asked}` }] : []),
    { value: '', name: say(text('любой ФН', 'any fiscal drive')) },
  ]
  return panel(
    'by-numbers',
    say(text('По номерам документов', 'By document numbers')),
    html`<form action="/replay" method="get">
      <label>${say(text('Номера ФД: 120, 120-150', 'Numbers: 120, 120-150'))}
        <input name="numbers" value="${query['numbers'] ?? ''}" required maxlength="2000" autocomplete="off"></label>
      <label>${say(text('Касса и ФН', 'Register and drive'))}
        <select name="fn">${options.map((one) => option(one, asked))}</select></label>
      <button>${say(show)}</button>
    </form>`,
  )
}

function timesForm({ say, query }: Visit, { registers }: Snapshot): Html {
  const asked = query['register'] ?? ''
  const options = [
    { value: '', name: say(text('все', 'all')) },
    ...registers.map(({ name }) => ({ value: name, name })),
  ]
  const field = (name: 'from' | 'to', words: Text) =>
    html`<label>${say(words)} <input type="datetime-local" name="${name}" value="${query[name] ?? ''}"></label>`
  return panel(
    'by-times',
    say(text('По времени на чеках', 'By the time on the receipts')),
    html`<form action="/replay" method="get">
      ${field('from', text('С', 'From'))}${field('to', text('По (включительно)', 'Until (inclusive)'))}
      ${registers.length > 1 && html`<label>${say(text('Касса', 'Register'))} <select name="register">${options.map((one) => option(one, asked))}</select></label>`}
      <button>${say(show)}</button>
    </form>`,
  )
}

const drive = text('ФН', 'drive')
const show = text('Показать', 'Show')

function option({ value, name }: { value: string; name: string }, chosen: string): Html {
  return html`<option value="${value}"${value === chosen && html` selected`}>${name}</option>`
}

function timesOf({ from = '', to = '', register = '' }: Visit['query']): Selection {
  const [fromTime, toTime] = [timeOf(from, false), timeOf(to, true)]
  if (fromTime === null && toTime === null) throw new UsageError(wrongTime)
  if (fromTime !== null && toTime !== null && fromTime > toTime)
    throw new UsageError(text('«С» позже, чем «По»', 'The beginning is later than the end'))
  return {
    ...(fromTime !== null && { fromTime }),
    ...(toTime !== null && { toTime }),
    ...(register !== '' && { register: register.slice(0, 64) }),
  }
}

function timeOf(typed: string, isEnd: boolean): string | null {
  if (typed.trim() === '') return null
  const time = localTime(typed.trim(), isEnd)
  if (time === null) throw new UsageError(wrongTime)
  return time
}
