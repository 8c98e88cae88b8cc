/** What a person is told of a failure. */
import { RegisterError } from '../../drivers/index.ts'
import { StoreError } from '../store/faults.ts'
import { type Text, text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'

/** The words of a failure that was foreseen; null for a bug. */
export function toldOf(error: unknown): Text | null {
  const isForeseen =
    error instanceof UsageError ||
    error instanceof Failure ||
    error instanceof StoreError ||
    error instanceof RegisterError
  return isForeseen ? error.text : null
}

/** Of a bug; whoever says so has written it down. */
export const ourFault = text(
  'Ошибка в программе; она записана в журнал: journalctl -u chekpost',
  'A fault of the program; it stands in the log: journalctl -u chekpost',
)
