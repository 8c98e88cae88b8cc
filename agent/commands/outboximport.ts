/** `chekpost outbox import`: receipts out of files; what is wrong with a file is said, and the others go on. */
import { Command } from 'commander'
import { text } from '../text.ts'
import type { ImportReport } from '../transfer/carryout.ts'
import { Failure, UsageError } from '../usage.ts'
import { type Context, print, printJson, readInput, say } from './context.ts'
import { refusalOf, withImportDesk } from './importing.ts'
import { whoAsks } from './selection.ts'
import { example, words } from './words.ts'

interface ImportOptions {
  dryRun?: boolean
  register?: string
  reason?: string
  json?: boolean
}

export function importCommand(context: Context): Command {
  return new Command('import')
    .description(
      words(
        context,
        'прочитать выгрузку или чеки ФНС (JSON)',
        "read an export, or the tax service's receipt JSON",
      ),
    )
    .argument('<file...>', words(context, 'файлы (до восьми) или -', 'files (up to eight), or -'))
    .option('--dry-run', words(context, 'только показать', 'only show'))
    .option(
      '--register <name>',
      words(
        context,
        'чьи чеки, если ФН здесь ещё не было: касса из настроек или * (как в выгрузке)',
        'whose they are, of drives not seen here: a register of the config, or * (as in the export)',
      ),
    )
    .option('--reason <text>', words(context, 'зачем (сохраняется)', 'why (it is kept)'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost outbox import --dry-run receipts.json'))
    .action((names: string[], options: ImportOptions) => carryOut(context, names, options))
}

async function carryOut(context: Context, names: readonly string[], options: ImportOptions): Promise<void> {
  if (names.length > mostFiles) throw new UsageError(tooMany)
  const files = names.map((name) => ({ name, read: () => readInput(context, name) }))
  const order = {
    dryRun: options.dryRun ?? false,
    reason: options.reason ?? names.join(', ').slice(0, longestReason),
    who: whoAsks(),
    ...(options.register !== undefined && { register: options.register }),
  }
  const report = await withImportDesk(context, files, order, options.json ?? false)
  if (options.json) printJson(context, report)
  else printReport(context, report, names, order.dryRun)
  if (report.refused.length > 0) throw notAll(report.refused.length, names.length)
}

const longestReason = 1000
const mostFiles = 8
const tooMany = text('Не больше восьми файлов за раз', 'At most eight files at a time')

function printReport(context: Context, report: ImportReport, names: readonly string[], dry: boolean): void {
  for (const { at, why } of report.refused) print(context, refusalOf(names[at] ?? '', why[context.language]))
  say(context, importWords(report, dry))
  for (const conflict of report.conflicts) print(context, `  ${conflict}`)
  if (report.heldCount > 0) say(context, heldWords(report.heldCount))
  for (const { storage, register, told, first, last } of report.drives)
    print(context, `  ${storage}  ${told ?? '-'} -> ${register}  ${first}-${last}`)
}

function heldWords(held: number): ReturnType<typeof text> {
  return text(
    `Не отправятся, хотя по файлу должны: ${held} (до начала учёта или отладочный ФН)`,
    `Not to be sent although the file says so: ${held} (before the beginning, or a debug drive)`,
  )
}

function importWords(
  { kept, known, conflictCount, shownOnlyCount }: ImportReport,
  dry: boolean,
): ReturnType<typeof text> {
  return text(
    `${dry ? 'Было бы принято' : 'Принято'}: ${kept}, уже есть: ${known}, противоречат: ${conflictCount}, только показано: ${shownOnlyCount}`,
    `${dry ? 'Would be kept' : 'Kept'}: ${kept}, known: ${known}, in conflict: ${conflictCount}, only shown: ${shownOnlyCount}`,
  )
}

function notAll(refused: number, all: number): Failure {
  return new Failure(
    text(
      `Файлов не принять: ${refused} из ${all}. Исправьте их и повторите; остальным это не мешает`,
      `Files that cannot be imported: ${refused} of ${all}. Mend them and try again; the others are not held up`,
    ),
  )
}
