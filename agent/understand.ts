/** A kept document in our words: the bytes as the outbox holds them → receipt or report. */
import type { Config } from './config.ts'
import type { Understood } from './dispatch.ts'
import { decodeBody } from './fiscal/decode.ts'
import { decodeTaxJson } from './fiscal/taxJson.ts'
import type { KeptDocument } from './outbox.ts'

/** Throws what the decoder throws: the caller parks or shows the document with that message. */
export function understand(document: KeptDocument, config: Config): Understood {
  const { bytes, format, type } = document
  if (bytes === null || type === null) throw new Error('the bytes of this document are not there')
  const { rules, registers } = config
  const siteOrders = registers.find(({ name }) => name === document.register)?.bitrix.siteOrders
  const understood =
    format === 'tax-json'
      ? decodeTaxJson(bytes, rules, siteOrders)
      : decodeBody(type, bytes, rules, siteOrders)
  if (!document.masked || siteOrders === undefined || siteOrders.cashiers.length === 0) return understood
  // Sent again after the cashier's name was masked, a site's order must not pass for an ordinary receipt.
  return { ...understood, siteOrderSigns: [...understood.siteOrderSigns, maskedSign] }
}

const maskedSign = 'the cashier is masked by now and may be one of the site'
