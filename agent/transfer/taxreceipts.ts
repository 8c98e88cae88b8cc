/** Receipts of the tax service as documents to keep. */
import { receiptTypes } from '../fiscal/model.ts'
import type { StockRules } from '../fiscal/stock.ts'
import { readTaxJson, TaxJsonError, type TaxReceipt } from '../fiscal/taxJson.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { partsOf } from './jsonparts.ts'
import { JsonCutter, type JsonPiece, longestPiece } from './jsonpieces.ts'
import { parseLine } from './line.ts'
import { placeOf } from './place.ts'
import { type ImportFacts, type ImportPlan, type PlannedDocument, type Reader, tailOf } from './plan.ts'

export class TaxJsonReader implements Reader {
  readonly #facts: ImportFacts
  readonly #cutter = new JsonCutter()
  #found = 0
  /** Something of it was JSON: then what is not is a place in a file, and no other kind of file. */
  #isJson = false

  constructor(facts: ImportFacts) {
    this.#facts = facts
  }

  *push(piece: string): Iterable<ImportPlan> {
    for (const found of this.#cutter.push(piece)) yield* this.#plans(found)
    if (this.#cutter.rest.length > longestPiece) throw tooLarge(this.#cutter.line)
  }

  *end(): Iterable<ImportPlan> {
    const { isOpen, rest, line } = this.#cutter
    const begins = /^\s*[[{]/.test(rest) || this.#found > 0 || this.#isJson
    if (isOpen && begins) throw cut(line, rest)
    for (const found of this.#cutter.end()) yield* this.#plans(found)
    if (this.#found === 0) throw new Failure(neither)
  }

  *#plans({ text: json, line }: JsonPiece): Iterable<ImportPlan> {
    if (json.length > longestPiece) throw tooLarge(line)
    if (parseLine(json) === undefined) throw this.#isJson ? noJson(line, json) : new Failure(neither)
    this.#isJson = true
    for (const part of partsOf(json)) yield this.#plan(receiptsIn(part, this.#facts.rules))
  }

  #plan(receipts: readonly TaxReceipt[]): ImportPlan {
    this.#found += receipts.length
    const whole = receipts.filter((found) => missingOf(found).length === 0)
    const partial = receipts.filter((found) => missingOf(found).length > 0)
    return {
      documents: whole.map((found) => planned(found, this.#facts)),
      shownOnly: partial.map((found) => ({ missing: missingOf(found), receipt: found.receipt })),
    }
  }
}

/** What is JSON and no receipt is passed over: lists hold other things too. */
function receiptsIn(json: string, rules: StockRules): TaxReceipt[] {
  try {
    return readTaxJson(Buffer.from(json), rules)
  } catch (error) {
    if (error instanceof TaxJsonError) return []
    throw error
  }
}

const neither = text(
  'Это не выгрузка chekpost и не чеки ФНС в JSON. Проверьте, тот ли это файл и целый ли он.',
  "This is neither an export of chekpost nor the tax service's receipt JSON. Check that it is the right file, and whole.",
)

function noJson(line: number, json: string): Failure {
  const begin = json.trimStart().slice(0, 40)
  return new Failure(
    text(
      `Файл повреждён: строка ${line}, «${begin}» не JSON. Из файла ничего не записано. Скачайте его ещё раз.`,
      `The file is damaged: line ${line}, "${begin}" is no JSON. Nothing of the file was written. Download it again.`,
    ),
  )
}

function cut(line: number, rest: string): Failure {
  const tail = tailOf(rest)
  return new Failure(
    text(
      `Файл обрезан в строке ${line}${tail === '' ? '' : `, после «${tail}»`}. Из файла ничего не записано. Скачайте его ещё раз.`,
      `The file is cut in line ${line}${tail === '' ? '' : `, behind "${tail}"`}. Nothing of the file was written. Download it again.`,
    ),
  )
}

function tooLarge(line: number): Failure {
  return new Failure(
    text(
      `Строка ${line}: один чек не бывает больше ${longestPiece / 1024} КБ. Нужен список чеков: [ … , … ].`,
      `Line ${line}: no receipt is larger than ${longestPiece / 1024} kB. A list of receipts is wanted: [ … , … ].`,
    ),
  )
}

/** A drive's number has 16 digits and a document's is not 0; anything else is no key to go by. */
function missingOf({ missing, receipt: { fn, fd } }: TaxReceipt): readonly string[] {
  if (missing.length > 0) return missing
  const wrong = { fn: !/^\d{16}$/.test(fn ?? ''), fd: fd === null || fd < 1 }
  return Object.entries(wrong).flatMap(([key, isWrong]) => (isWrong ? [key] : []))
}

function planned({ receipt, bytes }: TaxReceipt, facts: ImportFacts): PlannedDocument {
  const { fn, fd, fp, documentType, time, operation, total } = receipt
  const key = { storage: fn ?? '', number: fd ?? 0 }
  const place = placeOf(key, facts, null)
  const isReceipt = receiptTypes.includes(documentType)
  return {
    ...{ receipt, place, told: null },
    isHeld: isReceipt && place.unsent !== null,
    document: {
      ...key,
      register: place.register,
      type: documentType,
      format: 'tax-json',
      bytes,
      summary: { time: time ?? '', sign: fp ?? '', operation, total, delivered: null },
      source: 'import',
      owed: isReceipt && place.unsent === null,
    },
  }
}
