#!/usr/bin/env -S node --max-semi-space-size=1
/**
 * The words an engineer types. Exit codes: 0 done, 1 failed, 2 wrong use or wrong config, 130 interrupted.
 *
 * The flag is MB: left alone V8 takes 48 MB for what lives only for a moment, and a shop's PC has better use for them.
 */
import { realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError, Help, Option } from 'commander'
import { RegisterError, TranscriptError } from '../drivers/index.ts'
import type { Context } from './commands/context.ts'
import { mistake } from './commands/mistakes.ts'
import { example, helpWords, optionWords, title, words } from './commands/words.ts'
import { readEnvironment } from './environment.ts'
import { StoreError } from './store/faults.ts'
import { type Language, text } from './text.ts'
import { Failure, UsageError } from './usage.ts'
import { version } from './version.ts'

const defaultConfig = '/etc/chekpost/chekpost.yaml'

/** Carries out one command line (without node and script) and returns the exit code. */
export async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const context = contextOf(argv, signal)
  try {
    const top = await program(context, argv)
    await top.parseAsync([...argv], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (wasInterrupted(error, signal)) return tellInterrupted(context.language)
    return tellError(error, context.language)
  }
}

/** Whether it ended because it was told to; what Node itself waited for brings the reason as the cause of its own error. */
export function wasInterrupted(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.cause === reason))
}

/** Ctrl-C and the like: a person's wish. The code is the one of a process that a second Ctrl-C kills, as shells know it. */
function tellInterrupted(language: Language): number {
  process.stderr.write(`\n${text('Прервано.', 'Interrupted.')[language]}\n`)
  return 128 + constants.signals.SIGINT
}

/** `--config` and `--lang` are wanted before commander runs, for its own texts depend on them. */
function contextOf(argv: readonly string[], signal: AbortSignal): Context {
  const environment = readEnvironment()
  const lang = optionValue(argv, '--lang')
  return {
    environment,
    language: lang === 'ru' || lang === 'en' ? lang : environment.language,
    configPath: optionValue(argv, '--config') ?? defaultConfig,
    out: process.stdout,
    input: process.stdin,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    signal,
  }
}

type Maker = (context: Context) => Command

/** In the order of the help. */
const makers: Readonly<Record<string, () => Promise<Maker>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  probe: async () => (await import('./commands/probe.ts')).probeCommand,
  read: async () => (await import('./commands/read.ts')).readCommand,
  record: async () => (await import('./commands/record.ts')).recordCommand,
  outbox: async () => (await import('./commands/outbox.ts')).outboxCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  begin: async () => (await import('./commands/begin.ts')).beginCommand,
  pause: async () => (await import('./commands/pause.ts')).pauseCommand,
  resume: async () => (await import('./commands/pause.ts')).resumeCommand,
  decode: async () => (await import('./commands/decode.ts')).decodeCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  secret: async () => (await import('./commands/secret.ts')).secretCommand,
  support: async () => (await import('./commands/support.ts')).supportCommand,
}

/** The one that is asked for: the daemon starts sooner without the others. All of them when that is not clear. */
async function makersFor(argv: readonly string[]): Promise<readonly Maker[]> {
  const at = argv.findIndex((word, at) => !word.startsWith('-') && !valued.has(argv[at - 1] ?? ''))
  const name = argv[at] ?? ''
  const wantsHelp = argv.slice(0, Math.max(at, 0)).some((word) => word === '-h' || word === '--help')
  const asked = wantsHelp || !Object.hasOwn(makers, name) ? undefined : makers[name]
  return await Promise.all((asked === undefined ? Object.values(makers) : [asked]).map((load) => load()))
}

/** The word behind one of these is no command. */
const valued = new Set(['--config', '--lang'])

function optionValue(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((word) => word === name || word.startsWith(`${name}=`))
  const word = argv[at]
  if (at < 0 || word === undefined) return undefined
  return word === name ? argv[at + 1] : word.slice(name.length + 1)
}

/** The command that is asked for, or all of them where that is not clear. */
export async function program(context: Context, argv: readonly string[]): Promise<Command> {
  const top = new Command('chekpost')
    .description(
      words(
        context,
        'Читает чеки из кассы и сразу проводит их в 1С-Битрикс',
        'Reads receipts out of the register and books them in 1C-Bitrix at once',
      ),
    )
    .version(version(), '-V, --version', words(context, 'версия', 'the version'))
    .addHelpText(
      'after',
      `\n${words(context, 'Время показано по часовому поясу магазина (timezone в настройках), на чеках — по часам кассы, в --json — UTC.', "Times are the shop's (timezone in the config), on receipts the register's own, in --json UTC.")}`,
    )
    .addHelpText(
      'after',
      example(
        context,
        'chekpost status',
        'chekpost probe tcp:192.168.137.111:7778',
        'chekpost replay --parked',
      ),
    )
  for (const make of await makersFor(argv)) top.addCommand(make(context))
  everyCommand(top, (command) => {
    command
      .exitOverride()
      .configureHelp({
        styleTitle: (name) => title(context, name),
        commandUsage: (of) => helpWords(context, new Help().commandUsage(of)),
        subcommandTerm: (of) => helpWords(context, new Help().subcommandTerm(of)),
        optionDescription: (of) => optionWords(context, new Help().optionDescription(of), of.mandatory),
        argumentDescription: (of) => helpWords(context, new Help().argumentDescription(of)),
      })
      .configureOutput({
        outputError: (said, write) => write(mistake(said, command, context.language)),
      })
      .helpOption('-h, --help', words(context, 'эта справка', 'this help'))
      .helpCommand(false)
      .addOption(
        new Option('--config <file>', words(context, 'файл настроек', 'the config file')).default(
          defaultConfig,
        ),
      )
      .addOption(new Option('--lang <ru|en>', words(context, 'язык', 'the language')).choices(['ru', 'en']))
  })
  return top
}

function everyCommand(command: Command, act: (command: Command) => void): void {
  act(command)
  for (const inner of command.commands) everyCommand(inner, act)
}

/** Says what went wrong and what to do next; unknown errors are bugs and keep their stack. */
function tellError(error: unknown, language: Language): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (
    error instanceof UsageError ||
    error instanceof Failure ||
    error instanceof StoreError ||
    error instanceof TranscriptError
  ) {
    process.stderr.write(`${error.text[language]}\n`)
    return error instanceof UsageError ? 2 : 1
  }
  if (error instanceof RegisterError) {
    const hint = error.hint === undefined ? '' : `\n→ ${error.hint[language]}`
    process.stderr.write(`${error.text[language]}${hint}\n`)
    return 1
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

/** Runs when this file is the program and not when a test imports it. */
async function runAsProgram(): Promise<void> {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))
  // `chekpost outbox ls | head` closes the pipe early; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.exitCode = await main(process.argv.slice(2), stop.signal)
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await runAsProgram()
