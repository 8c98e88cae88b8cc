/**
 * `chekpost audit`: register, outbox and Bitrix compared by document number. Exit code 0: they agree; 1: there are
 * gaps, or somebody could not be asked; 2: wrong use.
 */
import { Command } from 'commander'
import { type GapKind, gapKinds } from '../audit.ts'
import { countOf, inWords, type NumberRange } from '../bitrix/ranges.ts'
import type { AuditedRegister, InputOf } from '../desk/desk.ts'
import { workNames } from '../progress.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { type Context, print, printJson, say, withDesk } from './context.ts'
import { whileShown } from './progress.ts'
import { whoAsks } from './selection.ts'
import { driveNumber, type NumberRange as Numbers, numberRange, reason, wholeNumber } from './values.ts'
import { example, words } from './words.ts'

interface AuditOptions {
  register?: string
  fn?: string
  fd?: Numbers
  since?: number
  repair?: boolean
  dryRun?: boolean
  yes?: boolean
  reason: string
  acceptLedger?: boolean
  json?: boolean
}

export function auditCommand(context: Context): Command {
  return new Command('audit')
    .description(
      words(
        context,
        'сверить кассу, очередь и сайт по номерам документов',
        'compare register, outbox and site by document number',
      ),
    )
    .option('--register <name>', words(context, 'касса из настроек', 'a register of the config'))
    .option('--fn <number>', words(context, 'номер ФН', "the fiscal drive's number"), driveNumber)
    .option('--fd <range>', words(context, 'номера ФД: 120-150', 'document numbers: 120-150'), numberRange)
    .option(
      '--since <fd>',
      words(context, 'начиная с номера ФД', 'from this document number on'),
      wholeNumber(1),
    )
    .option('--repair', words(context, 'прочитать и отправить недостающее', 'read and send what is missing'))
    .option('--dry-run', words(context, 'только показать', 'only show'))
    .option(
      '--yes',
      words(
        context,
        'исправить и то, что старше 48 часов или больше 200 документов',
        'mend also what is older than 48 hours or over 200 documents',
      ),
    )
    .option('--reason <text>', words(context, 'зачем (сохраняется)', 'why (it is kept)'), reason, 'audit')
    .option(
      '--accept-ledger',
      words(context, 'новый приёмник на сайте верный', 'the new receiver on the site is right'),
    )
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(context, 'chekpost audit', 'chekpost audit --register till-1 --fd 120-150 --repair'),
    )
    .action(async (options: AuditOptions) => {
      if (options.acceptLedger) await accept(context, options)
      else await compare(context, options)
    })
}

function demand(holds: boolean, ru: string, en: string): void {
  if (!holds) throw new UsageError(text(ru, en))
}

async function accept(context: Context, { register, reason, json, ...others }: AuditOptions): Promise<void> {
  const { acceptLedger: _accept, ...more } = others
  demand(
    Object.keys(more).length === 0,
    'К --accept-ledger подходят только --register и --reason',
    'Only --register and --reason go with --accept-ledger',
  )
  const input = { reason, who: whoAsks(), ...(register !== undefined && { register }) }
  const done = await withDesk(context, (desk) => desk.acceptLedger(input, context.signal))
  if (json) return printJson(context, done)
  for (const { register: name, host, ledgerId } of done.accepted)
    say(context, text(`${name}: принят ${host ?? ledgerId}`, `${name}: ${host ?? ledgerId} is accepted`))
  if (done.accepted.length === 0)
    say(context, text('Сайт ещё ни разу не ответил', 'The site has never answered yet'))
}

async function compare(context: Context, options: AuditOptions): Promise<void> {
  const { fd, since, repair = false, dryRun = false, yes = false } = options
  demand(
    fd === undefined || since === undefined,
    'Укажите что-то одно: --fd или --since',
    'Either --fd or --since',
  )
  demand(!yes || repair, 'К --yes нужен --repair', '--yes wants --repair')
  const from = fd?.from ?? since
  const input: InputOf<'audit'> = {
    ...{ repair: repair && !dryRun, confirmed: yes, reason: options.reason, who: whoAsks() },
    ...(options.register !== undefined && { register: options.register }),
    ...(options.fn !== undefined && { storage: options.fn }),
    ...(from !== undefined && { fromNumber: from }),
    ...(fd !== undefined && { toNumber: fd.to }),
  }
  const found = await withDesk(context, (desk) =>
    whileShown(context, desk, workNames.audit, options.json ?? false, () =>
      desk.audit(input, context.signal),
    ),
  )
  if (options.json) printJson(context, found)
  else for (const register of found.registers) describe(context, register, repair)
  if (!found.registers.every(isInOrder)) process.exitCode = 1
}

function isInOrder({ drives, siteProblem, registerProblem, foreign }: AuditedRegister): boolean {
  const asked = siteProblem === null && registerProblem === null
  return asked && foreign.length === 0 && drives.every(({ gaps }) => Object.keys(gaps).length === 0)
}

