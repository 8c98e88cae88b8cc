/** `chekpost begin`: a person says where reading of a fiscal drive begins, when the agent must not guess. */
import { Command } from 'commander'
import { text } from '../text.ts'
import { type Context, printJson, say, withDesk } from './context.ts'
import { whoAsks } from './selection.ts'
import { driveNumber, reason, wholeNumber } from './values.ts'
import { example, words } from './words.ts'

interface BeginOptions {
  register: string
  at: number
  fn?: string
  reason: string
  json?: boolean
}

export function beginCommand(context: Context): Command {
  return new Command('begin')
    .description(
      words(context, 'указать, с какого документа читать ФН', 'say where reading of a fiscal drive begins'),
    )
    .requiredOption('--register <name>', words(context, 'касса из настроек', 'a register of the config'))
    .requiredOption(
      '--at <n>',
      words(context, 'первый номер ФД, который нужно отправить', 'the first document to send'),
      wholeNumber(1),
    )
    .option(
      '--fn <number>',
      words(context, 'номер ФН, если касса не подключена', 'the drive, when the register is away'),
      driveNumber,
    )
    .requiredOption('--reason <text>', words(context, 'почему (сохраняется)', 'why (it is kept)'), reason)
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(
        context,
        words(
          context,
          'chekpost begin --register till-1 --at 1 --reason "ФН заменён 21.11"',
          'chekpost begin --register till-1 --at 1 --reason "drive replaced on 21.11"',
        ),
      ),
    )
    .action(async (options: BeginOptions) => {
      const input = {
        register: options.register,
        at: options.at,
        reason: options.reason,
        who: whoAsks(),
        ...(options.fn !== undefined && { storage: options.fn }),
      }
      const done = await withDesk(context, (desk) => desk.begin(input, context.signal))
      if (options.json) return printJson(context, done)
      say(
        context,
        text(
          `ФН ${done.storage} читается с документа ${done.first}`,
          `Drive ${done.storage} is read from document ${done.first}`,
        ),
      )
    })
}
