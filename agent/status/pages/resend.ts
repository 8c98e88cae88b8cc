/**
 * Sending a selection again, for every page that can: first what would be sent is shown (a dry run), then the reason is
 * asked, then it is queued. The second step carries the very selection that was shown and a mark of what it held; does
 * that differ meanwhile, it is shown anew and nothing is sent.
 *
 * A page holds a `resendPlace(into)`. Where it knows the selection it puts a `resendButton` beside; where a person
 * describes one, an action of the page's own reads that form (`data-into` = the same id) and replies with
 * `{ html: await previewOf(face, selection, visit, into) }`. What follows is the same for both: `resendActions`.
 */
import { z } from 'zod'
import { checkedInput, type ReplayPreview } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { UsageError } from '../../usage.ts'
import { type Html, html } from '../html.ts'
import { toldOf } from '../told.ts'
import type { Action, Face, Visit } from '../visit.ts'
import { type Look, lookOf } from './look.ts'
import { reasonField, reasonOf, TypedReason } from './reason.ts'
import { documentTable, receiptLink } from './receiptstable.ts'
import { described, type Selection } from './resendwords.ts'

export type { Selection } from './resendwords.ts'

/** Where the preview and then the answer appear; ids are unique on a page. */
export function resendPlace(into: string): Html {
  return html`<div id="${into}" class="resend" aria-live="polite"></div>`
}

/** Asks for the preview of a selection that the page knows. */
export function resendButton(selection: Selection, into: string, label: string): Html {
  return html`<form data-do="/do/resend/preview" data-into="${into}">
    ${hidden({ selection: JSON.stringify(selection), into })}
    <button class="second">${label}</button>
  </form>`
}

/** What would be sent, with the form that sends it; or why there is nothing to send. */
export async function previewOf(face: Face, selection: Selection, visit: Visit, into: string): Promise<Html> {
  return drawn(face, await look(face, selection, visit), selection, visit, { into })
}

const into = z.string().regex(/^[\w-]{1,80}$/)
/** A reason of 4096 letters of which JSON escapes each one. */
const longestSelection = 32_768
const Preview = z.object({ selection: z.string().max(longestSelection), into })
const Send = Preview.extend({ mark: z.string().max(100), reason: TypedReason })

const preview: Action<z.infer<typeof Preview>> = {
  path: '/do/resend/preview',
  input: Preview,
  async act(face, { selection, into }, visit) {
    return { html: await previewOf(face, selectionOf(selection), visit, into) }
  },
}

const send: Action<z.infer<typeof Send>> = {
  path: '/do/resend',
  input: Send,
  async act(face, { selection: json, into, mark, reason }, visit) {
    const selection = selectionOf(json)
    const shown = await look(face, selection, visit)
    const again = (said: Text) =>
      ({ html: drawn(face, shown, selection, visit, { into, reason, said }) }) as const
    if (shown.digest !== mark) return again(changed)
    try {
      const order = { selection, digest: mark, who: visit.who, reason: reasonOf(reason, reasonWanted) }
      const { replayed } = await face.desk.replay(order, visit.signal)
      return { html: queued(replayed, selection, visit), done: true }
    } catch (error) {
      // The reason that was written must not be lost with the form.
      const said = toldOf(error)
      if (said === null) throw error
      return again(said)
    }
  },
}

export const resendActions: readonly Action[] = [preview, send]

async function look(face: Face, selection: Selection, { signal }: Visit): Promise<ReplayPreview> {
  if (Object.keys(selection).every((part) => part === 'limit')) throw new UsageError(nothingNamed)
  return await face.desk.previewReplay({ selection }, signal)
}

const reasonWanted = text('Напишите, зачем отправить ещё раз', 'Write why they are sent again')
const nothingNamed = text('Не сказано, какие чеки отправить', 'Nothing says which receipts are to be sent')
const changed = text(
  'Пока вы смотрели, чеков стало больше или меньше, или это другие. Ничего не отправлено: проверьте список ещё раз',
  'While you looked, receipts came or went. Nothing was sent: check the list again',
)

function selectionOf(json: string): Selection {
  try {
    return checkedInput('previewReplay', { selection: JSON.parse(json) }).selection
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(nothingNamed)
    throw error
  }
}

interface Drawing {
  readonly into: string
  readonly reason?: string
  /** Why it was not sent. */
  readonly said?: Text
}