function describe(context: Context, audit: AuditedRegister, repairs: boolean): void {
  const { register, drives, siteProblem, siteHint, registerProblem, distrust, foreign } = audit
  const { language } = context
  const tell = (said: Text) => print(context, `${register}: ${said[language]}`)
  const documents = drives.reduce((sum, { agreed }) => sum + agreed, 0)
  if (isInOrder(audit)) tell(inOrder(documents))
  else if (siteProblem === null)
    tell(text(`в Битрикс документов: ${documents}`, `documents in Bitrix: ${documents}`))
  if (siteProblem !== null) {
    tell(text(`сайт не спрошен: ${siteProblem.ru}`, `the site was not asked: ${siteProblem.en}`))
    if (siteHint !== null) print(context, `  → ${siteHint[language]}`)
  }
  if (registerProblem !== null)
    tell(
      text(`касса не спрошена: ${registerProblem.ru}`, `the register was not asked: ${registerProblem.en}`),
    )
  for (const { storage, gaps } of drives)
    for (const kind of gapKinds) {
      const ranges = gaps[kind]
      if (ranges !== undefined) describeGap(context, register, storage, kind, ranges)
    }
  for (const { storage, documents: count } of foreign) tell(foreignWords(storage, count))
  if (distrust !== null) tell(distrust)
  describeRepair(context, audit, repairs)
}

function inOrder(documents: number): Text {
  return text(`все документы (${documents}) есть в Битрикс`, `all ${documents} documents are in Bitrix`)
}

function describeGap(
  context: Context,
  register: string,
  storage: string,
  kind: GapKind,
  ranges: readonly NumberRange[],
): void {
  const { said, next } = gapWords[kind]
  const count = countOf(ranges)
  const where = words(
    context,
    `ФН ${storage} ФД ${inWords(ranges)}`,
    `drive ${storage} FD ${inWords(ranges)}`,
  )
  print(context, `${register}: ${said[context.language]}: ${count} (${where})`)
  print(context, `  → ${next[context.language].replaceAll('$', inWords(ranges.slice(0, 1)))}`)
}

/** What each gap is called, and the next step; `$` stands for the first numbers of it. */
const gapWords: Readonly<Record<GapKind, { readonly said: Text; readonly next: Text }>> = {
  notInBitrix: {
    said: text('отправлены, но на сайте их нет', 'delivered, and not on the site'),
    next: text('Отправить ещё раз: chekpost audit --repair', 'Send them again: chekpost audit --repair'),
  },
  unknownThere: {
    said: text('есть на сайте, но касса их не пробивала', 'on the site, and unknown to the register'),
    next: text(
      'Смените секрет и посмотрите эти документы на сайте',
      'Change the secret, and look at these documents on the site',
    ),
  },
  notRead: {
    said: text('есть в кассе, ещё не прочитаны', 'in the register, not read yet'),
    next: text(
      'Читаются сами; если не проходит: chekpost read --fd $',
      'They are read by themselves; if not: chekpost read --fd $',
    ),
  },
  notSent: {
    said: text('прочитаны, но не отправляются', 'read, and nothing is owed for them'),
    next: text('Почему: chekpost outbox ls --fd $', 'Why: chekpost outbox ls --fd $'),
  },
  parkedHere: {
    said: text('отложены здесь', 'set aside here'),
    next: text('Причины: chekpost outbox ls --state parked', 'Reasons: chekpost outbox ls --state parked'),
  },
  parkedThere: {
    said: text('отложены на сайте', 'set aside on the site'),
    next: text(
      'Их проводят на сайте, на странице приёмника',
      "They are booked on the site, on the receiver's page",
    ),
  },
  waiting: {
    said: text('ждут отправки', 'waiting to be sent'),
    next: text(
      'Уйдут сами; что мешает: chekpost status',
      'They go by themselves; what hinders: chekpost status',
    ),
  },
  absent: {
    said: text('строк уже нет в кассе', 'the register no longer has their lines'),
    next: text(
      'Загрузите их из ОФД: chekpost outbox import',
      'Import them from the operator: chekpost outbox import',
    ),
  },
}

function foreignWords(storage: string, documents: number): Text {
  return text(
    `на сайте есть ФН ${storage} (документов: ${documents}), которого здесь не было`,
    `the site knows the drive ${storage} (${documents} documents), which was never here`,
  )
}

function describeRepair(context: Context, { repair, repaired }: AuditedRegister, repairs: boolean): void {
  const send = repair.replay.reduce((sum, { numbers }) => sum + numbers.length, 0)
  if (repaired !== null)
    say(
      context,
      text(
        `Поставлено в очередь: ${repaired.replayed}, прочитано: ${repaired.read}`,
        `Queued: ${repaired.replayed}, read: ${repaired.read}`,
      ),
    )
  else if (repairs && send + repair.read.length > 0)
    say(
      context,
      text(
        `Было бы отправлено: ${send}, прочитано: ${repair.read.length}${repair.mayByItself ? '' : '. Это больше 200, старше 48 часов или приёмник другой: посмотрите и добавьте --yes'}`,
        `Would be sent: ${send}, read: ${repair.read.length}${repair.mayByItself ? '' : '. That is over 200, older than 48 hours, or another receiver: look at it, then add --yes'}`,
      ),
    )
}
