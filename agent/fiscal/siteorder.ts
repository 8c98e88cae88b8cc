/** Signs that a receipt is for an order of the site, whose own shipment moves the stock (`bitrix.siteOrders`). */
import type { FiscalDocument } from './document.ts'
import { readText } from './scalars.ts'
import { TagReader } from './tagreader.ts'

/** Where a shop sees its site's orders; plain data, so that the config can build it. */
export interface SiteOrderRules {
  /** Values of tag 1021 or 1203, compared without case and outer blanks. */
  readonly cashiers: readonly string[]
  /** Found in the name of a line (1030) or in the additional requisite of the receipt (1192). */
  readonly patterns: readonly RegExp[]
}

export const defaultSiteOrderRules: SiteOrderRules = { cashiers: [], patterns: [] }

/** What a receipt says that may tell an order of the site, from TLV or from JSON. */
export interface OrderTraces {
  readonly internetPayment: boolean
  /** The cashier's name and tax number. */
  readonly cashiers: readonly (string | null)[]
  /** The additional requisite of the receipt and the names of its lines. */
  readonly texts: readonly (string | null)[]
}

/** Every sign in fixed English phrases; never the cashier's name. Empty for an ordinary receipt. */
export function siteOrderSigns(document: FiscalDocument, rules = defaultSiteOrderRules): string[] {
  return signsOf(tracesOf(document), rules)
}

/** The same for traces from whatever source. */
export function signsOf({ internetPayment, cashiers, texts }: OrderTraces, rules: SiteOrderRules): string[] {
  const present = cashiers.flatMap((cashier) => (cashier === null ? [] : normal(cashier)))
  const isNamed = (pattern: RegExp) => texts.some((text) => text !== null && text.search(pattern) >= 0)
  return [
    ...(internetPayment ? ['settled in the Internet (tag 1125)'] : []),
    ...(rules.cashiers.some((name) => present.includes(normal(name))) ? ['a cashier of the site'] : []),
    ...(rules.patterns.some(isNamed) ? ['a text of the site'] : []),
  ]
}

function normal(cashier: string): string {
  return cashier.trim().toLowerCase()
}

function tracesOf({ elements }: FiscalDocument): OrderTraces {
  const tags = new TagReader(elements)
  const names = tags.all(1059).map(({ children }) => new TagReader(children ?? []).text(1030))
  return {
    internetPayment: tags
      .all(1125)
      .some(({ meaning, value }) => meaning?.kind === 'number' && value.some((byte) => byte !== 0)),
    cashiers: [tags.text(1021), tags.text(1203)],
    texts: [...tags.all(1192).map(({ value }) => readText(value)), ...names],
  }
}
