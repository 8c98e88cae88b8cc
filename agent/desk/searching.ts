/** Looking documents up by number, date, sum and state; and replaying or listing by date with the same index. */
import { setImmediate } from 'node:timers/promises'
import { type Found, type Journal, WrongPlace } from '../journal.ts'
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
    const { keys, ...found } = lookedUp(journal, search, after ?? null, limit)
    const documents = keys.flatMap((key) => outbox.find(key) ?? []).map((one) => listedRow(one, outbox))
    return Promise.resolve({ documents, ...found, behind: journal.behind() })
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Throws in the words of a search whatever the journal says no with. */
function lookedUp(journal: Journal, ...asked: Parameters<Journal['search']>): Found {
  try {
    return journal.search(...asked)
  } catch (error) {
    throw error instanceof WrongPlace ? wrongPlace(error) : noIndex(error)
  }
}

/** Takes in all that is missing, slice by slice: for a command, which has no daemon that did it before. */
export async function finishIndex(journal: Journal, signal: AbortSignal): Promise<void> {
  while (journal.catchUp()) {
    signal.throwIfAborted()
    await setImmediate()
  }
}

/** Slices of the index that a question waits for: a second or two. */
const mostSlices = 100
/** Documents that are read for one question: each may take a millisecond, and everything else waits for it. */
const mostRead = 500
const mostReadWithout = 2_000

/** As `narrowed`, once the index has taken in what it lacks, or some of it when that is much. */
export async function located(
  premises: Pick<Premises, 'journal' | 'outbox' | 'isDaemon'>,
  selection: Selection,
  signal: AbortSignal,
): Promise<Selection> {
  const { journal, isDaemon } = premises
  if (isByTime(selection) && journal !== null)
    for (let slices = 0; (slices < mostSlices || !isDaemon) && journal.catchUp(); slices++) {
      signal.throwIfAborted()
      await setImmediate()
    }
  return narrowed(premises, selection)
}

/**
 * The same documents, found without reading all the others when they are named by their time. Throws `Failure` when
 * the daemon would have to read so many that the registers had to wait for it.
 */
export function narrowed(
  { journal, outbox, isDaemon }: Pick<Premises, 'journal' | 'outbox' | 'isDaemon'>,
  selection: Selection,
): Selection {
  if (!isByTime(selection)) return selection
  const within = journal?.timed(selection.fromTime ?? null, selection.toTime ?? null) ?? null
  if (isDaemon && within !== null && within.unread > mostRead) throw notYet(within.unread)
  if (isDaemon && within === null && !isShort(selection) && outbox.counts().documents > mostReadWithout)
    throw noTimes()
  return within === null ? selection : { ...selection, within }
}

function isByTime({ fromTime, toTime }: Selection): boolean {
  return fromTime !== undefined || toTime !== undefined
}

/** So few numbers are named that their documents can be read. */
function isShort({
  storage,
  fromNumber = 1,
  toNumber = Number.MAX_SAFE_INTEGER,
  numbers,
}: Selection): boolean {
  return storage !== undefined && (numbers !== undefined || toNumber - fromNumber < mostReadWithout)
}

function notYet(left: number): Failure {
  return new Failure(
    text(
      `Журнал ещё не догнал очередь: осталось ${left}. Ничего не сделано, повторите через минуту`,
      `The journal is still catching up: ${left} documents are left. Nothing was done; try again in a minute`,
    ),
  )
}

function noTimes(): Failure {
  return new Failure(
    text(
      'По времени чека сейчас не найти: журнал journal.db не открывается. Назовите номера (--fd 120-150) или проверьте место на диске: chekpost doctor',
      'Receipts cannot be found by their time: the journal journal.db cannot be opened. Name numbers (--fd 120-150) or check the disk: chekpost doctor',
    ),
  )
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
