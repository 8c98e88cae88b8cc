/** What a document is made of, for who must know exactly: the sale as it is sent, the tree of tags, the bytes. */
import type { ShownDocument } from '../../desk/desk.ts'
import type { Field } from '../../fiscal/model.ts'
import { meaningOf } from '../../fiscal/tags.ts'
import { text } from '../../text.ts'
import { wasAsked } from '../../wording/documents.ts'
import { isMoney } from '../../wording/money.ts'
import { plainJson, plainly } from '../../wording/plain.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Look } from './look.ts'

/** Bounds of one page: a fiscal document has at most 32 KiB. */
const mostJson = 200_000
const mostBytes = 40_960
const mostFields = 3_000
const valueLength = 2_000

export function insidePart(document: ShownDocument, look: Look): Html {
  const { say } = look
  const { sale, tree, hex, format } = document
  const saleWords = wasAsked(document)
    ? text('Продажа, как она отправляется сайту (JSON)', 'The sale as it is sent to the site (JSON)')
    : text('Продажа, как она отправилась бы сайту (JSON)', 'The sale as it would be sent to the site (JSON)')
  return html`<h2>${say(text('Внутри документа', 'Inside the document'))}</h2>
    ${sale === null || sale === undefined ? null : folded('sale', say(saleWords), pre(plainJson(sale, mostJson), say(saleWords)))}
    ${tree !== null && folded('tree', say(text('Все теги документа', 'All tags of the document')), treePart(tree, look))}
    ${hex !== null && folded('hex', say(format === 'tlv' ? bytesWords : fileWords), pre(hexLines(hex), say(bytesWords)))}`
}

const bytesWords = text('Байты документа (hex)', 'Bytes of the document (hex)')
const fileWords = text('Байты загруженного документа (hex)', 'Bytes of the imported document (hex)')

function folded(id: string, summary: string, inside: Content): Html {
  return html`<details id="${id}"><summary>${summary}</summary>${inside}</details>`
}

/** What scrolls must be reachable by the keyboard. */
function pre(inside: string, label: string): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}">${inside}</pre>`
}

function hexLines(hex: string): string {
  const shown = hex.slice(0, 2 * mostBytes)
  const lines = (shown.match(/.{1,32}/g) ?? []).map((line, at) => {
    const bytes = line.match(/../g) ?? []
    return `${(16 * at).toString(16).padStart(4, '0')}  ${bytes.join(' ')}`
  })
  return [...lines, ...(shown.length < hex.length ? ['…'] : [])].join('\n')
}

/** Counts down over the whole tree. */
interface Room {
  left: number
}

function treePart(tree: readonly Field[], look: Look): Html {
  const room: Room = { left: mostFields }
  const list = branch(tree, null, room, look)
  return html`<p class="note">${look.say(
    text(
      'Данные покупателя и кассира закрыты звёздочками. Бледным рядом с суммой — число из документа, в копейках.',
      "The buyer's and the cashier's data are masked. The pale number beside a sum is the document's own, in kopecks.",
    ),
  )}</p>${list}`
}

function branch(fields: readonly Field[], parent: number | null, room: Room, look: Look): Html {
  return html`<ul class="tree">${fields.map((field) => {
    room.left--
    if (room.left < 0) return room.left === -1 ? html`<li>…</li>` : null
    return html`<li>${leaf(field, parent, room, look)}</li>`
  })}</ul>`
}

function leaf({ tag, name, value }: Field, parent: number | null, room: Room, look: Look): Html {
  const head = html`${tag > 0 && html`<code>${tag}</code> `}<span>${plainly(nameOf(tag, name, parent, look), 120)}</span>`
  if (typeof value === 'object') return html`${head}${branch(value, tag, room, look)}`
  if (typeof value === 'number' && isMoney({ tag, name }))
    return html`${head}: <b>${look.money(value)}</b> <small class="raw">${value}</small>`
  return html`${head}: <b><bdi>${plainly(String(value), valueLength)}</bdi></b>`
}

/** The law's Russian term, or the key of the tax service's JSON, which is English. */
function nameOf(tag: number, name: string | null, parent: number | null, { language, say }: Look): string {
  if (name === null) return say(text('неизвестный тег', 'unknown tag'))
  const meaning = meaningOf(tag, parent, new Uint8Array(2))
  return language === 'ru' && meaning?.name === name ? meaning.term : name
}
