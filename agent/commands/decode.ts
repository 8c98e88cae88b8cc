/** `chekpost decode`: one fiscal document from a file or standard input, as JSON. */
import { Command } from 'commander'
import { decodeText } from '../fiscal/decode.ts'
import { TlvError } from '../fiscal/tlv.ts'
import { inWords } from '../fiscal/tlvwords.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { type Context, printJson, readInput } from './context.ts'
import { wholeNumber } from './values.ts'
import { example, words } from './words.ts'

export function decodeCommand(context: Context): Command {
  return new Command('decode')
    .description(
      words(
        context,
        'разобрать фискальный документ (hex или байты)',
        'decode a fiscal document (hex or bytes)',
      ),
    )
    .argument('<file>', words(context, 'файл или - (стандартный ввод)', 'a file, or - for standard input'))
    .option(
      '--type <n>',
      words(context, 'тип документа, если даны только его данные', 'document type of a bare body'),
      wholeNumber(1, 0xffff),
    )
    .option('--json', words(context, 'вывод и так всегда JSON', 'the output is JSON anyway'))
    .addHelpText(
      'after',
      example(context, 'chekpost decode document.hex', 'xxd -p doc.bin | chekpost decode --type 3 -'),
    )
    .action(async (file: string, options: { type?: number }) => {
      const input = await readInput(context, file)
      printJson(context, decoded(input, options.type))
    })
}

function decoded(input: Uint8Array, type: number | undefined): unknown {
  try {
    return decodeText(input, type === undefined ? {} : { type })
  } catch (cause) {
    if (!(cause instanceof TlvError)) throw cause
    const { ru, en } = inWords(cause)
    throw new Failure(
      text(
        `Документ не разобран: ${ru}. Проверьте, что файл целый; для данных без заголовка укажите --type.`,
        `The document cannot be decoded: ${en}. Check that the file is whole; a bare body needs --type.`,
      ),
      { cause },
    )
  }
}
