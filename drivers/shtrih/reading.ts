/**
 * Reading one document: the short record (FF0A), then its TLV (FF3A, FF3B … 08), then the proof that it is whole.
 * Firmware of 2018 was seen to end a document early without an error, and another reader of the register may take
 * portions of ours, so one reading is believed only if every check agrees. The strongest is the length that FF3A
 * promises: with it a contradiction that two equal readings share is the register's own and a remark. Against it the
 * document is wrong when its lines or the tags of its form are missing too, and else in doubt: the caller decides.
 */
import { type Expected, judgeDocument } from '../completeness.ts'
import { type DocumentSummary, type RawDocument, RegisterError } from '../contract.ts'
import { type FoundDocument, isReceipt } from './answers.ts'
import { commands, type Password } from './commands.ts'
import { finishing, readStream } from './documentstream.ts'
import { hasNoAnswer } from './errors.ts'
import type { Exchange } from './exchange.ts'

/** How often a document is opened in one call before the caller is told to come back later. */
const mostReadings = 5
/** An outer tag and length that some firmware may count into the length of FF3A. */
const headerLength = 4
/** Two seconds of the slowest line in use; a register that gives a byte now and then does not get on. */
const progressBytes = 512

/** Reads the documents of one register; remembers what its firmware was found to do. */
export class DocumentReader {
  readonly #exchange: Exchange
  readonly #asking: Password
  readonly #finishMs: number
  /** What has arrived since the last progress was told. */
  #arrived = 0
  #progress: () => void = () => {}
  /** The firmware does not know FF0A. */
  #withoutRecords = false
  /** Whether this firmware counts a header into the length of FF3A; null: not known yet. */
  #countsHeader: boolean | null = null

  constructor(exchange: Exchange, asking: Password, finishMs: number) {
    this.#exchange = exchange
    this.#asking = asking
    this.#finishMs = finishMs
  }

  async read(
    storage: string,
    number: number,
    signal: AbortSignal,
    progress: () => void,
  ): Promise<RawDocument> {
    this.#progress = progress
    this.#arrived = 0
    const record = await this.#record(number, signal)
    if (record !== null && record.fd !== number) throw unreadable(`the short record is of ${record.fd}`)
    let before: Reading | null = null
    for (let attempt = 0; attempt < mostReadings; attempt++) {
      const reading: Reading | 'gone' | null = await this.#readOnce(storage, number, record, signal)
      if (reading === 'gone') return summaryOnly(storage, number, record)
      const twice = before !== null && reading !== null && sameBytes(before.bytes, reading.bytes)
      if (reading !== null && reading.wrong === null && (reading.odd.length === 0 || twice)) {
        if (reading.surplus === 0) this.#countsHeader ??= false
        return whole(storage, number, record, await this.#settleHeader(storage, number, reading, signal))
      }
      before = reading ?? before
      // The same defect twice is not the cable's: leave the till's register in peace until later.
      if (twice) break
    }
    throw unreadable(before?.wrong ?? before?.odd.join('; ') ?? 'answers were lost every time')
  }

  async #record(number: number, signal: AbortSignal): Promise<FoundDocument | null> {
    if (this.#withoutRecords) return null
    try {
      const question = { ...this.#asking, fd: number }
      return await askingTwice(() => this.#exchange.ask(commands.findDocument, question, signal))
    } catch (error) {
      if (!hasNoAnswer(error) || error.fault !== 'refused') throw error
      this.#withoutRecords = true
      return null
    }
  }

  /**
   * A document that lacks four bytes was promised with a header, or lost an empty element to another reader. What the
   * firmware counts shows in the document before it as well.
   */
  async #settleHeader(
    storage: string,
    number: number,
    reading: Reading,
    signal: AbortSignal,
  ): Promise<Reading> {
    if (reading.surplus !== headerLength) return reading
    if (this.#countsHeader === null && number > 1) {
      const before = await this.#readAside(storage, number - 1, signal)
      if (before !== null && before.wrong === null)
        if (before.surplus === headerLength || before.surplus === 0)
          this.#countsHeader = before.surplus === headerLength
    }
    return this.#countsHeader === true ? { ...reading, doubt: null } : reading
  }

  /** A document that tells about another one; whatever is the matter with it must not keep that one from being read. */
  async #readAside(storage: string, number: number, signal: AbortSignal): Promise<Reading | null> {
    try {
      const reading = await this.#readOnce(storage, number, null, signal)
      return reading === 'gone' ? null : reading
    } catch (error) {
      if (signal.aborted || !(error instanceof RegisterError)) throw error
      return null
    }
  }

  /** One opening and one stream: `gone` when the drive has no TLV of it, null when an answer was lost. */
  #readOnce(
    storage: string,
    number: number,
    record: FoundDocument | null,
    signal: AbortSignal,
  ): Promise<Reading | 'gone' | null> {
    return finishing(this.#finishMs, signal, async (lasting) => {
      const opened = await this.#open(number, lasting)
      if (opened === null) return 'gone'
      const stream = await readStream(this.#exchange, this.#asking, (bytes) => this.#count(bytes), lasting)
      if (stream === null) return null
      const bytes = withoutHeader(stream, opened.docType)
      const verdict = judgeDocument(bytes, expectation(storage, number, opened.docType, record))
      const surplus = opened.length - bytes.length
      const isPromised = surplus === 0 || (this.#countsHeader === true && surplus === headerLength)
      const doubt = isPromised ? null : `FF3A promised ${opened.length} bytes, FF3B gave ${bytes.length}`
      // What the length counts differs by a header at most.
      const isAmiss = surplus !== 0 && surplus !== headerLength
      const isPart = isAmiss && (!verdict.addsUp || verdict.lacks.length > 0)
      const odd = [
        ...verdict.odd,
        ...(doubt === null ? [] : [doubt]),
        ...(record === null || record.docType === opened.docType
          ? []
          : [`FF0A says type ${record.docType}, FF3A ${opened.docType}`]),
      ]
      const lacking = verdict.lacks.length === 0 ? [] : [`it lacks tags ${verdict.lacks.join(', ')}`]
      const wrong = verdict.wrong ?? (isPart ? [...odd, ...lacking].join('; ') : null)
      return { type: opened.docType, bytes, wrong, surplus, odd, doubt }
    })
  }

  #count(bytes: number): void {
    this.#arrived += bytes
    if (this.#arrived < progressBytes) return
    this.#arrived = 0
    this.#progress()
  }

  async #open(number: number, signal: AbortSignal): Promise<{ docType: number; length: number } | null> {
    try {
      const question = { ...this.#asking, fd: number }
      return await askingTwice(() => this.#exchange.ask(commands.openDocument, question, signal))
    } catch (error) {
      if (error instanceof RegisterError && (error.fault === 'absent' || error.code === unknownCommand))
        return null
      throw error
    }
  }
}

/** 37h: firmware that cannot give documents as TLV at all; their short records are all there is (section 13, 3). */
const unknownCommand = '37'

/** "Absent" is for ever: nobody will ask for this document again. So it has to be said twice. */
async function askingTwice<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof RegisterError && error.fault === 'absent') return await ask()
    throw error
  }
}

