/** What an import would do, and what it has done. */
import { type Text, text } from '../../text.ts'
import type { ImportedDocument, ImportReport } from '../../transfer/carryout.ts'
import { ownerHint, ownerlessOf, ownerlessWords } from '../../transfer/owners.ts'
import {
  conflictOf,
  conflictsStay,
  howToSend,
  lacks,
  shownOnlyWhy,
  unsentWords,
  whose,
} from '../../wording/importing.ts'
import { type Content, type Html, html } from '../html.ts'
import type { Face } from '../visit.ts'
import type { Look } from './look.ts'
import { reasonField } from './reason.ts'
import { receiptLink } from './receiptstable.ts'
import { type Column, table } from './table.ts'

export interface CheckedFiles {
  readonly files: readonly { readonly upload: string; readonly name: string }[]
  /** Chosen by the person; empty = the drive tells. */
  readonly register: string
}

/** So many rows of each list are drawn. */
const mostRows = 200

/** The dry run, with the form that imports these very files. */
export function checkedPart(report: ImportReport, checked: CheckedFiles, face: Face, look: Look): Html {
  const { say } = look
  return html`<h2>${say(text('Проба, ничего не записано', 'A dry run, nothing was written'))}</h2>
    <p>${checked.files.map(({ name }, at) => html`${at > 0 && ', '}<bdi>${name}</bdi>`)}</p>
    ${refusals(report, checked.files, look)}
    ${counted(report, look)}${driveList(report, look)}
    ${conflicts(report, look)}${shownOnly(report, look)}${receipts(report, look)}
    ${decision(report, checked, face, look)}`
}

export function donePart(report: ImportReport, look: Look): Html {
  const { say, count } = look
  return html`<h2>${say(text('Принято', 'Imported'))}</h2>
    <p class="said green" role="status">${say(text(`Новых: ${count(report.kept)}, отправятся сами: ${count(report.owed)}`, `New: ${count(report.kept)}, to be sent by themselves: ${count(report.owed)}`))}</p>
    ${counted(report, look)}${conflicts(report, look)}${receipts(report, look)}
    <p>${say(text('Следить:', 'Watch:'))} <a href="/receipts?state=waiting">${say(text('ждут отправки', 'waiting to be sent'))}</a></p>`
}

/** By their names: a file that is wrong says why, and what to do with it. */
function refusals({ refused }: ImportReport, files: CheckedFiles['files'], { say }: Look): Content {
  if (refused.length === 0) return null
  return html`<h3>${say(text('Эти файлы не принять', 'These files cannot be imported'))}</h3>
    <ul>${refused.map(({ at, why }) => html`<li class="said red" role="alert"><bdi>${files[at]?.name ?? String(at + 1)}</bdi>: ${say(why)}</li>`)}</ul>`
}

function counted(report: ImportReport, look: Look): Html {
  const { kept, known, owed, heldCount, conflictCount, shownOnlyCount } = report
  const { say, count } = look
  const rows: readonly (readonly [Text, number])[] = [
    [text('новых', 'new'), kept],
    [text('из них уйдут на сайт', 'of those, go to the site'), owed],
    [text('уже известны', 'known already'), known],
    [text('противоречат', 'in conflict'), conflictCount],
    [text('только показаны', 'only shown'), shownOnlyCount],
    ...(heldCount > 0 ? [[text('не уйдут: см. ниже', 'not sent: see below'), heldCount] as const] : []),
  ]
  return html`<ul class="numbers">${rows.map(([words, number]) => html`<li><b>${count(number)}</b> <span>${say(words)}</span></li>`)}</ul>`
}

function conflicts({ conflicts, conflictCount }: ImportReport, { say }: Look): Content {
  if (conflictCount === 0) return null
  const rows = conflicts.slice(0, mostRows).map((conflict) => {
    const { key, differs } = conflictOf(conflict)
    return html`<li>${linked(key)}: ${say(differs)}</li>`
  })
  return html`<h3>${say(conflictsStay)}</h3>
    <ul>${rows}</ul>${more(conflictCount, rows.length, say)}`
}

function linked(key: string): Html {
  const [, storage, number] = /^FN(\d{16})-FD(\d+)$/.exec(key) ?? []
  if (storage === undefined) return html`${key}`
  return html`<a href="${receiptLink({ storage, number: Number(number) })}">${key}</a>`
}

function more(all: number, drawn: number, say: Look['say']): Content {
  const left = all - drawn
  return left > 0 && html`<p class="note">${say(text(`и ещё ${left}`, `and ${left} more`))}</p>`
}

