/** `chekpost read --fd 120-150`: reads documents from the register and shows them; exit code 0 means all of them. */
import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import type { Desk, ReadRow } from '../desk/desk.ts'
import { Progress } from '../progress.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { plainly } from '../wording/plain.ts'
import { placeInWords, problemInWords } from '../wording/readings.ts'
import { type Context, print, printJson, withDesk } from './context.ts'
import { openProgress } from './progress.ts'
import { whoAsks } from './selection.ts'
import { type NumberRange, numberRange } from './values.ts'
import { example, words } from './words.ts'

export function readCommand(context: Context): Command {
  return new Command('read')
    .description(words(context, 'прочитать документы из кассы', 'read documents out of the register'))
    .requiredOption(
      '--fd <range>',
      words(context, 'номера ФД: 120 или 120-150', 'document numbers: 120 or 120-150'),
      numberRange,
    )
    .option(
      '--register <name>',
      words(context, 'касса (если их несколько)', 'the register, when there are several'),
    )
    .option('--keep', words(context, 'сохранить то, чего нет в очереди', 'keep what the outbox lacks'))
    .option('--json', words(context, 'для программ', 'for programs'))
    .addHelpText(
      'after',
      example(context, 'chekpost read --fd 120-150', 'chekpost read --fd 120 --keep --json'),
    )
    .action(async (options: ReadOptions) => {
      const unread = await withDesk(context, (desk) => readAll(context, desk, options))
      // A script that asked for a document must not take its absence for success.
      if (unread > 0)
        throw new Failure(
          text(
            `Не прочитано документов: ${unread}. Причина у каждого названа выше.`,
            `Documents not read: ${unread}. The reason stands beside each above.`,
          ),
        )
    })
}

interface ReadOptions {
  fd: NumberRange
  register?: string
  keep?: boolean
  json?: boolean
}

/** So many documents in one request: a slow register takes seconds for them. */
const step = 5

/** How many of them could not be read. */
async function readAll(context: Context, desk: Desk, options: ReadOptions): Promise<number> {
  const { from: first, to: last } = options.fd
  using shown = await openProgress(context, options.json ?? false)
  const progress = new Progress(text('чтение', 'reading'), last - first + 1)
  const sitting = { id: randomUUID(), numbers: `${first}-${last}` }
  let unread = 0
  for (let from = first; from <= last; from += step) {
    const input = {
      fromNumber: from,
      toNumber: Math.min(last, from + step - 1),
      keep: options.keep ?? false,
      who: whoAsks(),
      sitting: { ...sitting, isLast: from + step > last },
      ...(options.register !== undefined && { register: options.register }),
    }
    const { documents, fault } = await desk.read(input, context.signal)
    unread += documents.filter(({ decoded }) => decoded === null).length
    shown.aside(() => {
      for (const row of documents) printRow(context, row, options.json ?? false)
    })
    progress.add(documents.length)
    shown.show(progress.view())
    if (fault !== null) throw new Failure(fault)
  }
  return unread
}

/** What others wrote, as goods' names, moves no cursor of the terminal. */
export function printRow(context: Pick<Context, 'language' | 'out'>, row: ReadRow, json: boolean): void {
  const said = problemInWords(row)?.[context.language] ?? JSON.stringify(row.decoded)
  if (json) printJson(context, row)
  else print(context, `${row.number}  ${placeInWords(row)[context.language]}  ${plainly(said, said.length)}`)
}
