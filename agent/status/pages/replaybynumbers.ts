/** What is known of document numbers: what would be sent, what is missing here, what the register may still hold. */
import type { ListedRow } from '../../desk/desk.ts'
import type { Snapshot } from '../../status/snapshot.ts'
import { type Text, text } from '../../text.ts'
import { type Html, html } from '../html.ts'
import type { Face, Visit } from '../visit.ts'
import type { Look } from './look.ts'
import {
  countOf,
  eachOf,
  mostNumbers,
  type NumberRange,
  numbersOf,
  rangesOf,
  selecting,
  written,
} from './replaynumbers.ts'
import { rereadForm } from './replayreread.ts'
import { previewOf } from './resend.ts'

export async function byNumbers(face: Face, visit: Visit, snapshot: Snapshot, look: Look): Promise<Html> {
  const { say, query, signal } = visit
  const ranges = numbersOf(query['numbers'] ?? '')
  const asked = query['fn'] ?? firstDrive(snapshot)
  const storage = /^\d{16}$/.test(asked) ? asked : null
  const selection = { ...selecting(ranges), ...(storage !== null && { storage }) }
  const preview = await previewOf(face, selection, visit, 'resend')
  const shown = html`<div id="resend" class="resend">${preview}</div>`
  if (storage === null) return shown
  if (countOf(ranges) > mostNumbers) return html`${shown}<p class="note">${say(tooWide)}</p>`
  const { documents } = await face.desk.list({ ...selection, limit: mostNumbers }, signal)
  return html`${shown}${missing(ranges, storage, documents, snapshot, look)}`
}

function firstDrive({ registers }: Snapshot): string {
  return registers.find(({ newest }) => newest !== null)?.newest?.storage ?? ''
}

const tooWide = text(
  `Чтобы увидеть, каких номеров здесь не хватает, укажите не больше ${mostNumbers} за раз`,
  `To see which numbers are missing here, ask for at most ${mostNumbers} at a time`,
)

function missing(
  ranges: readonly NumberRange[],
  storage: string,
  documents: readonly ListedRow[],
  { registers }: Snapshot,
  look: Look,
): Html {
  const { say } = look
  const { lacking, absent, short } = sorted(ranges, documents)
  const holder = registers.find(({ newest }) => newest?.storage === storage)
  const newest = holder?.newest?.number ?? 0
  const may = holder === undefined ? [] : [...lacking, ...absent].filter((number) => number <= newest)
  const later = holder === undefined ? [] : lacking.filter((number) => number > newest)
  const nowhere = holder === undefined ? lacking : []
  const line = (numbers: readonly number[], words: (list: string) => Text) =>
    numbers.length > 0 && html`<p>${say(words(written(rangesOf(numbers))))}</p>`
  return html`${line(may, (list) => text(`Здесь нет, но может быть в ФН: ${list}`, `Not here, but perhaps in the drive: ${list}`))}
    ${may.length > 0 && holder !== undefined && rereadForm(holder.name, storage, rangesOf(may), look)}
    ${line(absent, (list) => text(`ФН уже отвечал, что не знает номеров: ${list}`, `The drive has said that it does not know: ${list}`))}
    ${line(later, (list) => text(`Касса ещё не пробила таких номеров (последний ${newest}): ${list}`, `The register has not come so far (it is at ${newest}): ${list}`))}
    ${line(short, (list) => text(`Остался только итог, строк в ФН уже нет: ${list}. Возьмите чеки в JSON и примите из файла`, `Only the totals are left: ${list}. Take the receipts as JSON and import them`))}
    ${line(nowhere, (list) => text(`Здесь нет, и этот ФН сейчас не в кассе: ${list}. Возьмите чеки в JSON и примите из файла`, `Not here, and this drive is in no register now: ${list}. Take the receipts as JSON and import them`))}`
}

function sorted(
  ranges: readonly NumberRange[],
  documents: readonly ListedRow[],
): Record<'lacking' | 'absent' | 'short', number[]> {
  const formats = new Map(documents.map(({ number, format }) => [number, format]))
  const numbers = [...eachOf(ranges)]
  return {
    lacking: numbers.filter((number) => !formats.has(number)),
    absent: numbers.filter((number) => formats.get(number) === 'absent'),
    short: numbers.filter((number) => formats.get(number) === 'summary'),
  }
}
