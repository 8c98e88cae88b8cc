/** The drive's documents: one is read and decoded, and what the outbox lacks is counted. */
import type { Newest, RawDocument } from '../../drivers/index.ts'
import { TlvError } from '../fiscal/tlv.ts'
import { inWords } from '../fiscal/tlvwords.ts'
import { type Text, text } from '../text.ts'
import { understand } from '../understand.ts'
import { bad, good, gravest, unknown, warning } from './finding.ts'
import { askIdle, type Reached } from './reach.ts'
import type { Finding } from './report.ts'
import type { Patient, Tell, Ward } from './ward.ts'

/** How far back a receipt is looked for: the newest documents may be reports. */
const lookBack = 5
const mostCounted = 10_000
/** A till's program waits so long for an answer at least, milliseconds. */
const tillPatienceMs = 500

export interface DocumentFacts {
  readonly newestTime: string | null
}

export async function examineDocuments(
  patient: Patient,
  reached: Reached,
  newest: Newest,
  tell: Tell,
): Promise<DocumentFacts> {
  if (newest.number === 0) {
    tell(unknown('documents', text('в ФН ещё нет документов', 'the drive holds no document yet')))
    return { newestTime: null }
  }
  const sample = await readSample(patient, reached, newest)
  tell(gravest('documents', [...judgeSample(patient, sample), ...lacking(patient, newest)]))
  return { newestTime: sample.document.summary?.time ?? null }
}

interface Sample {
  readonly document: RawDocument
  /** How long its reading took, milliseconds. */
  readonly ms: number
  readonly evidence: string | null
}

/** The newest receipt in full, else the newest document. */
async function readSample({ ward }: Patient, reached: Reached, { number }: Newest): Promise<Sample> {
  let first: Sample | null = null
  for (let at = number; at > Math.max(0, number - lookBack); at--) {
    const sample = await askIdle(reached, async (register, signal) => {
      const from = ward.clock()
      const document = await register.readDocument(at, signal)
      return { document, ms: ward.clock() - from, evidence: reached.evidence() }
    })
    first ??= sample
    if (sample.document.bytes !== null && [3, 4, 31, 41].includes(sample.document.type)) return sample
  }
  if (first === null) throw new Error('there is at least one number')
  return first
}

function judgeSample(patient: Patient, { document, ms, evidence }: Sample): Finding[] {
  const { number, bytes } = document
  if (bytes === null)
    return [
      warning(
        'documents',
        text(`от ФД ${number} в ФН остался только итог`, `of document ${number} only the totals are left`),
        {
          hint: text(
            'Строки старых чеков импортируйте из ОФД.',
            'Import the lines of old receipts from the OFD.',
          ),
        },
      ),
    ]
  const problem = decodingProblem(patient, document)
  if (problem !== null)
    return [
      bad(
        'documents',
        text(
          `ФД ${number} прочитан, но не понят: ${problem.ru}`,
          `document ${number} was read and not understood: ${problem.en}`,
        ),
        {
          hint: text(
            `Байты сохранятся и отправятся после обновления chekpost. Пришлите их: chekpost read --fd ${number} --json`,
            `The bytes are kept and sent after an update of chekpost. Send them to us: chekpost read --fd ${number} --json`,
          ),
          hex: evidence,
        },
      ),
    ]
  return [
    good(
      'documents',
      text(
        `ФД ${number} прочитан за ${ms} мс и понят`,
        `document ${number} was read in ${ms} ms and understood`,
      ),
    ),
    ...ofQuiet(patient, ms),
  ]
}

function decodingProblem({ ward, config }: Patient, document: RawDocument): Text | null {
  try {
    understand(
      {
        ...document,
        ...{ register: config.name, format: 'tlv', source: 'register', owed: false },
        ...{ readAt: 0, fingerprint: null, masked: false },
      },
      ward.config,
    )
    return null
  } catch (error) {
    if (error instanceof TlvError) return inWords(error)
    const why = error instanceof Error ? error.message : String(error)
    return text(why, why)
  }
}

/** `quietSeconds: 0` reads beside a till at work: whoever sets it must know what that costs the till. */
function ofQuiet({ config }: Patient, ms: number): Finding[] {
  if (config.quietMs > 0) return []
  const cost = text(
    `quietSeconds: 0: программа кассы может ждать до ${ms} мс`,
    `quietSeconds: 0: the till may have to wait up to ${ms} ms`,
  )
  if (ms <= tillPatienceMs) return [good('documents', cost)]
  return [
    warning('documents', cost, {
      hint: text(
        'Поставьте quietSeconds: 5: чтение этой кассы для нуля слишком долгое.',
        'Set quietSeconds: 5: this register reads too slowly for 0.',
      ),
    }),
  ]
}

/** Numbers that the register has and the outbox lacks, and those that cannot be read. */
function lacking({ ward, config }: Patient, { storage, number }: Newest): Finding[] {
  const unreadable =
    ward.daemon?.snapshot().registers.find(({ name }) => name === config.name)?.unreadable ?? []
  if (unreadable.length > 0)
    return [
      warning(
        'documents',
        text(`не читаются: ${shown(unreadable)}`, `cannot be read: ${shown(unreadable)}`),
        {
          hint: text(
            `Чтение повторяется само. Подробно: chekpost read --fd ${unreadable[0]}`,
            `They are tried again. In detail: chekpost read --fd ${unreadable[0]}`,
          ),
        },
      ),
    ]
  const missing = missingOf(ward, config.name, storage, number)
  if (missing === null)
    return [
      good('documents', text('чтение этого ФН ещё не начато', 'reading of this drive has not begun yet')),
    ]
  if (missing.length === 0) return [good('documents', text('пропусков нет', 'no gaps'))]
  const many = missing.length === mostCounted ? '≥ ' : ''
  return [
    (ward.daemon === null ? warning : good)(
      'documents',
      text(
        `ещё не прочитано: ${many}${missing.length} (${shown(missing)})`,
        `not read yet: ${many}${missing.length} (${shown(missing)})`,
      ),
      ward.daemon === null ? { hint: startHint } : {},
    ),
  ]
}

const startHint = text(
  'Служба дочитает сама: systemctl start chekpost',
  'The daemon will read them by itself: systemctl start chekpost',
)

/** Null for a drive that has not begun. */
function missingOf({ outbox }: Ward, register: string, storage: string, last: number): number[] | null {
  if (outbox?.storages(register).some((known) => known.storage === storage) !== true) return null
  const missing: number[] = []
  for (const number of outbox.missingNumbers(storage, last)) {
    missing.push(number)
    if (missing.length === mostCounted) break
  }
  return missing
}

function shown(numbers: readonly number[]): string {
  return `${numbers.slice(0, 5).join(', ')}${numbers.length > 5 ? ' …' : ''}`
}
