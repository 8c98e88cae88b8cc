/** `chekpost explain`: what a recorded talk says, one JSON line a frame. */
import { Command, Option } from 'commander'
import { driverNames, drivers, parseTranscript } from '../../drivers/index.ts'
import { type Context, printJson, readInput } from './context.ts'
import { example, words } from './words.ts'

export function explainCommand(context: Context): Command {
  return new Command('explain')
    .description(
      words(
        context,
        'объяснить записанный обмен с кассой, по строке JSON на кадр',
        'explain a recorded talk, one JSON line a frame',
      ),
    )
    .argument('<file>', words(context, 'запись обмена или -', 'the transcript, or -'))
    .addOption(
      new Option('--driver <name>', words(context, 'протокол кассы', "the register's protocol"))
        .choices(driverNames)
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      example(
        context,
        'chekpost explain --driver shtrih talk.transcript',
        "echo '02 05 10 1E 00 00 00 0B' | chekpost explain --driver shtrih -",
      ),
    )
    .action(async (file: string, options: { driver: keyof typeof drivers }) => {
      const talk = parseTranscript((await readInput(context, file)).toString('utf8'))
      // A person's own file: nothing of it is hidden from them.
      for (const { private: _, ...frame } of drivers[options.driver].explain(talk)) printJson(context, frame)
    })
}
