/** Documents of the outbox as the desk shows them. */
import { isReceipt, toReportBody, toSale } from '../bitrix/sale.ts'
import { readFacts } from '../facts.ts'
import { describeJson } from '../fiscal/jsontree.ts'
import type { Field } from '../fiscal/model.ts'
import { describeTree } from '../fiscal/tree.ts'
import { maskKept } from '../housekeeping.ts'
import {
  eventId,
  type FoundDocument,
  type KeptDocument,
  type ListedDocument,
  type Outbox,
  stateOf,
} from '../outbox.ts'
import { text } from '../text.ts'
import { understand } from '../understand.ts'
import { Failure } from '../usage.ts'
import { withoutPersons } from './answers.ts'
import type { InputOf, ListedRow, ShownDocument } from './desk.ts'
import type { Premises } from './premises.ts'

/** A body is looked into only where the short record does not say what is shown. */
export function listedRow(document: ListedDocument, outbox: Pick<Outbox, 'find'>): ListedRow {
  const { delivery } = document
  const { time, total, operation } = readFacts(document, () => outbox.find(document)?.bytes ?? null)
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
    ...{ total, time, operation },
  }
}

/** One document with everything. Throws `Failure` when the outbox has none or several of that number. */
export function show(premises: Premises, input: InputOf<'show'>): ShownDocument {
  const document = find(premises, input)
  const bytes = input.masked ? maskKept(document) : document.bytes
  const named = input.masked ? treeOf(document) : null
  const said = <Said extends string | null>(text: Said) =>
    input.masked && text !== null ? withoutPersons(text, named ?? []) : text
  const listed = listedRow(document, premises.outbox)
  const attempts = premises.journal?.attempts(document) ?? []
  const row = {
    ...{ ...listed, why: said(listed.why) },
    hex: bytes === null ? null : Buffer.from(bytes).toString('hex'),
    tree: treeOf({ ...document, bytes }),
    history: attempts.map((one) => ({ ...one, why: said(one.why), answer: said(one.answer) })),
    answer: said(document.delivery?.answer ?? null),
  }
  try {
    return { ...row, ...explained(premises, document, bytes), problem: null }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { ...row, decoded: null, sale: null, problem }
  }
}

function treeOf({ format, bytes }: Pick<KeptDocument, 'format' | 'bytes'>): readonly Field[] | null {
  if (bytes === null) return null
  try {
    return format === 'tax-json' ? describeJson(bytes) : describeTree(bytes)
  } catch {
    return null // Then `problem` says what is wrong with the bytes.
  }
}

/** What is decoded of the bytes as they are shown; the sale, which names nobody, is that of the bytes as kept. */
function explained(
  premises: Premises,
  document: KeptDocument,
  bytes: Uint8Array | null,
): { decoded: unknown; sale: unknown } {
  const { config, outbox } = premises
  const understood = understand(document, config)
  const shown = bytes === document.bytes ? understood : understand({ ...document, bytes }, config)
  const register = config.registers.find(({ name }) => name === document.register)
  const drive = outbox.storages(document.register).find(({ storage }) => storage === document.storage)
  if (register === undefined) return { decoded: shown.document, sale: null }
  const context = {
    store: register.store,
    register: register.name,
    zone: config.timezone,
    serial: drive?.serial ?? null,
    siteOrderSigns: understood.siteOrderSigns,
    sign: document.summary?.sign ?? null,
  }
  const { document: whole } = understood
  return {
    decoded: shown.document,
    sale: isReceipt(whole) ? toSale(whole, document, context) : toReportBody(whole, document, context),
  }
}

function find({ outbox }: Premises, { storage, number }: InputOf<'show'>): FoundDocument {
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
