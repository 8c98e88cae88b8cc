/** The talk with one register as it goes, frame by frame. */
import { text } from '../../text.ts'
import { Failure } from '../../usage.ts'
import type { WireRow } from '../../wiretap.ts'
import { preciseTime } from '../figures.ts'
import { type Html, html } from '../html.ts'
import type { Face, Page, Stream, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'

export const wire: Page = {
  path: '/wire',
  name: text('Обмен с кассой', 'Talk with the register'),
  inMenu: false,
  under: '/diagnostics',
  draw(face, visit) {
    const { say } = visit
    const name = registerOf(face, visit)
    const look = lookOf(face, visit)
    return Promise.resolve(html`<p><b>${name}</b>. ${say(legend)}</p>
      <noscript><p class="note">${say(withoutScript)} <a href="/wire?register=${name}">${say(text('Обновить', 'Renew'))}</a></p></noscript>
      <div class="wide wire" id="frames" data-live="/live/wire?register=${name}" data-follow tabindex="0" role="log" aria-live="off"
        aria-label="${say(text('Кадры', 'Frames'))}">${frames(face.lastTalk(name).slice(-mostBefore), look)}</div>`)
  },
}

/** What was said before somebody looked. */
const mostBefore = 100

const withoutScript = text(
  'Без JavaScript страница сама не обновляется.',
  'Without JavaScript the page does not renew itself.',
)

const legend = text(
  '→ chekpost спрашивает, ← касса отвечает; сначала смысл, под ним байты. Точки скрывают пароли и содержимое чеков.',
  '→ chekpost asks, ← the register answers; first the meaning, below it the bytes. Dots hide passwords and the content of receipts.',
)

export const wireStream: Stream = {
  path: '/live/wire',
  open(face, visit, send) {
    const look = lookOf(face, visit)
    return face.listenWire(registerOf(face, visit), (rows) =>
      send({ into: 'frames', how: 'append', html: drawnOnce(rows, look) }),
    )
  },
}

/** All who listen are given the same rows. */
const drawn = { ru: new WeakMap<readonly WireRow[], Html>(), en: new WeakMap<readonly WireRow[], Html>() }

function drawnOnce(rows: readonly WireRow[], look: Look): Html {
  const known = drawn[look.language].get(rows) ?? frames(rows, look)
  drawn[look.language].set(rows, known)
  return known
}

function frames(rows: readonly WireRow[], look: Look): Html {
  return html`${rows.map((row) => frame(row, look))}`
}

/** The one in the query; without one the first. */
function registerOf({ config }: Face, { query }: Visit): string {
  const names = config.registers.map(({ name }) => name)
  const name = query['register'] ?? names[0] ?? ''
  if (names.includes(name)) return name
  throw new Failure(text('Такой кассы нет в настройках', 'There is no such register in the config'))
}

const ways = {
  '>': { sign: '→', words: text('кассе', 'to the register') },
  '<': { sign: '←', words: text('от кассы', 'from the register') },
} as const

/** First in words, then as it stood on the wire. */
function frame({ at, way, hex, name, says, meaning, problem }: WireRow, { say, zone }: Look): Html {
  const time = new Date(at).toISOString()
  const { sign, words } = ways[way]
  return html`<div class="frame ${way === '>' ? 'to' : 'from'}"><time datetime="${time}">${preciseTime(at, zone)}</time>
    <span aria-hidden="true">${sign}</span><span class="hidden">${say(words)}</span>
    ${name !== null && html`<b>${name}</b>`} ${says !== null && say(says)}
    ${problem !== null && html`<span class="red">${say(problem)}</span>`}
    ${meaning !== null && html`<span class="note">${say(meaning)}</span>`}
    ${hex !== '' && html`<span class="hex${hex.length === 2 && ' byte'}">${hex}</span>`}</div>`
}
