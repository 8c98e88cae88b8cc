/** `chekpost outbox audits`: who did what, and why. */
import { Command } from 'commander'
import { shopTime } from '../shoptime.ts'
import { text } from '../text.ts'
import { type Context, loadConfig, print, printJson, say, withDesk } from './context.ts'
import { wholeNumber } from './values.ts'
import { example, forPrograms, words } from './words.ts'

interface AuditsOptions {
  readonly limit: number
  readonly json?: boolean
}

/** Newest last, as the other lists are. */
export function auditsCommand(context: Context): Command {
  return new Command('audits')
    .description(words(context, 'кто что делал и зачем', 'who did what, and why'))
    .option('--limit <n>', words(context, 'не больше строк', 'at most so many'), wholeNumber(1, 1000), 50)
    .option('--json', forPrograms(context))
    .addHelpText('after', example(context, 'chekpost outbox audits --limit 10'))
    .action(async ({ limit, json }: AuditsOptions) => {
      const { timezone } = loadConfig(context)
      const { acts } = await withDesk(context, (desk) => desk.audits({ limit }, context.signal))
      if (json) {
        printJson(context, { acts })
        return
      }
      if (acts.length === 0) say(context, text('Ещё никто ничего не делал', 'Nobody did anything yet'))
      for (const { at, who, action, reason, detail } of acts.toReversed())
        print(
          context,
          `${shopTime(at, timezone)}  ${who}  ${action}  ${reason === '' ? '-' : reason}  ${detail}`,
        )
    })
}
