/** `chekpost replay`: sends documents again; first shows them, then asks why, and keeps that in the audit. */
import { Command } from 'commander'
import type { InputOf } from '../desk/desk.ts'
import { registersNamed } from '../named.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { interviewAt, isAgreed } from './asking.ts'
import { type Context, loadConfig, printJson, say, withDesk } from './context.ts'
import { printRows } from './outbox.ts'
import { selectionByQr } from './replayqr.ts'
import { type SelectionOptions, selecting, selectionOf, whoAsks } from './selection.ts'
import { demandOrder, reason, receiptTime } from './values.ts'
import { example, words } from './words.ts'

interface ReplayOptions extends SelectionOptions {
  from?: string
  to?: string
  parked?: boolean
  qr?: string
  dryRun?: boolean
  reason?: string
  yes?: boolean
  json?: boolean
}

export function replayCommand(context: Context): Command {
  return selecting(
    context,
    new Command('replay').description(words(context, 'отправить документы ещё раз', 'send documents again')),
  )
    .option(
      '--from <time>',
      words(
        context,
        'пробитые с (время на чеке): 2026-08-01',
        'made since (time on the receipt): 2026-08-01',
      ),
      receiptTime('from'),
    )
    .option(
      '--to <time>',
      words(context, 'пробитые по (включительно): 2026-08-02', 'made until (inclusive): 2026-08-02'),
      receiptTime('to'),
    )
    .option('--qr <text>', words(context, 'чек по его QR: "t=…&s=…"', 'the receipt of a QR: "t=…&s=…"'))
    .option('--parked', words(context, 'все отложенные', 'all that are set aside'))
    .option('--dry-run', words(context, 'только показать', 'only show'))
    .option('--reason <text>', words(context, 'зачем (сохраняется)', 'why (it is kept)'), reason)
    .option('--yes', words(context, 'не спрашивать', 'do not ask'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(
        context,
        'chekpost replay --parked',
        'chekpost replay --from 2026-08-01 --to 2026-08-02 --dry-run',
        'chekpost replay --qr "t=20260801T1230&s=684.28&fn=9285000100150175&i=37698&fp=400388056&n=1"',
        words(
          context,
          'chekpost replay --fd 120-150 --reason "сайт восстановлен из копии" --yes',
          'chekpost replay --fd 120-150 --reason "the site was restored" --yes',
        ),
      ),
    )
    .action((options: ReplayOptions) => replay(context, options))
}

async function replay(context: Context, options: ReplayOptions): Promise<void> {
  const named: InputOf<'list'> = {
    ...selectionOf(context, options),
    ...(options.parked && { state: 'parked' as const }),
    ...(options.from !== undefined && { fromTime: options.from }),
    ...(options.to !== undefined && { toTime: options.to }),
  }
  if (options.qr !== undefined && Object.keys(named).length > 0)
    throw new UsageError(
      text(
        '--qr называет один чек и не сочетается с другим выбором',
        '--qr names one receipt and does not go with another choice',
      ),
    )
  if (options.qr === undefined && Object.keys(named).length === 0)
    throw new UsageError(
      text(
        'Скажите, что отправить: --parked, --fd 120-150, --from 2026-08-01 или --since 2026-08-01',
        'Say what to send: --parked, --fd 120-150, --from 2026-08-01 or --since 2026-08-01',
      ),
    )
  demandOrder(options.from, options.to)
  const { timezone, registers } = loadConfig(context)
  await withDesk(context, async (desk) => {
    const selection = options.qr === undefined ? named : await selectionByQr(context, desk, options.qr)
    const preview = await desk.previewReplay({ selection }, context.signal)
    if (!options.json) {
      printRows(context, preview.documents, timezone)
      say(context, text(`Всего: ${preview.count}`, `In all: ${preview.count}`))
    }
    if (preview.count === 0) registersNamed(registers, options.register)
    if (options.dryRun || preview.count === 0) {
      if (options.json) printJson(context, { dryRun: true, ...preview })
      return
    }
    const reason = await reasonFor(context, options, preview.count)
    if (reason === null) return say(context, text('Ничего не отправлено', 'Nothing was sent'))
    const asked = { selection, reason, who: whoAsks(), digest: preview.digest }
    const done = await desk.replay(asked, context.signal)
    if (options.json) printJson(context, done)
    else say(context, text(`Поставлено в очередь: ${done.replayed}`, `Queued: ${done.replayed}`))
  })
}

/** The reason, or null when the person changed their mind. */
async function reasonFor(context: Context, options: ReplayOptions, count: number): Promise<string | null> {
  if (options.reason !== undefined && options.yes) return options.reason
  if (!context.interactive || options.json) throw new UsageError(withoutTerminal)
  const { input, out, language, signal } = context
  const interviewer = interviewAt(input, out, language, withoutTerminal, signal)
  const reason =
    options.reason ?? (await interviewer.ask(text('Зачем отправить ещё раз', 'Why send them again'), ''))
  if (reason.trim() === '') return null
  const question = text(`Отправить ${count}?`, `Send ${count}?`)
  return options.yes || (await isAgreed(context, question, withoutTerminal)) ? reason : null
}

const withoutTerminal = text(
  'Без терминала или с --json нужны --reason "…" и --yes',
  'Without a terminal, or with --json, --reason "…" and --yes are needed',
)
