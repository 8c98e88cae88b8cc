/** `chekpost pause` and `chekpost resume`: a register's port is let go of, so that a vendor's tool can work with it. */
import { Command } from 'commander'
import { shopTime } from '../shoptime.ts'
import { text } from '../text.ts'
import { type Context, loadConfig, printJson, say, withDesk } from './context.ts'
import { whoAsks } from './selection.ts'
import { reason, wholeNumber } from './values.ts'
import { example, forPrograms, words } from './words.ts'

export function pauseCommand(context: Context): Command {
  return new Command('pause')
    .description(
      words(
        context,
        'отпустить порт кассы на время, для другой программы',
        "let go of a register's port for a while, for another program",
      ),
    )
    .argument('<register>', words(context, 'касса из настроек', 'a register of the config'))
    .option(
      '--minutes <n>',
      words(context, 'на сколько минут, до 240', 'for so many, up to 240'),
      wholeNumber(1, 240),
      10,
    )
    .requiredOption('--reason <text>', words(context, 'зачем (сохраняется)', 'why (it is kept)'), reason)
    .option('--json', forPrograms(context))
    .addHelpText(
      'after',
      example(
        context,
        words(
          context,
          'chekpost pause till-1 --minutes 10 --reason "Тест драйвера"',
          'chekpost pause till-1 --minutes 10 --reason "driver test"',
        ),
        'chekpost resume till-1',
      ),
    )
    .action(async (register: string, options: { minutes: number; reason: string; json?: boolean }) => {
      const input = { register, minutes: options.minutes, reason: options.reason, who: whoAsks() }
      const { timezone } = loadConfig(context)
      const tellWait = () => options.json || say(context, waiting)
      const late = setTimeout(tellWait, soonMs)
      const done = await withDesk(context, (desk) => desk.pause(input, context.signal)).finally(() =>
        clearTimeout(late),
      )
      if (options.json) return printJson(context, done)
      const until = shopTime(done.until, timezone)
      say(
        context,
        text(
          `${register}: порт отпущен до ${until}. Вернуть раньше: chekpost resume ${register}`,
          `${register}: the port is let go of until ${until}. To have it back now: chekpost resume ${register}`,
        ),
      )
    })
}

/** Whoever waits longer is told for what. */
const soonMs = 1_500
const waiting = text(
  'Порт ещё занят: начатое дочитывается, это может занять до двух минут. Подождите…',
  'The port is still in use: what is under way is finished first, which may take two minutes. Wait…',
)

export function resumeCommand(context: Context): Command {
  return new Command('resume')
    .description(words(context, 'снова занять порт кассы', "take a register's port again"))
    .argument('<register>', words(context, 'касса из настроек', 'a register of the config'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost resume till-1'))
    .action(async (register: string, options: { json?: boolean }) => {
      const input = { register, who: whoAsks() }
      const done = await withDesk(context, (desk) => desk.resume(input, context.signal))
      if (options.json) return printJson(context, done)
      say(
        context,
        done.resumed
          ? text(
              `${register}: порт снова наш, чтение продолжается`,
              `${register}: the port is ours again, reading goes on`,
            )
          : text(`${register}: порт и не был отпущен`, `${register}: the port had not been let go of`),
      )
    })
}
