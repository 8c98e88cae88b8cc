/** An export read line by line: its head was seen already, its foot says how many documents stand between. */
import { z } from 'zod'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import { parseLine, readLine } from './line.ts'
import { type ImportFacts, type ImportPlan, type PlannedDocument, type Reader, tailOf } from './plan.ts'

const Foot = z.strictObject({ documents: z.int().min(0) })

/** No document is a hundredth of this; a file without line ends must not be gathered whole. */
const longestLine = 1024 * 1024

export class ExportReader implements Reader {
  readonly #facts: ImportFacts
  #rest = ''
  /** Of the line that `#rest` begins. */
  #at = 1
  #hasHead = false
  #count = 0
  /** The line of the foot, once it was seen. */
  #foot: number | null = null
  /** A line that is no JSON: the last one may be cut, any other is wrong. */
  #damaged: number | null = null

  constructor(facts: ImportFacts) {
    this.#facts = facts
  }

  push(piece: string): [ImportPlan] {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > longestLine) throw wrongHere(this.#at, tooLong)
    return [{ documents: lines.flatMap((line) => this.#line(line)), shownOnly: [] }]
  }

  end(): [ImportPlan] {
    const last = this.#rest
    const documents = last.trim() === '' ? [] : this.#lastLine(last)
    if (this.#damaged !== null) throw damagedEnd(this.#damaged)
    if (this.#foot === null) throw cut(this.#at, last)
    return [{ documents, shownOnly: [] }]
  }

  #lastLine(line: string): PlannedDocument[] {
    // A line without its end that is no JSON is where the file was cut.
    if (parseLine(line) === undefined && this.#foot === null) throw cut(this.#at, line)
    return this.#line(line)
  }

  #line(line: string): PlannedDocument[] {
    const at = this.#at++
    if (line.trim() === '') return []
    if (this.#foot !== null) throw behindFoot(at)
    if (this.#damaged !== null) throw wrongHere(this.#damaged, noJson)
    if (!this.#hasHead) {
      this.#hasHead = true
      return []
    }
    const parsed = parseLine(line)
    if (parsed === undefined) {
      this.#damaged = at
      return []
    }
    const foot = Foot.safeParse(parsed)
    if (!foot.success) {
      this.#count++
      return [readLine(line, at, this.#facts)]
    }
    if (foot.data.documents !== this.#count) throw notWhole(this.#count, foot.data.documents)
    this.#foot = at
    return []
  }
}

const exportAgain = text(
  'Выгрузите заново: chekpost outbox export > файл',
  'Export again: chekpost outbox export > file',
)
const noJson = text('это не JSON', 'this is no JSON')
const tooLong = text('слишком длинная', 'it is too long')

function wrongHere(at: number, why: ReturnType<typeof text>): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: ${why.ru}. Из файла ничего не записано. ${exportAgain.ru}`,
      `Export, line ${at}: ${why.en}. Nothing of the file was written. ${exportAgain.en}`,
    ),
  )
}

function behindFoot(at: number): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: лишнее после её конца. Удалите всё после строки ${at - 1} или выгрузите заново.`,
      `Export, line ${at}: something stands behind its end. Remove all after line ${at - 1}, or export again.`,
    ),
  )
}

function notWhole(found: number, told: number): Failure {
  return new Failure(
    text(
      `Выгрузка неполная: документов в ней ${found}, а записано ${told}. ${exportAgain.ru}`,
      `The export is not whole: it holds ${found} documents and says ${told}. ${exportAgain.en}`,
    ),
  )
}

function damagedEnd(at: number): Failure {
  return new Failure(
    text(
      `Выгрузка, строка ${at}: последняя строка повреждена. ${exportAgain.ru}`,
      `Export, line ${at}: the last line is damaged. ${exportAgain.en}`,
    ),
  )
}

function cut(at: number, last: string): Failure {
  const tail = tailOf(last)
  const [ru, en] =
    tail === ''
      ? [`после строки ${at - 1}`, `behind line ${at - 1}`]
      : [`в строке ${at}, после «${tail}»`, `in line ${at}, behind "${tail}"`]
  return new Failure(
    text(
      `Выгрузка неполная: файл обрезан ${ru}. ${exportAgain.ru}`,
      `The export is not whole: the file is cut ${en}. ${exportAgain.en}`,
    ),
  )
}
