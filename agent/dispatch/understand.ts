/** Kept bytes → a receipt or a report, by the format they were kept in. */
import { decodeBody } from '../fiscal/decode.ts'
import type { SiteOrderRules } from '../fiscal/siteorder.ts'
import type { StockRules } from '../fiscal/stock.ts'
import { receiptOfTaxJson } from '../fiscal/taxJson.ts'
import type { KeptDocument } from '../outbox.ts'
import type { Understand, Understood } from './prepare.ts'

/** Decodes with the shop's rules; `siteOrders` may be left out. Throws what the decoders throw. */
export function understandWith(rules: StockRules, siteOrders?: SiteOrderRules): Understand {
  return (document: KeptDocument): Understood => {
    const { format, type, bytes } = document
    if (bytes === null || type === null) throw new Error('the bytes of the document are gone')
    if (format === 'tlv') return decodeBody(type, bytes, rules, siteOrders)
    if (format === 'tax-json') return { document: receiptOfTaxJson(bytes, rules), siteOrderSigns: [] }
    throw new Error(`a document kept as ${format} cannot be read`)
  }
}
