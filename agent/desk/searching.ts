/** Looking documents up by number, date, sum and state; and replaying or listing by date with the same index. */
import { setImmediate } from 'node:timers/promises'
import { type Journal, WrongPlace } from '../journal.ts'
import type { Selection } from '../outbox.ts'
import { text } from '../text.ts'
import { Failure, UsageError } from '../usage.ts'
import type { Answers, InputOf } from './desk.ts'
import type { Premises } from './premises.ts'
import { listedRow } from './rows.ts'

/** Rejects with `Failure` when there is no index, and with `UsageError` for a place that is none. */
export function searchDocuments(
  { journal, outbox }: Pick<Premises, 'journal' | 'outbox'>,
  { after, limit, ...search }: InputOf<'search'>,
  _signal: AbortSignal,
): Promise<Answers['search']> {
  if (journal === null) return Promise.reject(noIndex())
  try {
    // What was kept a moment ago is found as well; while the index is far behind this is one slice of its way.
    if (journal.behind() > 0) journal.catchUp()
    const { keys, ...found } = journal.search(search, after ?? null, limit)
    const documents = keys.flatMap((key) => outbox.find(key) ?? []).map(listedRow)
    return Promise.resolve({ documents, ...found, behind: journal.behind() })
  } catch (error) {
    return Promise.reject(error instanceof WrongPlace ? wrongPlace(error) : noIndex(error))
  }
}

/** Takes in all that is missing, slice by slice: for a command, which has no daemon that did it before. */
export async function finishIndex(journal: Journal, signal: AbortSignal): Promise<void> {
  while (journal.catchUp()) {
    signal.throwIfAborted()
    await setImmediate()
  }
}

/** The same documents, found without walking through all the others when they are named by their time. */
export function narrowed({ journal }: Pick<Premises, 'journal'>, selection: Selection): Selection {
  const { fromTime, toTime } = selection
  if (fromTime === undefined && toTime === undefined) return selection
  const within = journal?.span(fromTime ?? null, toTime ?? null) ?? null
  return within === null ? selection : { ...selection, within }
}

function wrongPlace(cause: Error): UsageError {
  return new UsageError(
    text('Эта страница поиска устарела. Ищите заново', 'This page of the search is outdated. Search again'),
    { cause },
  )
}

function noIndex(cause?: unknown): Failure {
  return new Failure(
    text(
      'Поиск пока недоступен: журнал journal.db не открывается. Проверьте место на диске: chekpost doctor',
      'Search is not available: the journal journal.db cannot be opened. Check the disk: chekpost doctor',
    ),
    { cause },
  )
}