function shownOnly({ shownOnly, shownOnlyCount }: ImportReport, look: Look): Content {
  const { say, money, onReceipt } = look
  if (shownOnlyCount === 0) return null
  const rows = shownOnly
    .slice(0, mostRows)
    .map(
      ({ missing, receipt }) =>
        html`<li>${onReceipt(receipt.time)}, ${money(receipt.total)}: ${say(lacks(missing))}</li>`,
    )
  return html`<h3>${say(shownOnlyWhy)}</h3>
    <ul>${rows}</ul>${more(shownOnlyCount, rows.length, say)}`
}

/** Which drives, whose, and which numbers: by these a person sees that a file is of this shop. */
function driveList({ drives }: ImportReport, { say, count }: Look): Content {
  const rows = drives.slice(0, mostRows).map(
    (
      drive,
    ) => html`<li><bdi>${drive.storage}</bdi>, ${say(text('ФД', 'documents'))} ${drive.first}–${drive.last}
      (${count(drive.documents)}): ${say(whose(drive))}</li>`,
  )
  return (
    rows.length > 0 &&
    html`<h3>${say(text('ФН в файле', 'Fiscal drives of the file'))}</h3><ul>${rows}</ul>${more(drives.length, rows.length, say)}`
  )
}

const results: Readonly<Record<ImportedDocument['result'], Text>> = {
  kept: text('новый', 'new'),
  filled: text('дополнит запись без содержимого', 'fills a row without content'),
  known: text('уже есть', 'known'),
  conflict: text('противоречит', 'in conflict'),
}

function receipts({ documents, kept, known, conflictCount, heldCount }: ImportReport, look: Look): Content {
  const { say, money, onReceipt } = look
  if (documents.length === 0) return null
  const title = say(text('Чеки из файла', 'The receipts of the file'))
  const rows = documents
    .slice(0, mostRows)
    .map(({ key, result, owed, unsent, time, total }) => [
      linked(key),
      onReceipt(time),
      money(total),
      html`${say(results[result])}${(result === 'kept' || result === 'filled') && html`, ${say(owed ? sent : unsentWords[unsent ?? 'none'])}`}`,
    ])
  return html`<details><summary>${title}</summary>
    ${table(title, columns, rows, say)}${more(kept + known + conflictCount, rows.length, say)}</details>
    ${heldCount > 0 && html`<p class="note">${say(howToSend)}</p>`}`
}

const columns: readonly Column[] = [
  { head: text('Чек', 'Receipt'), kind: 'name' },
  { head: text('Время', 'Time') },
  { head: text('Сумма', 'Sum'), kind: 'sum' },
  { head: text('Что с ним', 'What of it') },
]

const sent = text('уйдёт на сайт', 'goes to the site')
const chooseAbove = text(
  'Если это чеки этого магазина, выберите выше, чьи они, и проверьте снова; при восстановлении этой же установки выберите «как в файле»',
  'If the receipts are of this shop, choose above whose they are, and check again; to restore this very installation choose "as in the file"',
)

function decision(
  report: ImportReport,
  { files, register }: CheckedFiles,
  { config }: Face,
  { say, count }: Look,
): Content {
  const { kept, digests, refused } = report
  const ownerless = ownerlessOf(
    report,
    config.registers.map(({ name }) => name),
  )
  if (ownerless !== null) {
    const next = ownerless.kind === 'stranger' ? chooseAbove : ownerHint(ownerless)
    return html`<p class="said red" role="alert"><bdi>${say(ownerlessWords(ownerless)).slice(0, 500)}</bdi>. ${say(next)}</p>`
  }
  const right = files.filter((_, at) => !refused.some((wrong) => wrong.at === at))
  if (right.length === 0) return null
  if (kept === 0)
    return html`<p>${say(text('Принимать нечего: нового в файле нет.', 'There is nothing to import: the file holds nothing new.'))}</p>`
  return html`<form data-do="/do/import" data-into="import-result">
    <input type="hidden" name="uploads" value="${right.map(({ upload }) => upload).join(' ')}">
    <input type="hidden" name="digests" value="${digests.join(' ')}">
    <input type="hidden" name="register" value="${register}">
    ${reasonField(text('Зачем принять (останется в журнале)', 'Why they are imported (kept in the audit)'), { say })}
    <button>${say(text(`Принять новые: ${count(kept)}`, `Import ${count(kept)} new`))}</button>
  </form>`
}
