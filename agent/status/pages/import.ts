/**
 * Receipts out of files: an export of ours or the tax service's JSON. A file goes to the daemon in pieces and waits
 * there; it is checked first (a dry run), and what is imported is the very file that was checked.
 */
import { z } from 'zod'
import { text } from '../../text.ts'
import type { ImportReport } from '../../transfer/carryout.ts'
import { asInFile } from '../../transfer/place.ts'
import { UsageError } from '../../usage.ts'
import { needsScript } from '../frame.ts'
import { html } from '../html.ts'
import type { Action, Face, Page, Visit } from '../visit.ts'
import { checkedPart, donePart } from './importreport.ts'
import { lookOf } from './look.ts'
import { reasonOf, TypedReason } from './reason.ts'

export const importing: Page = {
  path: '/import',
  name: text('Чеки из файла', 'Receipts from a file'),
  inMenu: false,
  under: '/replay',
  draw(face, visit) {
    const { say } = visit
    const names = face.config.registers.map(({ name }) => name)
    const words = text(
      'Подходит выгрузка chekpost (chekpost outbox export) и чеки в JSON от налоговой («Мои чеки») или оператора, до 64 МБ. Сначала файл проверяется; ничего не отправится дважды.',
      'Fitting are exports of chekpost (chekpost outbox export) and receipts as JSON from the tax service or the operator, up to 64 MB. The file is checked first; nothing is sent twice.',
    )
    return Promise.resolve(html`<p class="note">${say(words)}</p>
      ${needsScript(visit, 'chekpost outbox import --dry-run receipts.json')}
      <form class="panel" data-do="/do/import/check" data-into="import-result" data-pieces="/do/import/piece">
        <label>${say(text('Файлы (до восьми)', 'Files (up to eight)'))}
          <input type="file" name="file" multiple required accept=".json,.jsonl,.ndjson,.txt,application/json"></label>
        <label>${say(text('Чьи чеки, если ФН здесь ещё не было', 'Whose they are, if the drive is new here'))}
          <select name="register"><option value="">${say(text('решит номер ФН', 'the drive tells'))}</option>
            ${names.map((name) => html`<option value="${name}">${name}</option>`)}
            <option value="${asInFile}">${say(text('как в файле (восстановление)', 'as in the file (restoring)'))}</option></select></label>
        <button>${say(text('Проверить', 'Check'))}</button>
      </form>
      <div id="import-result" aria-live="polite"></div>`)
  },
}

const Piece = z.object({
  upload: z.union([z.uuid(), z.literal('')]),
  at: z.string().regex(/^\d{1,12}$/),
  of: z.string().regex(/^\d{1,15}$/),
  piece: z.string().max(1_500_000),
})

const piece: Action<z.infer<typeof Piece>> = {
  path: '/do/import/piece',
  input: Piece,
  bodyLimit: 2 * 1024 * 1024,
  async act({ desk }, { upload, at, of, piece }, { signal }) {
    const given = { at: Number(at), of: Number(of), piece, ...(upload !== '' && { upload }) }
    const staged = await desk.stageImport(given, signal)
    return { html: html`${staged.upload}` }
  },
}

const mostFiles = 8

/** The name at the daemon and, behind a space, the one that the person knows. */
const Staged = z
  .string()
  .max(400)
  .regex(/^[\da-f-]{36} /)
const Check = z.object({
  file: z.union([Staged.transform((one) => [one]), z.array(Staged).min(1)]),
  register: z.string().max(64).default(''),
})

const check: Action<z.infer<typeof Check>> = {
  path: '/do/import/check',
  input: Check as z.ZodType<z.infer<typeof Check>>,
  async act(face, { file, register }, visit) {
    if (file.length > mostFiles)
      throw new UsageError(text('Не больше восьми файлов за раз', 'At most eight files at a time'))
    const files = file.map((one) => ({ upload: one.slice(0, 36), name: one.slice(37) }))
    const uploads = files.map(({ upload }) => upload)
    const report = await carryOut(face, { uploads, register, dryRun: true, reason: '' }, visit)
    return { html: checkedPart(report, { files, register }, face, lookOf(face, visit)) }
  },
}

const Import = z.object({
  uploads: z.string().max(400),
  digests: z.string().max(800),
  register: z.string().max(64).default(''),
  reason: TypedReason,
})

const carry: Action<z.infer<typeof Import>> = {
  path: '/do/import',
  input: Import,
  async act(face, { uploads, digests, register, reason }, visit) {
    const wanted = text('Напишите, зачем принять', 'Write why they are imported')
    const order = {
      uploads: uploads.split(' '),
      digests: digests.split(' '),
      ...{ register, dryRun: false, reason: reasonOf(reason, wanted) },
    }
    return { html: donePart(await carryOut(face, order, visit), lookOf(face, visit)) }
  },
}

export const importActions: readonly Action[] = [piece, check, carry] as readonly Action[]

interface Order {
  readonly uploads: string[]
  readonly digests?: string[]
  readonly register: string
  readonly dryRun: boolean
  readonly reason: string
}

function carryOut(
  { desk }: Face,
  { register, ...order }: Order,
  { who, signal }: Visit,
): Promise<ImportReport> {
  return desk.importStaged({ ...order, who, ...(register !== '' && { register }) }, signal)
}
