/** Whose an imported document is, and whether it may be sent: what stands in a file does not decide that. */
import { isDebugDrive } from '../beginning.ts'
import type { DocumentKey } from '../outbox.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import type { ImportFacts } from './plan.ts'

/** Stands for the register of a document whose drive nobody here knows and that is only looked at. */
export const nobody = '?'

/** As the register that a person names: each drive under the register of the file. No register is called so. */
export const asInFile = '*'

export interface Place {
  readonly register: string
  /** This installation follows the drive, or once did. */
  readonly isKnown: boolean
  /** Why it is kept and never sent; null = it may be. */
  readonly unsent: 'before' | 'debug' | null
}

/**
 * `told` is the register that the file names, or null. A drive that is known here is nobody else's. Throws `Failure`
 * for a number that the register has not made yet: kept, it would stand in the way of the true document for ever.
 */
export function placeOf(
  { storage, number }: DocumentKey,
  { register, storages, newest }: ImportFacts,
  told: string | null,
): Place {
  const last = newest?.get(storage)
  if (last !== undefined && number > last) throw notMade(storage, number, last)
  const drive = storages.find((one) => one.storage === storage)
  const chosen = register === asInFile ? told : register
  const isDebug = drive?.debug ?? isDebugDrive({ storage, debugStorage: false })
  // What lies before the beginning of a drive is accounted for already: sending it would book it twice. A restored
  // installation has what it had: there a person once read it by its number.
  const isBefore = drive !== undefined && number < drive.first && register !== asInFile
  return {
    register: drive?.register ?? chosen ?? nobody,
    isKnown: drive !== undefined,
    unsent: isBefore ? 'before' : isDebug ? 'debug' : null,
  }
}

function notMade(storage: string, number: number, last: number): Failure {
  return new Failure(
    text(
      `ФН ${storage}, ФД ${number}: касса такого ещё не пробила, её последний ФД ${last}. Из файла ничего не записано. Проверьте, тот ли это файл; если касса после него больше не вернётся, перезапустите службу и повторите.`,
      `Drive ${storage}, document ${number}: the register has not made it yet, its last is ${last}. Nothing of the file was written. Check that it is the right file; if the register will not come back, restart the daemon and try again.`,
    ),
  )
}
