/** Signs that a receipt is for an order of the site, whose own shipment moves the stock (`bitrix.siteOrders`). */
import type { FiscalDocument } from './document.ts'
import { TagReader } from './tagreader.ts'

/** Where a shop sees its site's orders; plain data, so that the config can build it. */
export interface SiteOrderRules {
  /** Values of tag 1021 or 1203, compared without case and outer blanks. */
  readonly cashiers: readonly string[]
  /** Found in the name of a line (1030) or in the additional requisite of the receipt (1192). */
  readonly patterns: readonly RegExp[]
}

export const defaultSiteOrderRules: SiteOrderRules = { cashiers: [], patterns: [] }

/** Every sign in fixed English phrases; never the cashier's name. Empty for an ordinary receipt. */
export function siteOrderSigns({ elements }: FiscalDocument, rules = defaultSiteOrderRules): string[] {
  const tags = new TagReader(elements)
  const cashiers = [tags.code(1021), tags.code(1203)].flatMap((cashier) => cashier?.toLowerCase() ?? [])
  const texts = [
    tags.text(1192),
    ...tags.all(1059).map(({ children }) => new TagReader(children ?? []).text(1030)),
  ]
  const named = rules.patterns.some((pattern) =>
    texts.some((text) => text !== null && text.search(pattern) >= 0),
  )
  return [
    ...(isInternetPayment(tags) ? ['settled in the Internet (tag 1125)'] : []),
    ...(rules.cashiers.some((name) => cashiers.includes(name.trim().toLowerCase()))
      ? ['a cashier of the site']
      : []),
    ...(named ? ['a text of the site'] : []),
  ]
}

function isInternetPayment(tags: TagReader): boolean {
  return tags
    .all(1125)
    .some(({ meaning, value }) => meaning?.kind === 'number' && value.some((byte) => byte !== 0))
}
