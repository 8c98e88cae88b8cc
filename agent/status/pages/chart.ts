/**
 * Receipts read and done in the last 24 hours: two bars an hour, drawn as SVG.
 *
 * They are shown as they were counted: after an outage, a replay or an import more may be done than was read that day.
 */
import type { HourCount } from '../../journal.ts'
import { type Text, text } from '../../text.ts'
import { hourOf } from '../figures.ts'
import { type Html, html } from '../html.ts'
import type { Look } from './look.ts'

/** Of the drawing's own units; it grows with the page. */
const size = { width: 720, height: 170, left: 64, bottom: 24, top: 16 } as const

/** The last of the hours is the one that runs. */
export function chart(hours: readonly HourCount[], look: Look): Html {
  if (hours.length === 0) return html``
  const { say } = look
  return html`<h2>${say(title)}</h2>
    <figure>
      <svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${say(told(hours, look))}">
        ${scale(hours, look)}${hours.map((hour, at) => bars(hour, at, hours, look))}
      </svg>
      <figcaption>${key('read', say(readWords), sum(hours, 'read'), look)}
        ${key('delivered', say(doneWords), sum(hours, 'delivered'), look)}
        <span><span class="key now"></span> ${say(text('этот час ещё идёт', 'this hour is not over'))}</span></figcaption>
    </figure>`
}

const title = text('Чеки за 24 часа', 'Receipts in 24 hours')
const readWords = text('прочитано', 'read')
const doneWords = text('готово', 'done')

/** For whoever cannot see the bars. */
function told(hours: readonly HourCount[], { count }: Look): Text {
  const now = hours.slice(-1)
  const pair = (some: readonly HourCount[]) => [count(sum(some, 'read')), count(sum(some, 'delivered'))]
  const [[read, done], [readNow, doneNow]] = [pair(hours), pair(now)]
  return text(
    `${title.ru}: прочитано ${read}, готово ${done}; из них за текущий час, который ещё идёт: ${readNow} и ${doneNow}`,
    `${title.en}: ${read} read, ${done} done; of these in this hour, which is not over: ${readNow} and ${doneNow}`,
  )
}

function key(kind: 'read' | 'delivered', words: string, number: number, { count }: Look): Html {
  return html`<span><span class="key ${kind}"></span> ${words} <b>${count(number)}</b></span>`
}

function sum(hours: readonly HourCount[], what: 'read' | 'delivered'): number {
  return hours.reduce((so, hour) => so + hour[what], 0)
}

/** The top of the chart: a round number that no bar is beyond. */
function topOf(hours: readonly HourCount[]): number {
  const most = Math.max(4, ...hours.flatMap(({ read, delivered }) => [read, delivered]))
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 4, 10].map((step) => step * power).find((top) => top >= most) ?? most
}

function heightOf(value: number, hours: readonly HourCount[]): number {
  const room = size.height - size.bottom - size.top
  return Math.round((value / topOf(hours)) * room * 10) / 10
}

function scale(hours: readonly HourCount[], look: Look): Html {
  const base = size.height - size.bottom
  return html`${[0, 0.5, 1].map((part) => {
    const value = topOf(hours) * part
    const y = base - heightOf(value, hours)
    return html`<line class="grid" x1="${size.left}" x2="${size.width}" y1="${y}" y2="${y}" /><text x="${size.left - 6}" y="${y + 4}" text-anchor="end">${look.count(value)}</text>`
  })}`
}

function bars(hour: HourCount, at: number, hours: readonly HourCount[], look: Look): Html {
  const step = (size.width - size.left) / hours.length
  const x = size.left + at * step
  const width = step / 2 - 2
  const base = size.height - size.bottom
  const bar = (kind: 'read' | 'delivered', offset: number) => {
    const height = heightOf(hour[kind], hours)
    return html`<rect class="${kind}" x="${(x + offset).toFixed(1)}" y="${(base - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height}" />`
  }
  const runs = at === hours.length - 1
  const name = hourOf(hour.from, look.zone)
  const over = runs ? text(', ещё идёт', ', not over') : text('', '')
  const words = text(
    `${name} ч${over.ru}: прочитано ${hour.read}, готово ${hour.delivered}`,
    `${name}:00${over.en}: ${hour.read} read, ${hour.delivered} done`,
  )
  return html`<g><title>${look.say(words)}</title>
    ${runs && html`<rect class="now" x="${x.toFixed(1)}" y="${size.top}" width="${step.toFixed(1)}" height="${base - size.top}" />`}
    ${bar('read', 1)}${bar('delivered', step / 2)}
    ${runs ? mark(size.width, 'end', look.say(text('сейчас', 'now'))) : (hours.length - 1 - at) % 3 === 0 && mark(x + step / 2, 'middle', name)}</g>`
}

function mark(x: number, anchor: 'middle' | 'end', words: string): Html {
  return html`<text x="${x.toFixed(1)}" y="${size.height - 6}" text-anchor="${anchor}">${words}</text>`
}
