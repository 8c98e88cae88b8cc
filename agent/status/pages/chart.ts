/** Receipts read and delivered in the last 24 hours: two bars an hour, drawn as SVG. */
import type { HourCount } from '../../journal.ts'
import { text } from '../../text.ts'
import { hourOf } from '../figures.ts'
import { type Html, html } from '../html.ts'
import type { Look } from './look.ts'

/** Of the drawing's own units; it grows with the page. */
const size = { width: 720, height: 150, left: 64, bottom: 22, top: 14 } as const

export function chart(hours: readonly HourCount[], look: Look): Html {
  if (hours.length === 0) return html``
  const { say } = look
  const [read, delivered] = [sum(hours, 'read'), sum(hours, 'delivered')]
  const title = text('Чеки за 24 часа', 'Receipts in 24 hours')
  const words = text(
    `прочитано ${look.count(read)}, готово ${look.count(delivered)}`,
    `${look.count(read)} read, ${look.count(delivered)} done`,
  )
  return html`<h2>${say(title)}</h2>
    <figure>
      <svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${say(title)}: ${say(words)}">
        ${scale(hours, look)}${hours.map((hour, at) => bars(hour, at, hours, look))}
      </svg>
      <figcaption><span class="key read"></span> ${say(text('прочитано', 'read'))} ${look.count(read)}
        <span class="key delivered"></span> ${say(text('готово', 'done'))} ${look.count(delivered)}</figcaption>
    </figure>`
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
  const name = hourOf(hour.from, look.zone)
  const words = text(
    `${name} ч: прочитано ${hour.read}, готово ${hour.delivered}`,
    `${name}:00: ${hour.read} read, ${hour.delivered} done`,
  )
  return html`<g><title>${look.say(words)}</title>${bar('read', 1)}${bar('delivered', step / 2)}
    ${at % 3 === 0 && html`<text x="${(x + step / 2).toFixed(1)}" y="${size.height - 6}" text-anchor="middle">${name}</text>`}</g>`
}
