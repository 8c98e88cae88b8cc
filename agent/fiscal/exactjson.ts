/**
 * JSON whose numbers keep their digits. `JSON.parse` turns 0.356 and 9297368881396023000 into the nearest double;
 * here a number stays the text that stands in the file. Pure; any text at all is a legal input.
 */

/** A number as it is written, e.g. `0.356` or `9.29725062962095e+18`. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Json = null | boolean | string | ExactNumber | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

/** Stands before the text of every number while the parser runs; a string that has it already is not JSON of ours. */
const marker = '\u0001'

/** Exports nest a dozen deep; far more is malice, and would exhaust the parser's stack. */
const deepest = 100

/** Null when the text is no JSON, or nests deeper than any export. */
export function parseExact(text: string): Json | null {
  try {
    // The strict parser judges first: the rewritten text would forgive what is no number.
    JSON.parse(text)
  } catch {
    return null
  }
  const rewritten = rewrite(text)
  if (rewritten === null) return null
  return JSON.parse(rewritten, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(marker) ? new ExactNumber(value.slice(1)) : value,
  ) as Json
}

/** Puts every number into a marked string; null when it is nested too deep or holds the mark itself. */
function rewrite(text: string): string | null {
  if (text.includes('\\u0001')) return null
  let depth = 0
  let most = 0
  const rewritten = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[[{]|[\]}]/g, (token) => {
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    most = Math.max(most, depth)
    return /^[-\d]/.test(token) ? `"\\u0001${token}"` : token
  })
  return most > deepest ? null : rewritten
}

/** The same JSON as text, numbers as they were written. */
export function writeExact(value: Json): string {
  if (value instanceof ExactNumber) return value.text
  if (isList(value)) return `[${value.map(writeExact).join(',')}]`
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${writeExact(inner)}`)
      .join(',')}}`
  return JSON.stringify(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber) && !isList(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The most digits before and after the point that a number of a receipt may have. */
const digits = { whole: 18, part: 15 }

/** A non-negative number as plain decimal text with the decimals it was written with, or null. */
export function decimalOf({ text }: ExactNumber): string | null {
  const [, whole, part = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ?? []
  if (whole === undefined) return null
  const shift = Number(exponent)
  const all = whole + part
  const point = whole.length + shift
  const padded = point <= 0 ? '0'.repeat(1 - point) + all : all.padEnd(point, '0')
  const cut = Math.max(point, 1)
  const [before, after] = [padded.slice(0, cut).replace(/^0+(?=\d)/, ''), padded.slice(cut)]
  if (before.length > digits.whole || after.length > digits.part) return null
  return after === '' ? before : `${before}.${after}`
}

/** A whole non-negative number that a JavaScript number holds exactly, or null. */
export function integerOf(number: ExactNumber): number | null {
  const [, whole] = /^(\d+)(?:\.0+)?$/.exec(decimalOf(number) ?? '') ?? []
  const value = Number(whole ?? Number.NaN)
  return Number.isSafeInteger(value) ? value : null
}
