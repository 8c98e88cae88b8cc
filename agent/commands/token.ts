/** `chekpost token`: a one-time link into the status page. */
import { Command } from 'commander'
import { text } from '../text.ts'
import { type Context, printJson, say, withDesk } from './context.ts'
import { whoAsks } from './selection.ts'
import { example, localTime, words } from './words.ts'

export function tokenCommand(context: Context): Command {
  return new Command('token')
    .description(words(context, 'ссылка для входа на страницу состояния', 'a link into the status page'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText('after', example(context, 'chekpost token'))
    .action(async (options: { json?: boolean }) => {
      const issued = await withDesk(context, (desk) => desk.token({ who: whoAsks() }, context.signal))
      if (options.json) return printJson(context, issued)
      const until = localTime(issued.expiresAt)
      say(
        context,
        text(
          `${issued.url}\nОткройте в браузере на этом компьютере. Один вход, до ${until}.`,
          `${issued.url}\nOpen it in a browser on this computer. It serves once, until ${until}.`,
        ),
      )
    })
}
