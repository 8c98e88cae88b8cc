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
  return format === 'tax-json'
    ? decodeTaxJson(bytes, rules, siteOrders)
    : decodeBody(type, bytes, rules, siteOrders)
}
