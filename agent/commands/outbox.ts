/** `chekpost outbox ls|show|export|import|audits`: what was read and what is still owed. */
import { Command, Option } from 'commander'
import { type Desk, type InputOf, type ListedRow, mostListed } from '../desk/desk.ts'
import { registersNamed } from '../named.ts'
import { documentStates, type StateSought } from '../outbox.ts'
import { Progress } from '../progress.ts'
import { shopTime } from '../shoptime.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { stateWords } from '../wording/documents.ts'
import { plainly } from '../wording/plain.ts'
import { whyInWords } from '../wording/reasons.ts'
import { auditsCommand } from './audits.ts'
import { type Context, loadConfig, print, printJson, say, withDesk } from './context.ts'
import { importCommand } from './outboximport.ts'
import { openProgress } from './progress.ts'
import { type SelectionOptions, selecting, selectionOf } from './selection.ts'
import { demandOrder, receiptTime, type SumRange, sumRange, wholeNumber } from './values.ts'
import { example, forPrograms, words } from './words.ts'

export function outboxCommand(context: Context): Command {
  return new Command('outbox')
    .description(words(context, 'прочитанные документы и их доставка', 'documents read, and their delivery'))
    .addCommand(list(context))
    .addCommand(show(context))
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context))
    .addCommand(auditsCommand(context))
}

interface ListOptions extends SelectionOptions {
  state?: StateSought
  timeFrom?: string
  timeTo?: string
  sum?: SumRange
  limit: number
  json?: boolean
}

function list(context: Context): Command {
  return selecting(
    context,
    new Command('ls').description(words(context, 'список документов', 'list documents')),
  )
    .addOption(
      new Option('--state <state>', words(context, 'состояние доставки', 'state of delivery')).choices([
        ...documentStates,
        'settled',
      ]),
    )
    .option(
      '--time-from <time>',
      words(context, 'время на чеке с: 2026-08-01', 'time on the receipt since: 2026-08-01'),
      receiptTime('from'),
    )
    .option(
      '--time-to <time>',
      words(context, 'время на чеке по (включительно)', 'time on the receipt until (inclusive)'),
      receiptTime('to'),
    )
    .option(
      '--sum <range>',
      words(context, 'итог в рублях: 1499.90 или 1000-1500', 'total in roubles: 1499.90 or 1000-1500'),
      sumRange,
    )
    .option('--limit <n>', words(context, 'не больше строк', 'at most so many'), wholeNumber(1), 50)
    .option('--json', forPrograms(context))
    .addHelpText(
      'after',
      `\n${words(context, 'Время — как на чеке, по часам кассы; в [скобках] — когда прочитан, по времени магазина.', "Times are those on the receipts, by the register's clock; in [brackets] when it was read, by the shop's.")}`,
    )
    .addHelpText(
      'after',
      example(
        context,
        'chekpost outbox ls --state parked',
        'chekpost outbox ls --fd 120-150 --json',
        'chekpost outbox ls --time-from 2026-08-01 --sum 1499.90',
      ),
    )
    .action(async (options: ListOptions) => {
      if (options.limit > mostListed) throw new UsageError(tooMany)
      const selection = selectionOf(context, options)
      const { timezone, registers } = loadConfig(context)
      const documents = await withDesk(context, (desk) => listed(context, desk, selection, options))
      if (options.json) printJson(context, { documents })
      else printRows(context, documents, timezone)
      // Of one that was taken out of the config there may be documents; of a name with a slip there are none.
      if (documents.length === 0) registersNamed(registers, options.register)
    })
}

async function listed(
  context: Context,
  desk: Desk,
  named: InputOf<'list'>,
  { state, timeFrom, timeTo, sum, limit }: ListOptions,
): Promise<readonly ListedRow[]> {
  const selection = { ...named, ...(state && { state }) }
  if (timeFrom === undefined && timeTo === undefined && sum === undefined)
    return (await desk.list({ ...selection, limit }, context.signal)).documents
  demandOrder(timeFrom, timeTo)
  const { since, ...search } = selection
  if (since !== undefined)
    throw new UsageError(
      text(
        '--since (когда прочитан) не сочетается с --time-from, --time-to и --sum',
        '--since (when it was read) does not go with --time-from, --time-to and --sum',
      ),
    )
  const asked: Omit<InputOf<'search'>, 'limit'> = {
    ...search,
    ...(timeFrom !== undefined && { fromTime: timeFrom }),
    ...(timeTo !== undefined && { toTime: timeTo }),
    ...(sum !== undefined && { minTotal: sum.from, maxTotal: sum.to }),
  }
  return await searched(desk, asked, limit, context.signal)
}

