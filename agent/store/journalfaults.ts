/** What can go wrong with the journal's file, in its own words: nothing in it is ever read again from a drive. */
import { text } from '../text.ts'
import { asStoreError, codeOf, StoreError, type StoreFault } from './faults.ts'

const meanings: Readonly<Record<StoreFault, readonly [ru: string, en: string]>> = {
  full: [
    'Диск заполнен: журнал не пишется. Освободите место',
    'The disk is full: the journal is not written',
  ],
  io: ['Диск отвечает ошибкой: журнал не пишется', 'The disk answers with an error'],
  readonly: ['Журнал доступен только для чтения', 'The journal is read-only'],
  busy: ['Журнал занят другой программой', 'Another program holds the journal'],
  damaged: ['Файл журнала повреждён: он создаётся заново', 'The journal is damaged: it is made anew'],
  newer: [
    'Журнал от другой версии: он создаётся заново',
    'The journal is of another version: it is made anew',
  ],
  foreign: ['Это не журнал: он создаётся заново', 'This is no journal: it is made anew'],
  unsafe: ['Журнал здесь ненадёжен', 'The journal is not safe here'],
  denied: [
    'Журнал не открывается: проверьте права каталога состояния и нет ли там папки journal.db',
    'The journal cannot be opened: check the rights of the state directory, and for a folder journal.db in it',
  ],
  absent: ['Журнала нет', 'There is no journal'],
}

/** As `asStoreError`, about the journal. */
export function asJournalError(error: unknown): unknown {
  const fault = asStoreError(error)
  // What is a `StoreError` already has words of its own.
  if (!(fault instanceof StoreError) || fault === error) return fault
  const [ru, en] = meanings[fault.fault]
  const detail = error instanceof Error ? `: ${error.message}` : ''
  const code = codeOf(error) ?? fault.fault
  return new StoreError(fault.fault, text(`${ru} (${code}).`, `${en} (${code}${detail}).`), { cause: error })
}

/** Damage was met through the journal, whose own file is sound. */
export function outboxIsDamaged(cause: StoreError): StoreError {
  return new StoreError(
    'damaged',
    text(
      'Повреждена база чеков, а не журнал: журнал не тронут. Проверьте: chekpost doctor.',
      `The outbox is damaged, not the journal, which stays as it is (${cause.message})`,
    ),
    { cause },
  )
}
