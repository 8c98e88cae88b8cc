/** One receipt with all that is known of it: state and next step first, then lines, sale, bytes and deliveries. */
import type { Config } from '../../config.ts'
import type { ShownDocument } from '../../desk/desk.ts'
import type { Receipt, Report } from '../../fiscal/model.ts'
import { type Text, text } from '../../text.ts'
import { isReceiptType, kindOf, stateWords, wasAsked } from '../../wording/documents.ts'
import { faultInWords } from '../../wording/faults.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { needsScript } from '../frame.ts'
import { type Content, type Html, html } from '../html.ts'
import { toldOf } from '../told.ts'
import type { Page, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { advice, kindOfReason } from './parkedadvice.ts'
import { acknowledgementPart, historyPart } from './receipthistory.ts'
import { insidePart } from './receiptinside.ts'
import { linesPart, totalsPart } from './receiptlines.ts'
import { resendButton, resendPlace } from './resend.ts'

export const receipt: Page = {
  path: '/receipt',
  name: text('Чек', 'Receipt'),
  inMenu: false,
  under: '/receipts',
  async draw(face, visit) {
    const { desk, config } = face
    const look = lookOf(face, visit)
    const asked = askedFor(visit.query)
    if (asked === null) return problem(notSaid, look)
    try {
      // Buyers and cashiers are nobody's business on a page.
      const shown = await desk.show({ ...asked, masked: true }, visit.signal)
      return body(shown, config, look, visit)
    } catch (error) {
      const said = toldOf(error)
      if (said === null) throw error
      return problem(said, look)
    }
  },
}

const notSaid = text(
  'В адресе нет верного номера чека: нужны ФН из 16 цифр и номер ФД',
  'The address holds no number of a receipt: a fiscal drive of 16 digits and a document number are needed',
)

/** Without a drive the number must be the only one of its kind. */
function askedFor(query: Visit['query']): { storage?: string; number: number } | null {
  const { fn = '', fd = '' } = query
  const number = /^\d{1,10}$/.test(fd) ? Number(fd) : 0
  if (number < 1 || number > 0xffffffff || !/^(\d{16})?$/.test(fn)) return null
  return fn === '' ? { number } : { storage: fn, number }
}

function problem(said: Text, { say }: Look): Html {
  return html`<p class="red" role="alert">${say(said)}</p>
    <p><a href="/receipts">${say(text('Искать чек', 'Look a receipt up'))}</a></p>`
}

function body(shown: ShownDocument, config: Config, look: Look, visit: Visit): Html {
  const decoded = decodedOf(shown)
  const whole = decoded !== null && 'lines' in decoded ? decoded : null
  return html`<div id="known" data-renew>${head(shown, config, look)}${facts(shown, decoded, look)}</div>
    ${shown.state !== 'none' && shown.hex !== null && again(shown, look, visit)}
    ${whole !== null && html`${linesPart(whole, look)}${totalsPart(whole, look)}`}
    ${acknowledgementPart(shown, look)}
    ${historyPart(shown, look)}
    ${remarks(shown, decoded, look)}
    ${insidePart(shown, look)}`
}

/** The desk gives what `chekpost decode` prints: a receipt has lines, every other document has fields. */
function decodedOf({ decoded }: ShownDocument): Receipt | Report | null {
  if (typeof decoded !== 'object' || decoded === null) return null
  return 'lines' in decoded || 'fields' in decoded ? (decoded as Receipt | Report) : null
}

function head(shown: ShownDocument, config: Config, look: Look): Html {
  const { say } = look
  const { words, colour, next } = stateWords(shown.state)
  const { why } = shown
  const step = nextStep(shown) ?? next
  const office = shown.state === 'acceptedParked' ? receiverPage(config, shown.register) : null
  return html`<p class="truth">${say(kindOf(shown))}, ${say(text(`ФД ${shown.number}`, `document ${shown.number}`))}${shown.total !== null && html`, ${look.money(shown.total)}`}</p>
    <div class="health ${colour}">
      <p><strong>${say(words)}</strong>${why !== null && html`: <bdi>${plainly(say(whyInWords(why)), 1_000)}</bdi>`}</p>
      ${step !== null && html`<p class="next">→ ${say(step)}${office !== null && html` <a href="${office}" rel="noreferrer">${say(text('Открыть страницу приёмника', "Open the receiver's page"))}</a>`}</p>`}
    </div>`
}

function nextStep({ state, why, type, format }: ShownDocument): Text | null {
  if (state === 'parked') return advice[kindOfReason(why ?? '')]
  if (state !== 'none') return null
  if (isReceiptType(type) && format === 'summary') return advice.shortRecord
  if (type === null)
    return text(
      'Касса не отдаёт документ с этим номером. Если чек был, загрузите его из файла ОФД или налоговой.',
      "The register does not give a document of this number. If there was a receipt, import it from the operator's or the tax service's file.",
    )
  return isReceiptType(type)
    ? text('По этому чеку сайту ничего не нужно.', 'The site needs nothing of this receipt.')
    : text('Это не чек, сайту он не нужен.', 'This is no receipt; the site does not need it.')
}

/** Where the site's administrator decides on what the site has set aside; null where no receiver of ours is. */
export function receiverPage({ registers }: Config, register: string): string | null {
  const bitrix = registers.find(({ name }) => name === register)?.bitrix
  if (bitrix === undefined || bitrix.mode !== 'webhook' || !URL.canParse(bitrix.url)) return null
  return new URL('/local/chekpost/admin.php?lang=ru&view=parked', bitrix.url).href
}

function facts(shown: ShownDocument, decoded: Receipt | Report | null, look: Look): Html {
  const { say } = look
  const row = (name: Text, value: Content) => html`<div><dt>${say(name)}</dt><dd>${value}</dd></div>`
  const shift = decoded?.shift ?? null
  const inShift = decoded !== null && 'receiptInShift' in decoded ? decoded.receiptInShift : null
  return html`<dl class="panel">
    ${row(text('Время на чеке', 'Time on it'), look.onReceipt(shown.time))}
    ${row(text('Касса', 'Register'), plainly(shown.register, 64))}
    ${row(text('ФН', 'Fiscal drive'), shown.storage)}
    ${decoded?.fp != null && row(text('ФП', 'Fiscal sign'), plainly(decoded.fp, 20))}
    ${shift !== null && row(text('Смена', 'Shift'), inShift === null ? shift : say(text(`${shift}, чек ${inShift}`, `${shift}, receipt ${inShift}`)))}
    ${row(text('Прочитан', 'Read'), look.time(shown.readAt))}
    ${wasAsked(shown) && row(text('Отправок', 'Attempts'), look.count(shown.attempts))}
  </dl>`
}

function again({ storage, number }: ShownDocument, { say }: Look, visit: Visit): Html {
  const selection = { storage, fromNumber: number, toNumber: number }
  return html`<h2>${say(text('Отправить ещё раз', 'Send again'))}</h2>
    ${needsScript(visit, `chekpost replay --fn ${storage} --fd ${number}`)}
    ${resendButton(selection, 'resend', say(text('Показать, что уйдёт', 'Show what would be sent')))}
    ${resendPlace('resend')}`
}

/** Odd things that decoding met. */
function remarks({ problem }: ShownDocument, decoded: Receipt | Report | null, { say }: Look): Content {
  const all = [...(problem === null ? [] : [problem]), ...(decoded?.problems ?? [])]
  if (all.length === 0) return null
  return html`<h2>${say(text('Замечания разбора', 'Remarks of decoding'))}</h2>
    <ul>${all.slice(0, 50).map((one) => html`<li><bdi>${plainly(say(faultInWords(one)), 300)}</bdi></li>`)}</ul>`
}
