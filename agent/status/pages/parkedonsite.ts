/** Receipts that the site took and set aside itself: decided there, counted here. */
import type { Config } from '../../config.ts'
import type { ParkedGroups } from '../../desk/desk.ts'
import { text } from '../../text.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Look } from './look.ts'
import { receiverPage } from './receipt.ts'
import { documentTable } from './receiptstable.ts'

/** Shown before somebody asks for all that are known. */
const few = 10

export function onSitePart(
  { onSite, newestOnSite }: ParkedGroups,
  { registers }: Snapshot,
  config: Config,
  isAll: boolean,
  look: Look,
): Html {
  const { say } = look
  const shown = isAll ? newestOnSite : newestOnSite.slice(0, few)
  return html`<section id="site" aria-labelledby="site-title">
    <h2 id="site-title">${say(text('Отложены на самом сайте', 'Set aside on the site itself'))}</h2>
    <p>${say(
      text(
        `По последним ответам сайта: ${look.count(onSite)}. Их решают на сайте; что там уже решено, здесь не видно.`,
        `By the site's last answers: ${look.count(onSite)}. They are decided on the site; what was decided there is not seen here.`,
      ),
    )}</p>
    ${compared(registers, look)}
    ${offices(config, look)}
    ${shown.length > 0 && documentTable(shown, look, { label: say(text('Отложены на сайте', 'Set aside on the site')) })}
    ${
      shown.length < newestOnSite.length &&
      html`<p><a href="/parked?site=all#site">${say(text(`Показать новейшие ${newestOnSite.length}`, `Show the newest ${newestOnSite.length}`))}</a></p>`
    }
  </section>`
}

/** The site's own count, as of the last comparison. */
function compared(registers: Snapshot['registers'], look: Look): Content {
  return registers.flatMap(({ name, site }) => {
    const audit = site?.audit ?? null
    if (audit === null) return []
    const there = look.count(audit.gaps['parkedThere'] ?? 0)
    const said = text(
      `${name}: сверка ${look.at(audit.at)} насчитала там ${there}`,
      `${name}: the comparison of ${look.at(audit.at)} counted ${there} there`,
    )
    return [html`<p class="note">${look.say(said)}</p>`]
  })
}

function offices(config: Config, { say }: Look): Content {
  const addresses = new Set(config.registers.flatMap(({ name }) => receiverPage(config, name) ?? []))
  return [...addresses].map(
    (address) =>
      html`<p><a href="${address}" rel="noreferrer">${say(text('Открыть страницу приёмника на сайте', "Open the receiver's page on the site"))} (${new URL(address).host})</a></p>`,
  )
}
