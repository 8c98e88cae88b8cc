/** `read`: one document out of the register, compared with what the outbox has. */
import { type RawDocument, RegisterError } from '../../drivers/index.ts'
import { newDocument } from '../follow.ts'
import { text } from '../text.ts'
import { understand } from '../understand.ts'
import { Failure } from '../usage.ts'
import type { ReadRow } from './desk.ts'
import type { Premises } from './premises.ts'

/** What reading by hand stands on. */
type Hand = Pick<Premises, 'config' | 'outbox' | 'allowDebugDrive' | 'clock' | 'withRegister' | 'nudge'>

export interface ReadWish {
  /** Another drive in the register is a `Failure`. */
  readonly storage?: string
  /** Called before a document is kept. */
  readonly beforeKeeping?: () => void
}

/** A number that the drive does not know is a row with its problem; faults of the line go on. */
export async function readOne(
  premises: Hand,
  register: string,
  number: number,
  keep: boolean,
  signal: AbortSignal,
  wish: ReadWish = {},
): Promise<ReadRow> {
  try {
    return await premises.withRegister(
      register,
      async (device, lineSignal) => {
        const document = await device.readDocument(number, lineSignal)
        if (wish.storage !== undefined && document.storage !== wish.storage) throw new Failure(anotherDrive)
        return compared(premises, register, document, keep, wish)
      },
      signal,
    )
  } catch (error) {
    if (!(error instanceof RegisterError) || error.fault !== 'absent') throw error
    return { number, absent: true, outbox: 'not kept', decoded: null, problem: error.text.en }
  }
}

const anotherDrive = text(
  'В кассе уже другой ФН: его номера другие. Выберите чеки заново',
  'Another fiscal drive is in the register now, with other numbers. Choose the receipts anew',
)

function compared(
  premises: Hand,
  register: string,
  document: RawDocument,
  keep: boolean,
  { beforeKeeping }: ReadWish,
): ReadRow {
  const { outbox, config, clock } = premises
  const { doubt = null } = document
  const read = decoded(premises, register, document)
  const row = { number: document.number, ...read, problem: read.problem ?? doubt }
  const followed = config.registers.find(({ name }) => name === register)
  if (followed === undefined) return { ...row, outbox: 'not kept' }
  const wanted = newDocument(
    { config: followed, outbox, allowDebugDrive: premises.allowDebugDrive },
    document,
  )
  const would = outbox.wouldKeep(wanted)
  if (typeof would === 'object') return { ...row, outbox: 'differs' }
  // The daemon reads it again minutes later and keeps it then; one reading by hand proves nothing.
  if (!keep || doubt !== null)
    return { ...row, outbox: outbox.find(document) === null ? 'not kept' : 'known' }
  const drive = outbox.storages(register).find(({ storage }) => storage === document.storage)
  if (drive === undefined || document.number < drive.first)
    return { ...row, outbox: 'not kept', problem: row.problem ?? 'before the beginning of this drive' }
  if (would !== 'known') beforeKeeping?.()
  const kept = outbox.keepDocument(wanted, clock())
  premises.nudge()
  return { ...row, outbox: kept }
}

function decoded(
  premises: Hand,
  register: string,
  document: RawDocument,
): Pick<ReadRow, 'decoded' | 'problem'> {
  const kept = {
    ...document,
    register,
    format: 'tlv' as const,
    source: 'register' as const,
    owed: false,
    readAt: 0,
    fingerprint: null,
    masked: false,
  }
  if (document.bytes === null)
    return { decoded: document.summary, problem: 'only the short record is left in the drive' }
  try {
    return { decoded: understand(kept, premises.config).document, problem: null }
  } catch (error) {
    return { decoded: null, problem: error instanceof Error ? error.message : String(error) }
  }
}
