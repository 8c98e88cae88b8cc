/**
 * One large JSON value taken apart into small ones, so that the receipts in a wrapper (`{"documents": […]}`) are read
 * one by one, as those of a list are. A receipt itself stays whole.
 */
import { JsonCutter } from './jsonpieces.ts'

/** What is shorter is read in one turn: a few receipts. */
const small = 4 * 1024
/** As deep as receipts are looked for. */
const deepest = 12

/** `json` is valid. Together the parts hold the receipts that it holds, each under the key that it stands under. */
export function* partsOf(json: string, key: string | null = null, depth = deepest): Generator<string> {
  if (json.length <= small || depth === 0 || isWhole(json)) yield under(key, json)
  else if (json.trimStart().startsWith('['))
    for (const element of elementsOf(json)) yield* partsOf(element, key, depth - 1)
  else
    for (const member of elementsOf(`[${json.trim().slice(1, -1)}]`)) {
      const [head = '', name = ''] = /^\s*("(?:[^"\\]|\\.)*")\s*:/s.exec(member) ?? []
      if (member.length <= small) yield `{${member}}`
      else yield* partsOf(member.slice(head.length), JSON.parse(name), depth - 1)
    }
}

function under(key: string | null, json: string): string {
  return key === null ? json : `{${JSON.stringify(key)}:${json}}`
}

/** Neither list nor wrapper. */
function isWhole(json: string): boolean {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null) return true
  return !Array.isArray(value) && 'totalSum' in value && ('items' in value || 'operationType' in value)
}

function elementsOf(list: string): string[] {
  const cutter = new JsonCutter()
  return cutter.push(list).map(({ text }) => text)
}
