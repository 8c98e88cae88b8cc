/** What is wrong with a config, in both languages, with the line of the file where it stands. */
import { type Document, isMap, isNode, isPair, type Node } from 'yaml'
import { z } from 'zod'
import { both, inLanguage } from './configschema.ts'
import type { ReadYaml } from './configyaml.ts'
import { type Language, type Text, text } from './text.ts'

type Issue = z.core.$ZodIssue

/** The file in which the values stand. */
export type Place = Pick<ReadYaml, 'document' | 'lines'>

/** Every fault, one below the other; those of a part of the file have their path in it. */
export function faultsOf({ issues }: z.ZodError, place: Place | null, under: Issue['path'] = []): Text {
  const told = (language: Language) => {
    const said = z.prettifyError({
      issues: issues.map((issue) => {
        const path = [...under, ...issue.path]
        const line = place === null ? null : lineOf({ ...issue, path }, place)
        const where = line === null ? '' : language === 'ru' ? `строка ${line}: ` : `line ${line}: `
        return { ...issue, path, message: `${where}${inLanguage(issue.message, language)}` }
      }),
    })
    return language === 'ru' ? said.replaceAll('\n  → at ', '\n  → ') : said
  }
  const [ru, en] = [told('ru'), told('en')]
  return text(ru, en)
}

/** For `safeParse`: what no schema has own words for, in both languages. */
export function inBoth(issue: z.core.$ZodRawIssue): string {
  const own = ownWords(issue)
  if (own !== null) return both(own.ru, own.en)
  const [ru, en] = [z.locales.ru(), z.locales.en()].map(({ localeError }) => localeError(issue))
  return both(plain(ru), plain(en))
}

function plain(said: string | { message: string } | undefined | null): string {
  return typeof said === 'string' ? said : (said?.message ?? '?')
}

const kinds: Readonly<Record<string, Text>> = {
  string: text('текст (из одних цифр: в кавычках)', 'a text (of digits alone: in quotes)'),
  number: text('число', 'a number'),
  int: text('целое число', 'a whole number'),
  boolean: text('true или false', 'true or false'),
  array: text('список', 'a list'),
  object: text('ключи со значениями', 'keys with values'),
}

function ownWords(issue: z.core.$ZodRawIssue): Text | null {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key: string) => `"${key}"`).join(', ')
      return text(`нет такого ключа: ${keys}`, `there is no such key: ${keys}`)
    }
    case 'invalid_type': {
      const kind = kinds[issue.expected]
      if (issue.input === undefined) return text('этого ключа не хватает', 'this key is missing')
      return kind === undefined ? null : text(`нужно: ${kind.ru}`, `${kind.en} is wanted`)
    }
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ')
      return text(`можно только: ${values}`, `only these are possible: ${values}`)
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? text(`не меньше ${issue.minimum}`, `at least ${issue.minimum}`)
        : text('не может быть пустым', 'must not be empty')
    case 'too_big':
      return text(`не больше ${issue.maximum}`, `at most ${issue.maximum}`)
    case 'invalid_format':
      return issue.format === 'url' ? text('не адрес (URL)', 'this is no address (URL)') : null
    default:
      return null
  }
}

/** Counted from 1; of something that is missing, the line of what it is missing in. */
function lineOf(issue: Issue, { document, lines }: Place): number | null {
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const offset =
    (key === undefined ? null : keyOffset(document, issue.path, key)) ?? offsetOf(document, issue.path)
  return offset === null ? null : lines.linePos(offset).line
}

function keyOffset(document: Document, path: readonly PropertyKey[], key: string): number | null {
  const map = nodeAt(document, path)
  if (!isMap(map)) return null
  const pair = map.items.find((one) => isPair(one) && isNode(one.key) && String(one.key) === key)
  return isNode(pair?.key) ? (pair.key.range?.[0] ?? null) : null
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document, path.slice(0, length))
    if (node?.range) return node.range[0]
  }
  return null
}

function nodeAt(document: Document, path: readonly PropertyKey[]): Node | null {
  const found: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
  return isNode(found) ? found : null
}
