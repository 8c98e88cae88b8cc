/** The form of the search of receipts: what was typed stays, and each fault stands beside its field. */
import { type Text, text } from '../../text.ts'
import { stateWords } from '../../wording/documents.ts'
import { plainly } from '../../wording/plain.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Visit } from '../visit.ts'
import { type FieldName, longestField, states, type Typed } from './receiptsquery.ts'

export interface FormParts {
  readonly typed: Typed
  readonly faults: Readonly<Partial<Record<FieldName, Text>>>
  readonly registers: readonly string[]
}

/** Works without JavaScript: a plain GET. */
export function searchForm(parts: FormParts, { say }: Visit): Html {
  const { typed } = parts
  const field = (name: FieldName, label: Text, kind: Content) => labelled(name, label, kind, parts, say)
  const own = (name: FieldName) => described(name, parts)
  return html`<form action="/receipts" method="get" class="panel" role="search">
    ${field(
      'number',
      text('Номер ФД, ключ или QR', 'Number, key or QR'),
      html`<input name="number" value="${typed.number}" size="22" maxlength="${longestField}" autocomplete="off" spellcheck="false"${own('number')}>`,
    )}
    ${field('from', text('Время на чеке с', 'Time on it from'), timeInput('from', parts))}
    ${field('to', text('по', 'until'), timeInput('to', parts))}
    ${field('sum', text('Сумма (одна или от)', 'Sum (one, or from)'), sumInput('sum', parts))}
    ${field('sumTo', text('Сумма до', 'Sum up to'), sumInput('sumTo', parts))}
    ${field(
      'state',
      text('Состояние', 'State'),
      html`<select name="state"${own('state')}>${option('', say(text('любое', 'any')), typed.state)}
        ${states.map((state) => option(state, say(stateWords(state).words), typed.state))}</select>`,
    )}
    ${field(
      'register',
      text('Касса', 'Register'),
      html`<select name="register"${own('register')}>${option('', say(text('все', 'all')), typed.register)}
        ${registersToOffer(parts).map((name) => option(name, name, typed.register))}</select>`,
    )}
    <label class="tick"><input type="checkbox" name="receipts" value="1"${typed.receipts !== '' && html` checked`}>
      ${say(text('Только чеки', 'Receipts only'))}</label>
    <button>${say(text('Найти', 'Search'))}</button>
    <a href="/receipts">${say(text('Сбросить', 'Clear'))}</a>
  </form>`
}

/** A register that is no longer in the config still has receipts. */
function registersToOffer({ registers, typed }: FormParts): string[] {
  const { register } = typed
  const isOther = register !== '' && register.length <= 64 && !registers.includes(register)
  return isOther ? [...registers, register] : [...registers]
}

/** Browsers empty a time that they do not understand; such a one is shown as text. */
function timeInput(name: 'from' | 'to', parts: FormParts): Html {
  const value = parts.typed[name]
  const isClock = value === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)
  const isPlain = isClock && parts.faults[name] === undefined
  return html`<input type="${isPlain ? 'datetime-local' : 'text'}" name="${name}" value="${value}" maxlength="40"${described(name, parts)}>`
}

function sumInput(name: 'sum' | 'sumTo', parts: FormParts): Html {
  return html`<input name="${name}" value="${parts.typed[name]}" inputmode="decimal" size="10" maxlength="40" autocomplete="off"${described(name, parts)}>`
}

function described(name: FieldName, { faults }: FormParts): Html | false {
  return faults[name] !== undefined && html` aria-invalid="true" aria-describedby="${name}-fault"`
}

function labelled(
  name: FieldName,
  label: Text,
  input: Content,
  { faults }: FormParts,
  say: (said: Text) => string,
): Html {
  const fault = faults[name]
  return html`<label>${say(label)} ${input}
    ${fault !== undefined && html`<span class="red" id="${name}-fault" role="alert">${say(fault)}</span>`}</label>`
}

function option(value: string, words: string, chosen: string): Html {
  return html`<option value="${value}"${value === chosen && html` selected`}>${plainly(words, 64)}</option>`
}
