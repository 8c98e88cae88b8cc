/** The small words of `--help` in the person's language. */
import type { Context } from './context.ts'

export function words(context: Context, ru: string, en: string): string {
  return context.language === 'ru' ? ru : en
}

/** The block of examples at the end of a command's help. */
export function example(context: Context, ...lines: readonly string[]): string {
  return `\n${words(context, 'Примеры', 'Examples')}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}

const titles: Readonly<Record<string, string>> = {
  'Usage:': 'Вызов:',
  'Options:': 'Ключи:',
  'Arguments:': 'Аргументы:',
  'Commands:': 'Команды:',
  'Global Options:': 'Общие ключи:',
}

/** The headings of commander's help in the person's language. */
export function title(context: Context, name: string): string {
  return context.language === 'ru' ? (titles[name] ?? name) : name
}

/** Commander's own words in usage lines and descriptions, in the person's language. */
export function helpWords(context: Context, said: string): string {
  if (context.language === 'en') return said
  return said
    .replace('[options]', '[ключи]')
    .replace('[command]', '[команда]')
    .replace('choices: ', 'можно: ')
    .replace('default: ', 'по умолчанию: ')
}

/** What help says of an option; commander does not tell which ones are wanted. */
export function optionWords(context: Context, said: string, isWanted: boolean): string {
  const told = helpWords(context, said)
  return isWanted ? `${told} ${words(context, '(обязательно)', '(required)')}` : told
}

/** What `--json` says of itself where times are printed. */
export function forPrograms(context: Context): string {
  return words(context, 'для программ (время в UTC)', 'for programs (times in UTC)')
}
