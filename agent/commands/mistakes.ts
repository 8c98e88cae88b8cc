/** Wrong use of the command line, told in the person's language with the next step. */
import type { Language } from '../text.ts'

/** Commander says these in English only; each is known by its whole sentence. */
const russian: readonly (readonly [RegExp, string])[] = [
  [/^unknown command '(.*)'$/, 'нет такой команды: $1.'],
  [/^unknown option '(.*)'$/, 'нет такого ключа: $1.'],
  [/^missing required argument '(.*)'$/, 'не указано: <$1>.'],
  [/^required option '(.*)' not specified$/, 'нужен ключ $1.'],
  [/^option '(.*)' argument missing$/, 'у ключа $1 нет значения.'],
  [/^too many arguments.*$/, 'лишние слова в команде.'],
  [/^option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/, '$1: неверно «$2», можно: $3.'],
  [
    /^option '(.*)' argument '(.*)' is invalid\. a whole number is wanted$/,
    '$1: неверно «$2», нужно целое число.',
  ],
  [
    /^option '(.*)' argument '(.*)' is invalid\. (\S+) or (\S+) is wanted$/,
    '$1: неверно «$2», нужно так: $3 или $4.',
  ],
  [/^option '(.*)' argument '(.*)' is invalid\..*$/, '$1: неверно «$2».'],
]

/** `said` is commander's sentence, `command` the full words of the command that was meant, as `chekpost outbox ls`. */
export function mistake(said: string, command: string, language: Language): string {
  const [first = '', ...more] = said
    .trim()
    .replace(/^error: /, '')
    .split('\n')
  if (language === 'en') return `error: ${[first, ...more].join('\n')}\n→ ${command} --help\n`
  const [pattern, words] = russian.find(([known]) => known.test(first)) ?? [/^.*$/, '$&']
  return `Ошибка: ${first.replace(pattern, words)}${meant(more)}\n→ Справка: ${command} --help\n`
}

/** Commander guesses a misspelt word: `(Did you mean status?)`. */
function meant(lines: readonly string[]): string {
  return lines
    .map((line) => ` ${line.replace('Did you mean', 'Может быть,').replace('one of ', '')}`)
    .join('')
}
