/** `chekpost outbox import`: receipts out of files; what is wrong with a file is said, and the others go on. */
import { Command } from 'commander'
import { type Text, text } from '../text.ts'
import type { ImportReport } from '../transfer/carryout.ts'
import { ownerHint, ownerlessOf, ownerlessWords, wantsConsent } from '../transfer/owners.ts'
import { Failure, UsageError } from '../usage.ts'
import { conflictOf, conflictsStay, howToSend, lacks, shownOnlyWhy, whose } from '../wording/importing.ts'
import { isAgreed } from './asking.ts'
import { type Context, print, printJson, readInput, say } from './context.ts'
import { configuredNames, refusalOf, withImportDesk } from './importing.ts'
import { whoAsks } from './selection.ts'
import { longestReason, reason } from './values.ts'
import { example, words } from './words.ts'

interface ImportOptions {
  readonly dryRun?: boolean
  readonly register?: string
  readonly reason?: string
  readonly yes?: boolean
  readonly json?: boolean
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
    .option('--reason <text>', words(context, 'зачем (сохраняется)', 'why (it is kept)'), reason)
    .option(
      '--yes',
      words(
        context,
        'не спрашивать, когда чеки уйдут на сайт или ФН здесь новый',
        'do not ask where receipts go to the site, or a drive is new here',
      ),
    )
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(
        context,
        'chekpost outbox import --dry-run receipts.json',
        'chekpost outbox import --register till-1 receipts.json',
      ),
    )
    .action((names: string[], options: ImportOptions) => carryOut(context, names, options))
}

async function carryOut(context: Context, names: readonly string[], options: ImportOptions): Promise<void> {
  if (names.length > mostFiles) throw new UsageError(tooMany)
  const files = names.map((name) => ({ name, read: () => readInput(context, name) }))
  const { dryRun = false, yes = false, json = false, register } = options
  const order = {
    dryRun,
    reason: options.reason ?? names.join(', ').slice(0, longestReason),
    who: whoAsks(),
    ...(register !== undefined && { register }),
  }
  const configured = configuredNames(context)
  let isTold = false
  const consent = async (looked: ImportReport) => {
    if (!wantsConsent(looked) || ownerlessOf(looked, configured) !== null) return true
    if (!context.interactive || json) throw new UsageError(yesWanted(looked))
    printReport(context, looked, { names, configured, stage: 'asked' })
    isTold = true
    return await isAgreed(context, agreeing(looked), yesWanted(looked))
  }
  const how = { consent: yes ? null : consent, forPrograms: json }
  const report = await withImportDesk(context, files, order, how)
  if (report === null) return say(context, text('Ничего не записано', 'Nothing was written'))
  if (json) printJson(context, report)
  else if (isTold) say(context, counted(report, 'done'))
  else printReport(context, report, { names, configured, stage: dryRun ? 'dry' : 'done' })
  if (report.refused.length > 0) throw notAll(report.refused.length, names.length)
}

const mostFiles = 8
const tooMany = text('Не больше восьми файлов за раз', 'At most eight files at a time')

/** Written, only looked at, or looked at before a question. */
type Stage = 'done' | 'dry' | 'asked'

/** So much of each list is printed; all of it stands in `--json`. */
const mostRows = 10

interface Told {
  /** Of the files. */
  readonly names: readonly string[]
  /** The registers of the config, when there is one. */
  readonly configured: readonly string[] | undefined
  readonly stage: Stage
}