const tooMany = text(
  `Не больше ${mostListed} строк. Всё целиком: chekpost outbox export > файл`,
  `At most ${mostListed} rows. All of them: chekpost outbox export > file`,
)

/** At most so many are asked for at once. */
const pageLimit = 200

/** Page by page, for a page may hold fewer than it might; newest last, as the other lists are. */
async function searched(
  desk: Desk,
  search: Omit<InputOf<'search'>, 'limit'>,
  most: number,
  signal: AbortSignal,
): Promise<readonly ListedRow[]> {
  const found: ListedRow[] = []
  for (let after: string | null | undefined; after !== null && found.length < most; ) {
    const limit = Math.min(pageLimit, most - found.length)
    const page = await desk.search({ ...search, ...(after !== undefined && { after }), limit }, signal)
    found.push(...page.documents)
    after = page.next
  }
  return found.reverse()
}

/** Characters of a reason in a table. */
const longestWhy = 1000

/** A table of documents, newest last as the register counts them. */
export function printRows(context: Context, documents: readonly ListedRow[], zone: string): void {
  if (documents.length === 0) say(context, text('Ничего не найдено', 'Nothing was found'))
  for (const row of documents) {
    const sum = row.total === null ? '' : (row.total / 100).toFixed(2)
    const why = row.why === null ? '' : `  ${plainly(whyInWords(row.why)[context.language], longestWhy)}`
    print(
      context,
      `${row.key.padEnd(30)} ${timeOf(row, zone)} ${sum.padStart(12)} ${stateWord(context, row)}${why}`,
    )
  }
}

/** As the register printed it, else when it was read: in brackets, for that is another time. */
function timeOf({ time, readAt }: ListedRow, zone: string): string {
  return time === null ? `[${shopTime(readAt, zone)}]` : ` ${time.slice(0, 16).replace('T', ' ')} `
}

function stateWord(context: Context, { state, format }: ListedRow): string {
  const isGap = state === 'none' && (format === 'absent' || format === 'summary')
  return (isGap ? gapWords[format] : stateWords(state).words)[context.language]
}

const gapWords = {
  absent: text('нет в ФН', 'not in the drive'),
  summary: text('только итог: строк в ФН уже нет', 'totals only: the drive no longer holds the lines'),
} as const

function show(context: Context): Command {
  return new Command('show')
    .description(words(context, 'один документ целиком', 'one document with everything known'))
    .argument('<document>', 'FN<16>-FD<n>, <n>')
    .option('--json', words(context, 'вывод и так всегда JSON', 'the output is JSON anyway'))
    .addHelpText(
      'after',
      example(context, 'chekpost outbox show 37698', 'chekpost outbox show FN9285000100150175-FD37698'),
    )
    .action(async (which: string) => {
      const document = documentOf(which)
      const shown = await withDesk(context, (desk) => desk.show(document, context.signal))
      const inWords = (why: string | null) => (why === null ? null : whyInWords(why))
      const history = shown.history.map((one) => ({ ...one, reason: inWords(one.why) }))
      print(context, JSON.stringify({ ...shown, reason: inWords(shown.why), history }, null, 2))
    })
}

function documentOf(which: string): InputOf<'show'> {
  const match = /^(?:FN(\d{16})-FD)?([1-9]\d{0,9})$/.exec(which)
  if (match === null || Number(match[2]) > 0xffffffff)
    throw new UsageError(
      text(
        `«${which}» не номер документа; пример: 37698 или FN9285000100150175-FD37698`,
        `"${which}" is not a document; for example: 37698 or FN9285000100150175-FD37698`,
      ),
    )
  const [, storage, number] = match
  return { number: Number(number), ...(storage !== undefined && { storage }) }
}

function exportCommand(context: Context): Command {
  return selecting(
    context,
    new Command('export').description(
      words(context, 'выгрузить документы построчным JSON', 'write documents as JSON lines'),
    ),
  )
    .addHelpText('after', example(context, 'chekpost outbox export > shop-12.jsonl'))
    .action(async (options: SelectionOptions) => {
      const selection = selectionOf(context, options)
      await withDesk(context, async (desk) => {
        using shown = await openProgress(context, false)
        const everything = Object.keys(selection).length === 0
        const of = everything ? (await desk.status({}, context.signal)).outbox.documents : null
        const progress = new Progress(text('выгрузка', 'exporting'), of)
        let lines = 0
        for (let after: string | null | undefined; after !== null; ) {
          const part = await desk.exportLines(
            { ...selection, ...(after !== undefined && { after }) },
            context.signal,
          )
          shown.aside(() => {
            for (const line of part.lines) print(context, line)
          })
          lines += part.lines.length
          // The head and the foot are lines as well.
          progress.note(Math.min(lines, of ?? lines))
          shown.show(progress.view())
          after = part.after
        }
      })
    })
}
