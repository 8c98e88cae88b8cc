/** `chekpost init`: finds the registers, writes config and secret, and says what is left to do. */
import { Command } from 'commander'
import type { DryRun } from '../init/dryrun.ts'
import type { Sighting } from '../init/seek.ts'
import type { Welcome } from '../init/welcome.ts'
import { text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import { type Context, print, printJson } from './context.ts'
import { driverSetting } from './values.ts'
import { example, words } from './words.ts'

export interface InitOptions {
  readonly yes?: boolean
  readonly json?: boolean
  readonly force?: boolean
  readonly tcp?: readonly string[]
  readonly serial?: readonly string[]
  readonly set?: readonly string[]
  readonly v2?: boolean
  readonly store?: string
  readonly url?: string
  readonly timezone?: string
  readonly from?: string
  readonly stateDir?: string
  /** False: no receipts are read. */
  readonly trial?: boolean
}

export const usualStateDir = '/var/lib/chekpost'

const collect = (value: string, before: readonly string[] = []) => [...before, value]

export function initCommand(context: Context): Command {
  return new Command('init')
    .description(
      words(
        context,
        'найти кассы, записать настройки и секрет, проверить сайт (кассе — только вопросы)',
        'find the registers, write config and secret, try the site (registers are only asked)',
      ),
    )
    .option(
      '--tcp <addresses>',
      words(context, 'адреса касс через запятую', 'addresses of registers, comma between'),
      collect,
    )
    .option(
      '--serial <path>',
      words(context, 'искать только на этом порту', 'look at this port only'),
      collect,
    )
    .option(
      '--set <key=value>',
      words(context, 'настройка протокола, например password=30', "a driver's setting, e.g. password=30"),
      driverSetting,
    )
    .option(
      '--v2',
      words(context, 'программа кассы работает по протоколу v2', "the till's program speaks protocol v2"),
    )
    .option('--store <name>', words(context, 'имя магазина, как на сайте', 'the shop, as the site calls it'))
    .option(
      '--url <address>',
      words(context, 'адрес сайта или приёмника', 'address of the site or of the receiver'),
    )
    .option('--timezone <zone>', words(context, 'часовой пояс кассы', "the register's time zone"))
    .option(
      '--from <where>',
      words(
        context,
        'с какого чека начать: now, first, ledger, номер',
        'where to begin: now, first, ledger, a number',
      ),
    )
    .option('--state-dir <folder>', words(context, 'папка базы чеков', 'the folder of the outbox'))
    .option('--no-trial', words(context, 'не читать чеки на пробу', 'read no receipts for trial'))
    .option('--yes', words(context, 'без вопросов', 'without questions'))
    .option(
      '--force',
      words(
        context,
        'заменить настройки (прежние останутся рядом, .bak)',
        'replace the config (the old one stays beside it, .bak)',
      ),
    )
    .option('--json', words(context, 'для программ, без вопросов', 'for programs, without questions'))
    .addHelpText(
      'after',
      example(
        context,
        'chekpost init',
        'chekpost init --tcp 192.168.1.20',
        'chekpost init --yes --store shop-12 --url https://shop.example --tcp 192.168.1.20',
      ),
    )
    .action(async (options: InitOptions) => await run(context, options))
}

/** A program that reads what is printed answers no questions. */
export function asksPerson({ yes, json }: InitOptions): boolean {
  return yes !== true && json !== true
}

/** One after the other, as a person would do it; nothing is written before the questions are answered. */
async function run(context: Context, options: InitOptions): Promise<void> {
  if (asksPerson(options) && !context.interactive)
    throw new UsageError(
      text(
        'Здесь некому отвечать на вопросы: chekpost init --yes --store … --url …',
        'There is nobody here to answer questions: chekpost init --yes --store … --url …',
      ),
    )
  const { demandFree, demandWritable } = await import('../init/writing.ts')
  demandFree(context.configPath, options.force === true)
  demandWritable(context.configPath)
  const { demandStopped, readFormer } = await import('../init/former.ts')
  const former = readFormer(context.configPath)
  const stateDir = former.stateDir ?? options.stateDir ?? usualStateDir
  if (options.force === true) await demandStopped(context.environment, stateDir, context.signal)
  const { conduct } = await import('./initsteps.ts')
  const done = await conduct(context, options, former)
  if (options.json === true) printJson(context, done)
  const refused = done.tests.filter(({ ok }) => !ok).map(({ register }) => register)
  if (refused.length > 0) throw unfinished(refused.join(', '))
}

/** Everything is written, and yet nothing of it will arrive: the last words, and the exit code for programs. */
function unfinished(registers: string): Failure {
  return new Failure(
    text(
      `\nНе закончено: сайт ещё не принимает ${registers}, причина выше. Настройки и секрет записаны, чеки подождут.\n→ Добавьте кассу на сайте (строка выше), затем проверьте: chekpost doctor`,
      `\nNot finished: the site does not accept ${registers} yet, the reason stands above. Config and secret are written, receipts will wait.\n→ Add the register on the site (the line above), then check: chekpost doctor`,
    ),
  )
}

/** What was done, for programs. */
export interface InitDone {
  readonly config: string
  readonly secretFile: string
  readonly registers: readonly {
    readonly id: string
    readonly address: string
    readonly serial: string | null
  }[]
  /** Lines for the console of the site's server. */
  readonly onSite: readonly string[]
  readonly tests: readonly { readonly register: string; readonly ok: boolean; readonly said: string }[]
  readonly dryRun: (DryRun & { readonly share: number }) | null
}

/** Throws `Failure` when there is no register to write down. */
export function demandSome(found: readonly Sighting[]): void {
  if (found.length > 0) return
  throw new Failure(
    text(
      'Касса не найдена. Проверьте питание и кабель; закройте программу, которая держит порт; сетевую кассу назовите: chekpost init --tcp адрес. Если программа кассы говорит по v2: --v2.',
      'No register was found. Check power and cable; close the program that holds the port; name a register in the network: chekpost init --tcp ADDRESS. If the till speaks v2: --v2.',
    ),
  )
}

export function tellWelcome(context: Context, { register, finding }: Welcome): void {
  const mark = finding.verdict === 'bad' ? '✗' : '✓'
  print(context, `  ${mark} ${register}: ${finding.text[context.language]}`)
  if (finding.verdict !== 'good' && finding.hint !== null)
    print(context, `      → ${finding.hint[context.language]}`)
}
