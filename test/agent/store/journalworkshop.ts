/** An outbox with a journal beside it, for tests. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readFacts, timeInBody } from '../../../agent/facts.ts'
import type { Journal } from '../../../agent/journal.ts'
import type { Outbox, TimeInside } from '../../../agent/outbox.ts'
import { type JournalOptions, openJournal } from '../../../agent/store/journal.ts'
import { openOutbox } from '../../../agent/store/open.ts'
import { folder } from './workshop.ts'

export interface Desk {
  readonly path: string
  readonly outboxPath: string
  readonly outbox: Outbox
  readonly journal: Journal
  readonly troubles: string[]
}

/** Both in one folder, closed when the test ends. */
export function opened(
  more: Partial<JournalOptions> = {},
  inside = folder(),
  timeInside: TimeInside = timeInBody,
): Desk {
  const [path, outboxPath] = [join(inside, 'journal.db'), join(inside, 'outbox.db')]
  const troubles: string[] = []
  const outbox = openOutbox(outboxPath, { timeInside })
  const journal = openJournal({
    ...{ path, outbox: outboxPath, readFacts, trouble: (why: string) => void troubles.push(why) },
    ...more,
  })
  onTestFinished(() => {
    journal[Symbol.dispose]()
    outbox[Symbol.dispose]()
  })
  return { path, outboxPath, outbox, journal, troubles }
}

/** Takes in all there is. */
export function catchUp(journal: Journal): void {
  while (journal.catchUp());
}
