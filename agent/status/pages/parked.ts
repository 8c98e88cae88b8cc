/** What waits for a person: parked receipts by equal reason with what to do about each, and those set aside on the site. */
import type { ListedRow, ParkedGroup, ParkedGroups } from '../../desk/desk.ts'
import { text } from '../../text.ts'
import { plainly } from '../../wording/plain.ts'
import { whyInWords } from '../../wording/reasons.ts'
import { needsScript } from '../frame.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Page } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { advice, kindOfReason } from './parkedadvice.ts'
import { onSitePart } from './parkedonsite.ts'
import { documentTable } from './receiptstable.ts'
import { resendButton, resendPlace } from './resend.ts'

export const parked: Page = {
  path: '/parked',
  name: text('Отложенные', 'Set aside'),
  inMenu: true,
  async draw(face, visit) {
    const { desk, config } = face
    const [found, snapshot] = await Promise.all([
      desk.parkedGroups({}, visit.signal),
      desk.status({}, visit.signal),
    ])
    const look = lookOf(face, visit)
    return html`<div id="done" tabindex="-1"></div>
      <div id="parked" data-renew>${summary(found, look)}
      ${found.parked > 0 && needsScript(visit, 'chekpost replay --parked')}
      ${found.groups.map((group, at) => groupPart(group, at, found, look))}
      ${others(found, look)}
      ${onSitePart(found, snapshot, config, visit.query['site'] === 'all', look)}</div>`
  },
}

function summary({ parked, looked }: ParkedGroups, look: Look): Html {
  const { say } = look
  if (parked === 0)
    return html`<p class="health green" role="status">${say(text('Здесь ничего не отложено.', 'Nothing is set aside here.'))}</p>`
  const all = look.count(parked)
  return html`<p role="status">${say(text(`Отложено здесь: ${all}.`, `Set aside here: ${all}.`))}
      ${say(
        text(
          'Остальные чеки идут мимо них. Устраните причину и отправьте ещё раз: дважды сайт не проведёт.',
          'The other receipts go past them. Mend the reason and send again: the site books nothing twice.',
        ),
      )}</p>
    ${
      looked < parked &&
      html`<p class="note">${say(
        text(
          `Их много: причины показаны по новейшим ${look.count(looked)}.`,
          `They are many: the reasons are those of the newest ${look.count(looked)}.`,
        ),
      )}</p>`
    }
    <p><a href="/receipts?state=parked">${say(text('Все отложенные списком', 'All of them as a list'))}</a>,
      <a href="/replay">${say(text('отправить по номерам или датам', 'send by numbers or dates'))}</a></p>`
}

/** What a site said may be long; it stands whole on the page of each receipt. */
const reasonLength = 400
const noReason = text('причина не записана', 'no reason was kept')

function groupPart(group: ParkedGroup, at: number, found: ParkedGroups, look: Look): Html {
  const { say } = look
  const { why, documents } = group
  const title = why === '' ? say(noReason) : plainly(say(whyInWords(why)), reasonLength)
  const [heading, place] = [`group-${at}`, `group-${at}-again`]
  return html`<section class="card red" aria-labelledby="${heading}">
    <h2 id="${heading}"><bdi>${title}</bdi></h2>
    <p>${say(extent(group, found, look))}</p>
    <p class="advice">→ ${say(advice[kindOfReason(why)])}</p>
    ${groupButton(group, found, place, look)}
    ${documentTable(documents, look, {
      ...{ label: say(text('Новейшие из них', 'The newest of them')), withoutReason: true },
      ...(canBeSent(why) && { action: (row) => rowButton(row, place, look) }),
    })}
    ${resendPlace(place)}
  </section>`
}

function extent({ count, registers, oldestReadAt }: ParkedGroup, found: ParkedGroups, look: Look) {
  const number = atLeast(count, found, look)
  const names = registers.map((name) => plainly(name, 64)).join(', ')
  return text(
    `Чеков: ${number}; касса: ${names}; первый прочитан ${look.at(oldestReadAt)}`,
    `Receipts: ${number}; register: ${names}; the first was read ${look.at(oldestReadAt)}`,
  )
}

/** Of many only the newest were counted. */
function atLeast(count: number, { parked, looked }: ParkedGroups, look: Look): string {
  return looked < parked ? `≥ ${look.count(count)}` : look.count(count)
}

/** The desk takes no longer reason; what has none cannot be told from others. */
const longestReason = 4096

/** Of a short record there is nothing that could be sent. */
function canBeSent(why: string): boolean {
  return kindOfReason(why) !== 'shortRecord'
}

function groupButton({ why, count }: ParkedGroup, found: ParkedGroups, place: string, look: Look): Content {
  if (!canBeSent(why) || why === '' || why.length > longestReason) return null
  const number = atLeast(count, found, look)
  const words = text(`Отправить всю группу: ${number}`, `Send the whole group: ${number}`)
  return resendButton({ state: 'parked', why }, place, look.say(words))
}

function rowButton({ storage, number }: ListedRow, place: string, { say }: Look): Html {
  const words = text(`Отправить ФД ${number}`, `Send document ${number}`)
  return resendButton({ storage, fromNumber: number, toNumber: number }, place, say(words))
}

function others({ otherGroups, otherDocuments }: ParkedGroups, look: Look): Content {
  if (otherGroups === 0) return null
  const [groups, documents] = [look.count(otherGroups), look.count(otherDocuments)]
  return html`<p class="note">${look.say(
    text(
      `И ещё причин: ${groups}, чеков с ними: ${documents}. Они есть в списке всех отложенных.`,
      `Further reasons: ${groups}, receipts with them: ${documents}. They are in the list of all set aside.`,
    ),
  )}</p>`
}
