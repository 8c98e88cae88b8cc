/** A scanned receipt: what the paper says, what is here, and what can be done about it. */
import type { QrFinding } from '../../desk/desk.ts'
import type { ReceiptQr } from '../../qr.ts'
import type { Snapshot } from '../../status/snapshot.ts'
import { type Text, text } from '../../text.ts'
import { operations } from '../../wording/documents.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Face, Visit } from '../visit.ts'
import type { Look } from './look.ts'
import { documentTable } from './receiptstable.ts'
import { rereadForm } from './replayreread.ts'
import { previewOf } from './resend.ts'

export async function byQr(face: Face, visit: Visit, snapshot: Snapshot, look: Look): Promise<Html> {
  const { say, query, signal } = visit
  const finding = await face.desk.findByQr({ qr: (query['qr'] ?? '').slice(0, 512) }, signal)
  const { qr, document } = finding
  const head = html`<h2>${say(text('Чек по QR', 'The receipt of the QR'))}</h2>${paper(qr, look)}`
  if (document === null || finding.askAt !== null) return html`${head}${elsewhere(finding, snapshot, look)}`
  const selection = { storage: qr.storage, fromNumber: qr.number, toNumber: qr.number }
  return html`${head}
    <p>${say(text('Этот чек есть здесь.', 'This receipt is here.'))}</p>
    ${document.state === 'none' && documentTable([document], look, { label: say(text('Найденный чек', 'The receipt found')) })}
    ${differences(finding, look)}
    <div id="resend" class="resend">${await previewOf(face, selection, visit, 'resend')}</div>`
}

function paper(
  { storage, number, sign, time, total, operation }: ReceiptQr,
  { say, money, onReceipt }: Look,
): Html {
  const done = operations[operation]
  return html`<p>${say(text('На бумаге:', 'On the paper:'))} ${done !== undefined && say(done)},
    ${money(total)}, ${onReceipt(time)}, ${say(text('ФД', 'document'))} ${number}, ${say(text('ФП', 'sign'))} ${sign},
    ${say(text('ФН', 'drive'))} ${storage}</p>`
}

const parts = {
  sign: text('фискальный признак', 'the fiscal sign'),
  time: text('время', 'the time'),
  total: text('сумма', 'the sum'),
  operation: text('вид расчёта', 'the operation'),
} as const

/** On what the paper and what is kept do not agree. */
export function differences({ differs }: Pick<QrFinding, 'differs'>, { say }: Look): Content {
  if (differs.length === 0) return null
  const names = (language: 'ru' | 'en') => differs.map((part) => parts[part][language]).join(', ')
  const words = text(
    `На бумаге и здесь разное: ${names('ru')}. Проверьте бумагу: чек из кассы читается без ошибок, QR могли прочитать неверно или подделать`,
    `The paper and this differ in ${names('en')}. Check the paper: what was read from the register is right, the QR may be misread or forged`,
  )
  return html`<p class="said red" role="alert">${say(words)}</p>`
}

function elsewhere({ qr, askAt }: QrFinding, snapshot: Snapshot, look: Look): Html {
  const { say } = look
  const { storage, number } = qr
  if (askAt !== null)
    return html`<p>${say(text(`Здесь этого чека нет. Он может быть в кассе ${askAt}: прочитайте, и он уйдёт сам.`, `This receipt is not here. Register ${askAt} may hold it: read it, and it goes by itself.`))}</p>
      ${rereadForm(askAt, storage, [{ from: number, to: number }], look)}`
  return html`<p class="said red" role="alert">${say(whyNowhere(qr, snapshot))}</p>
    <p><a href="/import">${say(text('Принять чек из файла', 'Import the receipt from a file'))}</a></p>`
}

function whyNowhere({ storage, number }: ReceiptQr, { registers }: Snapshot): Text {
  const holder = registers.find(({ newest }) => newest?.storage === storage)
  if (holder === undefined)
    return text(
      `Этого чека здесь нет, и ФН ${storage} сейчас не стоит ни в одной кассе. Возьмите чек в JSON (ФНС или ОФД) и примите из файла`,
      `This receipt is not here, and drive ${storage} is in no register now. Take the receipt as JSON (tax service or operator) and import it`,
    )
  const newest = holder.newest?.number ?? 0
  if (number > newest)
    return text(
      `Касса ${holder.name} ещё не пробила документ ${number}: последний ${newest}. Проверьте бумагу`,
      `Register ${holder.name} has not come to document ${number}: it is at ${newest}. Check the paper`,
    )
  return text(
    `Чек пробит до начала учёта на кассе ${holder.name} и считается проведённым. Начать раньше: chekpost begin`,
    `The receipt is from before the beginning on register ${holder.name} and taken as booked. To begin earlier: chekpost begin`,
  )
}
