/** Long work that is under way: how far, how fast, how long still. */
import type { ProgressView } from '../../progress.ts'
import { text } from '../../text.ts'
import { type Html, html } from '../html.ts'
import type { Look } from './look.ts'

export function workPart(work: readonly ProgressView[], look: Look): Html {
  return html`${work.map((one, at) => progress(one, `work-${at}`, look))}`
}

function progress({ what, done, of, perSecond, secondsLeft }: ProgressView, id: string, look: Look): Html {
  const { say } = look
  const rate =
    perSecond !== null && say(text(`${perSecond.toFixed(1)} в секунду`, `${perSecond.toFixed(1)} a second`))
  const left =
    secondsLeft !== null && say(text(`осталось ${look.long(secondsLeft)}`, `${look.long(secondsLeft)} left`))
  const far = of === null ? look.count(done) : `${look.count(done)} / ${look.count(of)}`
  return html`<p class="work"><label for="${id}">${say(what)}: ${far}</label>
    <progress id="${id}"${of !== null && html` max="${of}" value="${Math.min(done, of)}"`}></progress>
    <span>${[rate, left].filter((one) => one !== false).join(', ')}</span></p>`
}
