/** A kept document in our words: the bytes as the outbox holds them → receipt or report. */
import type { Config } from './config.ts'
import type { Understood } from './dispatch.ts'
import { decodeBody } from './fiscal/decode.ts'
import { receiptOfTaxJson } from './fiscal/taxJson.ts'
import type { KeptDocument } from './outbox.ts'

/** Throws what the decoder throws: the caller parks or shows the document with that message. */
export function understand(document: KeptDocument, config: Config): Understood {
  const { bytes, format, type } = document
  if (bytes === null || type === null) throw new Error('the bytes of this document are not there')
  if (format === 'tax-json') return { document: receiptOfTaxJson(bytes, config.rules), siteOrderSigns: [] }
  const register = config.registers.find(({ name }) => name === document.register)
  return decodeBody(type, bytes, config.rules, register?.bitrix.siteOrders)
}
