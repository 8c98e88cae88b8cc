/** The registers of the overview: one card each. */
import { type Text, text } from '../../text.ts'
import { kindOf } from '../../wording/documents.ts'
import { type Content, type Html, html } from '../html.ts'
import type { RegisterStatus, Snapshot } from '../snapshot.ts'
import type { Look } from './look.ts'

export function registersPart({ registers }: Snapshot, look: Look): Html {
  return html`<h2>${look.say(text('Кассы', 'Registers'))}</h2>
    <div class="cards">${registers.map((register) => card(register, look))}</div>`
}

function card(register: RegisterStatus, look: Look): Html {
  const { say } = look
  const { identity, trouble } = register
  const id = `register-${register.name}`
  const shiftIs = shift(register)
  return html`<section class="card ${colourOf(register)}" aria-labelledby="${id}">
    <h3 id="${id}">${register.name} <span class="badge">${say(stateOf(register, look))}</span></h3>
    ${trouble !== null && html`<p class="trouble">${say(trouble.text)}${trouble.hint !== null && html`<br>→ ${say(trouble.hint)}`}</p>`}
    <dl>
      ${row(say(text('Последний документ', 'Last document')), lastDocument(register, look))}
      ${shiftIs !== null && row(say(text('Смена', 'Shift')), say(shiftIs))}
      ${row(say(text('Прочитано', 'Read')), look.ago(register.outbox.lastReadAt))}
      ${register.behind > 0 && row(say(text('Ещё не прочитано', 'Not read yet')), look.count(register.behind))}
      ${register.unreadable.length > 0 && row(say(text('Не читаются', 'Cannot be read')), register.unreadable.slice(0, 8).join(', '))}
      ${row(say(text('Связь', 'Line')), html`${say(lineWords[register.line])}, ${since(register.lineSince, look)}<br><code>${register.address}</code>`)}
      ${identity !== null && row(say(text('Модель', 'Model')), [identity.model, identity.firmware].filter(Boolean).join(', '))}
      ${identity !== null && row(say(text('Заводской номер', 'Serial number')), identity.serial ?? '–')}
      ${row(say(text('ФН', 'Fiscal drive')), drive(register, look))}
      ${row(say(text('Сверка с сайтом', 'Compared with the site')), compared(register, look))}
    </dl>
  </section>`
}

function row(name: string, value: Content): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function colourOf({ trouble, line, pausedUntil, leaving }: RegisterStatus): string {
  if (trouble !== null) return trouble.kind === 'halted' || trouble.kind === 'refused' ? 'red' : 'amber'
  return line === 'connected' && pausedUntil === null && !leaving ? 'green' : 'amber'
}

/** It goes on: "3 min ago" would say that it ended then. */
function since(at: string, { say, long, now }: Look): string {
  const lasting = long((now - Date.parse(at)) / 1000)
  return say(text(`уже ${lasting}`, `for ${lasting}`))
}

const lineWords = {
  connecting: text('подключается', 'connecting'),
  connected: text('на связи', 'connected'),
  lost: text('нет связи', 'not connected'),
} as const

function stateOf({ pausedUntil, leaving, line, state }: RegisterStatus, { at }: Look): Text {
  if (leaving) return text('порт отпускается…', 'letting go of the port…')
  if (pausedUntil !== null)
    return text(`порт отпущен до ${at(pausedUntil)}`, `port let go until ${at(pausedUntil)}`)
  if (line !== 'connected' || state === null) return lineWords[line]
  if (state.kind === 'idle') return text('свободна', 'idle')
  return state.text
}

/** The kept one, with its own time; its number leads to it. */
function lastDocument({ last }: RegisterStatus, { say, onReceipt }: Look): Content {
  if (last === null) return '–'
  const { storage, number, type, time } = last
  const name = say(text(`ФД ${number}`, `document ${number}`))
  return html`<a href="/receipt?fn=${storage}&amp;fd=${number}">${name}</a>,
    ${say(kindOf({ type, operation: null }))}<br>${onReceipt(time)}`
}

/**
 * A shift must be closed within 24 hours, or the register sells nothing more. As of the last document that was read:
 * what a register did since it was lost nobody knows.
 */
function shift({ last, line }: RegisterStatus): Text | null {
  if (last === null || last.shift === null) return null
  const { shift: number, shiftIsOpen } = last
  if (shiftIsOpen === null || line !== 'connected') return text(`${number}`, `${number}`)
  return shiftIsOpen
    ? text(`${number}, открыта`, `${number}, open`)
    : text(`${number}, закрыта`, `${number}, closed`)
}

/** A drive works 13, 15 or 36 months, and without a valid one the register sells nothing. */
const soonDays = 30

function drive({ identity, newest }: RegisterStatus, { say, now }: Look): Content {
  const storage = newest?.storage ?? identity?.storage
  if (storage === undefined) return '–'
  const debug =
    identity?.debugStorage === true && text('отладочный, чеки не отправляются', 'debug, nothing is sent')
  const expires = identity?.storageExpires ?? null
  const days = expires === null ? null : Math.floor((Date.parse(expires) - now) / 86_400_000)
  const until = expires !== null && text(`до ${expires.split('-').reverse().join('.')}`, `until ${expires}`)
  return html`${storage}${until !== false && html`, ${days !== null && days < soonDays ? html`<strong>${say(until)}</strong>` : say(until)}`}
    ${debug !== false && html`<br><strong>${say(debug)}</strong>`}`
}

function compared({ site }: RegisterStatus, look: Look): Content {
  const audit = site?.audit ?? null
  if (audit === null) return look.say(text('ещё не было', 'not yet'))
  const gaps = Object.values(audit.gaps).reduce((sum, one) => sum + one, 0)
  const found = gaps === 0 ? text('расхождений нет', 'no gaps') : text(`расхождений: ${gaps}`, `${gaps} gaps`)
  return html`${look.time(audit.at)}: ${look.say(found)}`
}