function printReport(context: Context, report: ImportReport, { names, configured, stage }: Told): void {
  const { refused, conflicts, conflictCount, shownOnly, shownOnlyCount, drives, heldCount } = report
  for (const { at, why } of refused) print(context, refusalOf(names[at] ?? '', why[context.language]))
  say(context, counted(report, stage))
  const driveWords = drives.map((drive) => {
    const { ru, en } = whose(drive)
    const numbers = `${drive.first}-${drive.last}`
    return text(
      `ФН ${drive.storage}, ФД ${numbers}: ${ru}`,
      `drive ${drive.storage}, documents ${numbers}: ${en}`,
    )
  })
  printList(context, null, driveWords, drives.length)
  const conflictWords = conflicts.map((conflict) => {
    const { key, differs } = conflictOf(conflict)
    return text(`${key}: ${differs.ru}`, `${key}: ${differs.en}`)
  })
  printList(context, conflictsStay, conflictWords, conflictCount)
  const shownWords = shownOnly.map(({ missing, receipt: { time, total } }) => {
    const [which, { ru, en }] = [`${time ?? '-'} ${((total ?? 0) / 100).toFixed(2)}`, lacks(missing)]
    return text(`${which}: ${ru}`, `${which}: ${en}`)
  })
  printList(context, shownOnlyWhy, shownWords, shownOnlyCount)
  if (heldCount > 0) {
    say(context, heldWords(heldCount))
    print(context, `  → ${howToSend[context.language]}`)
  }
  const ownerless = ownerlessOf(report, configured)
  if (ownerless === null) return
  say(context, ownerlessWords(ownerless))
  print(context, `  → ${ownerHint(ownerless)[context.language]}`)
}

function printList(context: Context, head: Text | null, rows: readonly Text[], all: number): void {
  if (all === 0) return
  if (head !== null) print(context, `${head[context.language]}:`)
  for (const row of rows.slice(0, mostRows)) print(context, `  ${row[context.language]}`)
  const left = all - Math.min(rows.length, mostRows)
  if (left > 0) say(context, text(`  и ещё ${left}: --json`, `  and ${left} more: --json`))
}

function heldWords(held: number): Text {
  return text(
    `Не уйдут на сайт, хотя по файлу должны: ${held} (до начала учёта или отладочный ФН)`,
    `Not sent to the site although the file says so: ${held} (before the beginning, or a debug drive)`,
  )
}

const stages = {
  done: text('Принято', 'Kept'),
  dry: text('Было бы принято', 'Would be kept'),
  asked: text('Ещё ничего не записано. Было бы принято', 'Nothing is written yet. Would be kept'),
} as const

function counted({ kept, known, owed, conflictCount, shownOnlyCount }: ImportReport, stage: Stage): Text {
  const { ru, en } = stages[stage]
  return text(
    `${ru}: ${kept}, уже есть: ${known}, уйдут на сайт: ${owed}, противоречат: ${conflictCount}, только показано: ${shownOnlyCount}`,
    `${en}: ${kept}, known: ${known}, go to the site: ${owed}, in conflict: ${conflictCount}, only shown: ${shownOnlyCount}`,
  )
}

/** What is to be agreed to. */
function agreeing({ kept, owed, drives }: ImportReport): Text {
  const isNew = drives.some(({ isKnown, kept: some }) => !isKnown && some > 0)
  return text(
    `Принять ${kept}${isNew ? ' (ФН здесь новый)' : ''}? На сайт уйдут: ${owed}.`,
    `Import ${kept}${isNew ? ' (the drive is new here)' : ''}? To the site go: ${owed}.`,
  )
}

function yesWanted({ owed, drives }: ImportReport): Text {
  const fresh = drives.filter(({ isKnown, kept }) => !isKnown && kept > 0).map(({ storage }) => storage)
  const strangers = [...new Set(fresh)]
  const [more, others] = [strangers.slice(0, mostRows).join(', '), strangers.length > mostRows ? ', …' : '']
  return text(
    `Ничего не записано. На сайт ушли бы чеки: ${owed}${more === '' ? '' : `, новые здесь ФН: ${more}${others}`}. Посмотрите: --dry-run. Принять: --yes`,
    `Nothing was written. Receipts that would go to the site: ${owed}${more === '' ? '' : `, drives that are new here: ${more}${others}`}. Look at them: --dry-run. To import them: --yes`,
  )
}

function notAll(refused: number, all: number): Failure {
  return new Failure(
    text(
      `Не приняты файлы: ${refused} из ${all}. Исправьте их и повторите; остальным это не мешает`,
      `Files that cannot be imported: ${refused} of ${all}. Mend them and try again; the others are not held up`,
    ),
  )
}
