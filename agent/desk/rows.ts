/** Documents of the outbox as the desk shows them. */
import { isReceipt, toReportBody, toSale } from '../bitrix/sale.ts'
import { eventId, type KeptDocument, type ListedDocument } from '../outbox.ts'
import { text } from '../text.ts'
import { understand } from '../understand.ts'
import { Failure } from '../usage.ts'
import type { InputOf, ListedRow, ShownDocument } from './desk.ts'
import type { Premises } from './premises.ts'

export function listedRow(document: ListedDocument): ListedRow {
  const { delivery, summary } = document
  return {
    key: eventId(document),
    storage: document.storage,
    number: document.number,
    register: document.register,
    type: document.type,
    format: document.format,
    readAt: new Date(document.readAt).toISOString(),
    state: stateOf(delivery),
    attempts: delivery?.attempts ?? 0,
    outcome: delivery?.outcome ?? null,
    why: delivery?.why ?? null,
    total: summary?.total ?? null,
    time: summary?.time ?? null,
    operation: summary?.operation ?? null,
  }
}

function stateOf(delivery: ListedDocument['delivery']): ListedRow['state'] {
  if (delivery === null) return 'none'
  if (delivery.settledAt !== null) return 'accepted'
  return delivery.dueAt === null ? 'parked' : 'waiting'
}

/** One document with everything. Throws `Failure` when the outbox has none or several of that number. */
export function show(premises: Premises, input: InputOf<'show'>): ShownDocument {
  const document = find(premises, input)
  const row = {
    ...listedRow(document),
    hex: document.bytes === null ? null : Buffer.from(document.bytes).toString('hex'),
    tree: null,
    history: [],
  }
  const answer = document.delivery?.answer ?? null
  try {
    const { sale, decoded } = explained(premises, document)
    return { ...row, decoded, sale, answer, problem: null }
  } catch (error) {
    return {
      ...row,
      decoded: null,
      sale: null,
      answer,
      problem: error instanceof Error ? error.message : String(error),
    }
  }
}

function explained(premises: Premises, document: KeptDocument): { decoded: unknown; sale: unknown } {
  const { config, outbox } = premises
  const understood = understand(document, config)
  const register = config.registers.find(({ name }) => name === document.register)
  const drive = outbox.storages(document.register).find(({ storage }) => storage === document.storage)
  if (register === undefined) return { decoded: understood.document, sale: null }
  const context = {
    store: register.store,
    register: register.name,
    zone: config.timezone,
    serial: drive?.serial ?? null,
    siteOrderSigns: understood.siteOrderSigns,
    sign: document.summary?.sign ?? null,
  }
  const { document: decoded } = understood
  return {
    decoded,
    sale: isReceipt(decoded) ? toSale(decoded, document, context) : toReportBody(decoded, document, context),
  }
}

function find({ outbox }: Premises, { storage, number }: InputOf<'show'>): ListedDocument {
  if (storage !== undefined) {
    const found = outbox.find({ storage, number })
    if (found !== null) return found
  } else {
    const candidates = outbox
      .storages()
      .flatMap((drive) => outbox.find({ storage: drive.storage, number }) ?? [])
    if (candidates.length === 1 && candidates[0] !== undefined) return candidates[0]
    if (candidates.length > 1)
      throw new Failure(
        text(
          `Документов ${number} несколько: ${candidates.map(eventId).join(', ')}. Укажите целиком.`,
          `There are several documents ${number}: ${candidates.map(eventId).join(', ')}. Name one in full.`,
        ),
      )
  }
  throw new Failure(
    text(
      `Документа ${number} нет в очереди. Прочитать из кассы: chekpost read --fd ${number}`,
      `Document ${number} is not in the outbox. Read it from the register: chekpost read --fd ${number}`,
    ),
  )
}
