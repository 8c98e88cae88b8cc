/** The lines of a receipt with what each does to stock and why, and its totals. */
import type { Receipt, ReceiptLine } from '../../fiscal/model.ts'
import { type Text, text } from '../../text.ts'
import { plainly } from '../../wording/plain.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'
import { moveReason, moveWords } from './receiptmoves.ts'
import { type Column, type Row, table } from './table.ts'

/** A till that prints more is not in a shop. */
const mostLines = 500
const nameLength = 240

export function linesPart({ lines }: Receipt, look: Look): Html {
  const { say } = look
  if (lines.length === 0)
    return html`<h2>${say(title)}</h2><p>${say(text('Строк в чеке нет.', 'The receipt has no lines.'))}</p>`
  const left = lines.length - mostLines
  return html`<h2>${say(title)}</h2>
    ${table(
      say(title),
      columns,
      lines.slice(0, mostLines).map((line) => cellsOf(line, look)),
      say,
    )}
    ${lines.some(isWithoutCode) && html`<p class="note">${say(byName)}</p>`}
    ${left > 0 && html`<p class="note">${say(text(`И ещё строк: ${left}`, `Lines beyond these: ${left}`))}</p>`}`
}

const title = text('Строки чека', 'Lines')
const byName = text(
  'Товар без кода в чеке узнаётся на сайте по названию.',
  'Goods without a code on the receipt are known to the site by their name.',
)

function isWithoutCode({ code }: ReceiptLine): boolean {
  return [code.gtin, code.ean, code.article, code.mark].every((one) => one === null)
}

const columns: readonly Column[] = [
  { head: text('Наименование', 'Name'), kind: 'name', place: 'bare' },
  { head: text('Количество', 'Quantity'), kind: 'sum', place: 'first' },
  { head: text('Цена', 'Price'), kind: 'sum', place: 'times' },
  { head: text('Сумма', 'Sum'), kind: 'sum', place: 'right' },
  { head: text('Склад', 'Stock'), kind: 'words' },
]

function cellsOf(line: ReceiptLine, look: Look): Row {
  const { say } = look
  return [
    html`${line.n}. <bdi>${line.name === null ? '–' : plainly(line.name, nameLength)}</bdi>${codesOf(line, look)}`,
    html`${line.quantity === null ? '–' : plainly(look.decimal(line.quantity), 30)} ${unitOf(line.unit, look)}`,
    look.money(line.price),
    look.money(line.sum),
    html`<span class="${moveColours[line.move]}">${say(moveWords[line.move])}</span>
      <small>${plainly(say(moveReason(line.why)), nameLength)}</small>`,
  ]
}

const moveColours = { out: 'green', in: 'green', none: '', review: 'amber' } as const

/** Measures of tag 2108 that shops use; text of tag 1197 stays as it is. */
const units: ReadonlyMap<number, Text> = new Map([
  [0, text('шт.', 'pcs')],
  [10, text('г', 'g')],
  [11, text('кг', 'kg')],
  [12, text('т', 't')],
  [20, text('см', 'cm')],
  [21, text('дм', 'dm')],
  [22, text('м', 'm')],
  [30, text('см²', 'cm²')],
  [31, text('дм²', 'dm²')],
  [32, text('м²', 'm²')],
  [40, text('мл', 'ml')],
  [41, text('л', 'l')],
  [42, text('м³', 'm³')],
  [50, text('кВт·ч', 'kWh')],
  [51, text('Гкал', 'Gcal')],
  [70, text('сут.', 'days')],
  [71, text('ч', 'h')],
  [72, text('мин', 'min')],
  [73, text('с', 's')],
])

function unitOf(unit: ReceiptLine['unit'], { say }: Look): string {
  if (unit === null) return ''
  if (typeof unit === 'string') return plainly(unit, 20)
  const known = units.get(unit)
  return known === undefined ? say(text(`(мера ${unit})`, `(measure ${unit})`)) : say(known)
}

function codesOf({ code }: ReceiptLine, { say }: Look): Content {
  const found: readonly (readonly [name: string, value: string | null])[] = [
    ['GTIN', code.gtin],
    ['EAN', code.ean],
    [say(text('артикул', 'article')), code.article],
    [say(text('марка', 'mark')), code.mark],
  ]
  return found.map(
    ([name, value]) => value !== null && html`<br><small>${name} <code>${plainly(value, 80)}</code></small>`,
  )
}

const payments: readonly (readonly [
  part: 'cash' | 'electronic' | 'prepaid' | 'credit' | 'provision',
  words: Text,
])[] = [
  ['cash', text('Наличными', 'Cash')],
  ['electronic', text('Безналичными', 'Electronic')],
  ['prepaid', text('Зачёт аванса', 'Offset of an advance')],
  ['credit', text('В кредит', 'On credit')],
  ['provision', text('Встречным предоставлением', 'In kind')],
]

export function totalsPart(receipt: Receipt, look: Look): Html {
  const { say } = look
  const row = (name: Text, value: Content) => html`<div><dt>${say(name)}</dt><dd>${value}</dd></div>`
  const { correction } = receipt
  return html`<h2>${say(text('Итог и оплата', 'Total and payment'))}</h2><dl class="panel">
    ${row(text('Итог', 'Total'), html`<strong>${look.money(receipt.total)}</strong>`)}
    ${payments.map(([part, words]) => (receipt[part] ?? 0) !== 0 && row(words, look.money(receipt[part])))}
    ${correction !== null && row(text('Коррекция расчёта от', 'Corrects the settlement of'), plainly(correction.date ?? '–', 20))}
    ${correction !== null && row(text('Основание', 'Ground'), say(groundOf(correction.type, correction.orderNumber)))}
  </dl>`
}

function groundOf(type: number | null, order: string | null): Text {
  if (type === 0) return text('самостоятельно', 'of their own will')
  const number = order === null ? '' : ` ${plainly(order, 40)}`
  return text(`по предписанию${number}`, `by order${number}`)
}
