/** `chekpost token`: a one-time link into the status page. */
import { Command } from 'commander'
import { shopTime } from '../shoptime.ts'
import { text } from '../text.ts'
import { type Context, loadConfig, printJson, say, withDesk } from './context.ts'
import { whoAsks } from './selection.ts'
import { example, forPrograms, words } from './words.ts'

export function tokenCommand(context: Context): Command {
  return new Command('token')
    .description(words(context, 'ссылка для входа на страницу состояния', 'a link into the status page'))
    .option('--json', forPrograms(context))
    .addHelpText('after', example(context, 'chekpost token'))
    .action(async (options: { json?: boolean }) => {
      const { timezone } = loadConfig(context)
      const issued = await withDesk(context, (desk) => desk.token({ who: whoAsks() }, context.signal))
      if (options.json) return printJson(context, issued)
      const until = shopTime(issued.expiresAt, timezone)
      say(
        context,
        text(
          `${issued.url}\nОткройте в браузере на этом компьютере. Один вход, до ${until}.`,
          `${issued.url}\nOpen it in a browser on this computer. It serves once, until ${until}.`,
        ),
      )
    })
}
