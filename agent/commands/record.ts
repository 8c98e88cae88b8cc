/** `chekpost record <address>`: writes down a talk with a register: ours, another program's, or what is overheard. */
import { Command, Option } from 'commander'
import { type Driver, driverNames, drivers, type Line, openLine, recordLine } from '../../drivers/index.ts'
import { listenOnly, readLast } from '../recording/readings.ts'
import { parseDoor, passThrough } from '../recording/through.ts'
import { openTranscript } from '../recording/transcript.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'
import { version } from '../version.ts'
import type { Context } from './context.ts'
import { settingsFor } from './driversettings.ts'
import { demandLetGo } from './held.ts'
import { driverSetting, duration, wholeNumber } from './values.ts'
import { example, words } from './words.ts'

interface Options {
  readonly out?: string
  /** Milliseconds. */
  readonly for?: number
  readonly driver?: keyof typeof drivers
  readonly set?: readonly string[]
  readonly documents: number
  readonly through?: string
}

export function recordCommand(context: Context): Command {
  return new Command('record')
    .description(
      words(
        context,
        'записать обмен с кассой: свой, чужой программы или только слышимое; без --for до Ctrl+C',
        "record a talk with a register: our own, another program's, or what is overheard; until Ctrl+C without --for",
      ),
    )
    .argument(
      '<address>',
      words(
        context,
        'tcp:хост:порт, serial:/dev/… или hid:VID:PID',
        'tcp:host:port, serial:/dev/… or hid:VID:PID',
      ),
    )
    .option('--out <file>', words(context, 'новый файл вместо вывода', 'a new file instead of the output'))
    .option(
      '--for <time>',
      words(context, 'сколько писать: 30s, 10m, 2h', 'how long: 30s, 10m, 2h'),
      duration,
    )
    .addOption(
      new Option(
        '--driver <name>',
        words(context, 'самим прочитать последние документы', 'read the last documents ourselves'),
      ).choices(driverNames),
    )
    .option(
      '--set <key=value>',
      words(context, 'настройка протокола, например frames=v2', "a driver's setting, e.g. frames=v2"),
      driverSetting,
    )
    .option(
      '--documents <n>',
      words(context, 'сколько документов', 'how many documents'),
      wholeNumber(1, 1000),
      3,
    )
    .option(
      '--through <address>',
      words(context, 'пропускать через себя программу: tcp:7779', 'let a program talk through: tcp:7779'),
    )
    .addHelpText(
      'after',
      example(
        context,
        'chekpost record tcp:192.168.137.111:7778 --driver shtrih --out talk.transcript',
        'chekpost record serial:/dev/ttyACM0 --through tcp:7779 --for 10m --out till.transcript',
        'chekpost explain --driver shtrih talk.transcript',
      ),
    )
    .action((address: string, options: Options) => record(context, address, options))
}

async function record(context: Context, address: string, options: Options): Promise<void> {
  const talk = talkOf(context, options)
  await demandLetGo(context, address)
  using transcript = openTranscript(options.out ?? null, context.out)
  const remark = (words: string) => transcript.write(`# ${words}\n`)
  const enough = new AbortController()
  const stop = () => enough.abort()
  context.signal.addEventListener('abort', stop, { once: true })
  const timer = options.for === undefined ? undefined : setTimeout(stop, options.for)
  try {
    remark(`chekpost ${version()}, ${address}, ${new Date().toISOString()}`)
    await using line = recordLine(await openLine(address, enough.signal), transcript.write)
    await talk(line, remark, enough.signal)
  } catch (error) {
    // The end of the time, or a person's Ctrl+C, is how a recording ends.
    if (!enough.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', stop)
  }
  transcript.demandWhole()
}

type Talk = (line: Line, remark: (words: string) => void, signal: AbortSignal) => Promise<void>

/** Everything that can be wrong with the options is found before the line is opened. */
function talkOf(context: Context, options: Options): Talk {
  if (options.through !== undefined && options.driver !== undefined)
    throw new UsageError(
      text(
        'Или --driver, или --through: двоих на одной линии касса не различает.',
        'Either --driver or --through: a register cannot tell two on one line apart.',
      ),
    )
  if (options.through !== undefined) {
    const door = parseDoor(options.through)
    const ready = (at: string) => {
      process.stderr.write(
        words(context, `Подключайте программу к ${at}\n`, `Connect the program to ${at}\n`),
      )
    }
    return (line, remark, signal) => passThrough(line, door, { remark, ready }, signal)
  }
  if (options.driver === undefined) return (line, _remark, signal) => listenOnly(line, signal)
  const driver: Driver = drivers[options.driver]
  const asked = { driver, settings: settingsFor(driver, options.set ?? []) }
  return (line, remark, signal) => readLast(line, asked, options.documents, remark, signal)
}