interface Reading {
  readonly type: number
  readonly bytes: Uint8Array
  /** Why these bytes are never to be kept, however often they come. */
  readonly wrong: string | null
  /** By how much FF3A's length exceeds what came. */
  readonly surplus: number
  readonly odd: readonly string[]
  /** Why it may be incomplete, though nothing in it says so. */
  readonly doubt: string | null
}

function expectation(storage: string, number: number, type: number, record: FoundDocument | null): Expected {
  return {
    number,
    storage,
    sign: record === null ? null : String(record.fiscalSign),
    minute: record?.dateTime ?? null,
    total: record?.amountKopecks ?? null,
    receipt: isReceipt(type),
    type,
  }
}

function whole(
  storage: string,
  number: number,
  record: FoundDocument | null,
  { type, bytes, odd, doubt }: Reading,
): RawDocument {
  const remarks = record === null ? [...odd, 'the firmware has no short records: not cross-checked'] : odd
  const read = { storage, number, type, bytes, summary: summaryOf(record), remarks }
  return doubt === null ? read : { ...read, doubt }
}

/** The drive knows the document and no longer holds its TLV; without a short record it knows nothing at all. */
function summaryOnly(storage: string, number: number, record: FoundDocument | null): RawDocument {
  if (record === null)
    throw new RegisterError('absent', {
      ru: `Документа ${number} нет в фискальном накопителе`,
      en: `Document ${number} is not in the fiscal drive`,
    })
  return {
    storage,
    number,
    type: record.docType,
    bytes: null,
    summary: summaryOf(record),
    remarks: ['the drive no longer holds the document in full: totals only'],
  }
}

function summaryOf(record: FoundDocument | null): DocumentSummary | null {
  if (record === null) return null
  return {
    time: `${record.dateTime}:00`,
    sign: String(record.fiscalSign),
    operation: record.operationType ?? null,
    total: record.amountKopecks ?? null,
    delivered: record.ofdTicket,
  }
}

/** Should firmware send the outer tag and length too, the body lies inside. */
function withoutHeader(stream: Uint8Array, type: number): Uint8Array {
  const [a, b, c, d] = stream
  const wrapped =
    (a ?? 0) + (b ?? 0) * 256 === type && (c ?? 0) + (d ?? 0) * 256 === stream.length - headerLength
  return wrapped && stream.length > headerLength ? stream.slice(headerLength) : stream
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function unreadable(why: string): RegisterError {
  return new RegisterError(
    'garbled',
    {
      ru: 'Документ прочитан не целиком (чем именно: journalctl -u chekpost)',
      en: `The document could not be read whole: ${why}`,
    },
    {
      hint: {
        ru: 'Чтение повторится само. Если не проходит часами, обновите прошивку кассы и проверьте кабель.',
        en: "It will be read again. If that fails for hours, update the register's firmware and check the cable.",
      },
    },
  )
}
