/** Wrong use of the command line, told in the person's language with the next step. */
import { type Command, InvalidArgumentError } from 'commander'
import { type Language, type Text, text } from '../text.ts'

/** Stands between the halves of a pair in a message: a character without a meaning, which nobody types. */
const between = '\ue000'

/** For a parser of an option: what is allowed there. */
export function wrongValue({ ru, en }: Text): InvalidArgumentError {
  return new InvalidArgumentError(`${en}${between}${ru}`)
}

/** Commander says these in English only; each is known by its whole sentence. */
const russian: readonly (readonly [RegExp, string])[] = [
  [/^unknown command '(.*)'$/s, 'нет такой команды: $1.'],
  [/^unknown option '(.*)'$/s, 'нет такого ключа: $1.'],
  [/^missing required argument '(.*)'$/s, 'не указано: <$1>.'],
  [/^required option '(.*)' not specified$/s, 'нужен ключ $1.'],
  [/^option '(.*)' argument missing$/s, 'у ключа $1 нет значения.'],
  [/^too many arguments.*$/s, 'лишние слова в команде.'],
  [
    /^option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s,
    '$1: неверно «$2», можно: $3.',
  ],
  [/^option '(.*)' argument '(.*)' is invalid\. [^\ue000]*\ue000(.*)$/s, '$1: неверно «$2», $3.'],
]

/** `said` is commander's sentence about this command line, `of` the command that was meant, as `outbox ls`. */
export function mistake(said: string, of: Command, language: Language): string {
  const [, whole = '', guess] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?([^\n]*)\?\))?$/s.exec(said.trim()) ?? []
  const words = strayWords(whole, of)
  const next = [...words.flatMap((word) => hintsOf(word, of)), helpOf(of)]
  const hints = next.map((hint) => `→ ${hint[language]}\n`).join('')
  const named = words.length > 0 && whole.startsWith('too many') ? words.join(' ') : null
  if (language === 'en') {
    const [english = ''] = named === null ? whole.split(between) : [`words too many: ${named}`]
    return `error: ${english}${guess === undefined ? '' : `\n(Did you mean ${guess}?)`}\n${hints}`
  }
  const [pattern, translated] = russian.find(([known]) => known.test(whole)) ?? [/^.*$/s, '$&']
  const told = named === null ? whole.replace(pattern, translated) : `лишние слова: ${named}.`
  return `Ошибка: ${told}${guess === undefined ? '' : ` (Может быть, ${guess}?)`}\n${hints}`
}

/** Words that have no place where they stand: perhaps they are meant for an option. */
function strayWords(said: string, of: Command): readonly string[] {
  if (said.startsWith('too many arguments')) return of.args.slice(of.registeredArguments.length)
  return said.startsWith('unknown command') ? of.args.slice(0, 1) : []
}

function hintsOf(word: string, of: Command): Text[] {
  const name = fullName(of)
  const takes = (option: string) => of.options.some(({ long }) => long === option)
  const instead = (line: string) => text(`Может быть, так: ${line}`, `Perhaps so: ${line}`)
  if (/^[\w./~-]+\.ya?ml$/.test(word))
    return [instead(of.commands.length > 0 ? `chekpost config check ${word}` : `${name} --config ${word}`)]
  if (/^\d+(?:-\d+)?$/.test(word)) return takes('--fd') ? [instead(`${name} --fd ${word}`)] : []
  return /^[a-z0-9-]+$/.test(word) && takes('--register') ? [instead(`${name} --register ${word}`)] : []
}

function helpOf(of: Command): Text {
  const line = `${fullName(of)} --help`
  return text(`Справка: ${line}`, line)
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}
