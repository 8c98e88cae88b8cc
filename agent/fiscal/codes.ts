/**
 * Which product a line names (`ffd-tlv` section 3): every code the receipt holds, each under its own kind. Nothing
 * is guessed: a check digit must be right, articles need the shop's own pattern, and two different products in one
 * line are none.
 */
import { isProductCode } from './checkdigit.ts'
import type { CodeRules, InStoreCodes } from './coderules.ts'
import { type Found, nothingFound, readCodeBytes, readCodeText } from './marking.ts'
import type { ProductCode } from './model.ts'
import { toHex } from './scalars.ts'

/** Everything in a line that may name its product. */
export interface CodeFacts {
  /** Values of tag 1162. */
  readonly bytes: readonly Uint8Array[]
  /** Children of tag 1163. */
  readonly texts: readonly { readonly tag: number; readonly text: string }[]
  /** A code that a JSON shows and that cannot be read back. */
  readonly shown: string | null
  /** Tag 1191. */
  readonly extra: string | null
  /** Tag 1030. */
  readonly name: string | null
}

/** The codes of a line, and what was odd about them. */
export function productCode(
  facts: CodeFacts,
  rules: CodeRules,
): { readonly code: ProductCode; readonly problems: readonly string[] } {
  const tagged = agreed([
    ...facts.texts.map(({ tag, text }) => readCodeText(tag, text)),
    ...facts.bytes.map(readCodeBytes),
  ])
  const found =
    tagged.gtin === null && tagged.ean === null ? { ...tagged, ...codeInName(facts.name) } : tagged
  const plu = found.ean === null ? null : pluOf(found.ean, rules.inStore)
  const [text] = facts.texts
  const [bytes] = facts.bytes
  const raw = text?.text ?? (bytes === undefined ? facts.shown : toHex(bytes))
  return {
    code: {
      gtin: found.gtin,
      // The digits of a weighed portion differ from portion to portion: only the PLU names the product.
      ean: plu === null ? found.ean : null,
      article: plu ?? article(facts.extra, rules.extra) ?? article(facts.name, rules.name),
      mark: found.mark,
      raw,
    },
    problems: tagged.problems,
  }
}

/** What all the tags say together; when they name different products, none of them counts. */
function agreed(all: readonly Found[]): Found & { readonly problems: readonly string[] } {
  const one = (kind: 'gtin' | 'ean' | 'mark') => {
    const values = new Set(all.flatMap((found) => found[kind] ?? []))
    return values.size > 1 ? undefined : ([...values][0] ?? null)
  }
  const [gtin, ean, mark] = [one('gtin'), one('ean'), one('mark')]
  if (gtin === undefined || ean === undefined || mark === undefined)
    return { ...nothingFound, problems: ['the codes name different products'] }
  const wrongDigit = all.some((found) => found.wrongDigit)
  const problems = wrongDigit ? ['the check digit of the code is wrong'] : []
  return { gtin, ean, mark, wrongDigit, problems }
}

/** Signs that tills put before a name: mark signs, stars, line numbers. */
const signs = /^(?:\[[MМ]\]|<[A-ZА-Я]>|!|\*|\d{1,3}:(?=\d)|\s)+/i

/** A product's code that stands as digits at the head of the name. */
function codeInName(name: string | null): Pick<Found, 'gtin' | 'ean'> {
  const digits = /^(\d{8}|\d{12,14})\s/.exec((name ?? '').replace(signs, ''))?.[1]
  if (digits === undefined || !isProductCode(digits)) return { gtin: null, ean: null }
  return digits.length === 14 ? { gtin: digits, ean: null } : { gtin: null, ean: digits }
}

/** The PLU of a barcode that the shop's scales printed, digits as they stand. */
function pluOf(ean: string, inStore: InStoreCodes | null): string | null {
  if (inStore === null || ean.length !== 13) return null
  const prefix = inStore.prefix.find(
    (start) => ean.startsWith(start) && start.length + inStore.plu + inStore.weight === ean.length - 1,
  )
  return prefix === undefined ? null : ean.slice(prefix.length, prefix.length + inStore.plu)
}

function article(text: string | null, patterns: readonly RegExp[]): string | null {
  if (text === null) return null
  for (const pattern of patterns) {
    // A copy, because a pattern with `g` remembers the line before.
    const found = new RegExp(pattern).exec(text.trim())?.[1]?.trim()
    if (found !== undefined && found !== '') return found
  }
  return null
}
