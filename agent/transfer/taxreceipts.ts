/** Receipts of the tax service as documents to keep. */
import { isDebugDrive } from '../beginning.ts'
import { receiptTypes } from '../fiscal/model.ts'
import type { StockRules } from '../fiscal/stock.ts'
import { readTaxJson, TaxJsonError, type TaxReceipt } from '../fiscal/taxJson.ts'
import type { NewDocument } from '../outbox.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import type { ImportFacts, ImportPlan } from './plan.ts'

/** Throws `Failure` when the text holds no receipt. */
export function planTaxJson(source: string, facts: ImportFacts): ImportPlan {
  const receipts = readReceipts(source, facts.rules)
  const whole = receipts.filter((found) => missingOf(found).length === 0)
  const partial = receipts.filter((found) => missingOf(found).length > 0)
  return {
    documents: whole.map((found) => ({ document: documentOf(found, facts), receipt: found.receipt })),
    shownOnly: partial.map((found) => ({ missing: missingOf(found), receipt: found.receipt })),
  }
}

/** A drive's number has 16 digits and a document's is not 0; anything else is no key to go by. */
function missingOf({ missing, receipt: { fn, fd } }: TaxReceipt): readonly string[] {
  if (missing.length > 0) return missing
  const wrong = { fn: !/^\d{16}$/.test(fn ?? ''), fd: fd === null || fd < 1 }
  return Object.entries(wrong).flatMap(([key, isWrong]) => (isWrong ? [key] : []))
}

function readReceipts(source: string, rules: StockRules): TaxReceipt[] {
  try {
    return readTaxJson(Buffer.from(source), rules)
  } catch (cause) {
    if (!(cause instanceof TaxJsonError)) throw cause
    throw new Failure(
      text(
        'Это не выгрузка chekpost и не чеки ФНС в JSON. Проверьте, тот ли это файл и целый ли он.',
        "This is neither an export of chekpost nor the tax service's receipt JSON. Check that it is the right file, and whole.",
      ),
      { cause },
    )
  }
}

/** Stands for the register of a receipt whose drive nobody here knows and that is only looked at. */
export const nobody = '?'

function documentOf({ receipt, bytes }: TaxReceipt, { register, storages }: ImportFacts): NewDocument {
  const { fn, fd, fp, documentType, time, operation, total } = receipt
  const key = { storage: fn ?? '', number: fd ?? 0 }
  const drive = storages.find(({ storage }) => storage === key.storage)
  const isDebug = drive?.debug ?? isDebugDrive({ storage: key.storage, debugStorage: false })
  // What lies before the beginning of a drive is accounted for already: sending it would book it twice.
  const isOurs = drive === undefined || key.number >= drive.first
  return {
    ...key,
    register: drive?.register ?? register ?? nobody,
    type: documentType,
    format: 'tax-json',
    bytes,
    summary: { time: time ?? '', sign: fp ?? '', operation, total, delivered: null },
    source: 'import',
    owed: receiptTypes.includes(documentType) && !isDebug && isOurs,
  }
}
