/** What is wrong with a config, in both languages, with the line of the file where it stands. */
import { type Document, isMap, isNode, isPair, type LineCounter, type Node } from 'yaml'
import { z } from 'zod'
import { inLanguage } from './configschema.ts'
import type { Language } from './text.ts'

type Issue = z.core.$ZodIssue

/** Every fault with its line, one below the other. */
export function faultsOf(
  { issues }: z.ZodError,
  language: Language,
  document: Document,
  lines: LineCounter,
): string {
  return z.prettifyError({
    issues: issues.map((issue) => {
      const line = lineOf(issue, document, lines)
      const where = line === null ? '' : language === 'ru' ? `строка ${line}: ` : `line ${line}: `
      return { ...issue, message: `${where}${inLanguage(issue.message, language)}` }
    }),
  })
}

/** Counted from 1; of something that is missing, the line of what it is missing in. */
function lineOf(issue: Issue, document: Document, lines: LineCounter): number | null {
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