function drawn(face: Face, shown: ReplayPreview, selection: Selection, visit: Visit, drawing: Drawing): Html {
  const { say } = visit
  const look = lookOf(face, visit)
  const message =
    drawing.said !== undefined && html`<p class="said red" role="alert">${say(drawing.said)}</p>`
  if (shown.count === 0) return html`${message}${nothingToSend(selection, look)}`
  const { documents } = shown
  return html`${message}
    <p><strong>${say(text('Проба, ещё ничего не отправлено.', 'A dry run, nothing is sent yet.'))}</strong>
      ${say(described(selection, look))}</p>
    <p>${totals(shown, look)}</p>
    ${documentTable(documents.toReversed(), look, { label: say(text('Выбранные чеки', 'The receipts selected')), withoutReason: selection.why !== undefined })}
    <form data-do="/do/resend" data-into="${drawing.into}">
      ${hidden({ selection: JSON.stringify(selection), into: drawing.into, mark: shown.digest })}
      ${reasonField(
        text('Зачем отправить ещё раз (останется в журнале)', 'Why they are sent again (kept in the audit)'),
        look,
        { id: `${drawing.into}-reason`, typed: drawing.reason ?? '' },
      )}
      <button>${say(text(`Отправить: ${look.count(shown.count)}`, `Send ${look.count(shown.count)}`))}</button>
    </form>`
}

function totals({ count, documents }: ReplayPreview, look: Look): string {
  const { say } = look
  const sum = look.money(sumOf(documents))
  const back = documents.filter(({ operation }) => operation === 2 || operation === 3)
  const idle = documents.filter(({ state }) => state === 'ignored').length
  const known = documents.filter(({ state }) => state === 'accepted' || state === 'acceptedParked').length
  const shown =
    documents.length < count ? text('среди показанных ', 'among those shown ') : text('из них ', 'of them ')
  const parts = [
    text(`Чеков: ${look.count(count)}`, `Receipts: ${look.count(count)}`),
    documents.length < count
      ? text(
          `показаны новейшие ${look.count(documents.length)}, их сумма ${sum}`,
          `the newest ${look.count(documents.length)} are shown, together ${sum}`,
        )
      : text(`на сумму ${sum}`, `together ${sum}`),
    ...(back.length === 0
      ? []
      : [
          text(
            `${shown.ru}возвратов ${look.count(back.length)} на ${look.money(sumOf(back))}`,
            `${shown.en}returns: ${look.count(back.length)}, ${look.money(sumOf(back))}`,
          ),
        ]),
    ...(known === 0
      ? []
      : [
          text(
            `${shown.ru}уже приняты сайтом: ${look.count(known)}, второй раз он их не проведёт`,
            `${shown.en}booked already: ${look.count(known)}, the site does not book them twice`,
          ),
        ]),
    ...(idle === 0
      ? []
      : [
          text(
            `${shown.ru}сайту нечего делать с ${look.count(idle)}: товар не движется или ФН отладочный`,
            `${shown.en}nothing to do for the site: ${look.count(idle)}, no goods move or the drive is for debugging`,
          ),
        ]),
  ]
  return `${parts.map(say).join('; ')}.`
}

function sumOf(documents: ReplayPreview['documents']): number {
  return documents.reduce((sum, { total }) => sum + (total ?? 0), 0)
}

function nothingToSend(selection: Selection, look: Look): Html {
  const { say } = look
  return html`<p class="note">${say(described(selection, look))}</p>
    <p>${say(
      text(
        'Отправлять нечего: таких чеков здесь нет, или сайту от них ничего не нужно, или их содержимое уже стёрто по сроку хранения.',
        'There is nothing to send: no such receipts are here, or the site needs nothing of them, or their content was emptied as its time was over.',
      ),
    )}</p>`
}

function queued(replayed: number, selection: Selection, { language, say }: Visit): Html {
  const one = single(selection)
  const number = new Intl.NumberFormat(language).format(replayed)
  return html`<p class="said green" role="status">${say(text(`Поставлено в очередь: ${number}.`, `Queued: ${number}.`))}
      ${say(text('Отправка начнётся сама, как только сайт ответит.', 'Sending begins by itself as soon as the site answers.'))}</p>
    <p>${say(text('Следить:', 'Watch:'))}
      ${one !== null && html`<a href="${receiptLink(one)}">${say(text('этот чек', 'this receipt'))}</a>,`}
      <a href="/receipts?state=waiting">${say(text('ждут отправки', 'waiting to be sent'))}</a>,
      <a href="/parked">${say(text('что ещё отложено', 'what is still set aside'))}</a>,
      <a href="/">${say(text('обзор', 'overview'))}</a></p>`
}

function single({ storage, fromNumber, toNumber }: Selection): { storage: string; number: number } | null {
  return storage !== undefined && fromNumber !== undefined && fromNumber === toNumber
    ? { storage, number: fromNumber }
    : null
}

function hidden(fields: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}`
}
