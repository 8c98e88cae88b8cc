/** Growth: every question of the journal is found by an index, by the very texts that it runs. */
import { expect, onTestFinished, test } from 'vitest'
import type { Search } from '../../../agent/journal.ts'
import type { Database } from '../../../agent/store/database.ts'
import { attemptQueries } from '../../../agent/store/journalattempts.ts'
import { openJournalFile } from '../../../agent/store/journalfile.ts'
import { deliveredQuery } from '../../../agent/store/journalhours.ts'
import { indexQueries } from '../../../agent/store/journalindex.ts'
import {
  blockQuery,
  narrowQuery,
  narrowsOf,
  probeOf,
  timedQuery,
  walkQuery,
} from '../../../agent/store/journalsearch.ts'
import { opened } from './journalworkshop.ts'
import { planOf } from './queryplan.ts'

function database(): Database {
  const { path, outboxPath } = opened()
  const made = openJournalFile(path, outboxPath).database
  onTestFinished(() => void made.close())
  return made
}

const plan = (sql: string) => planOf(database(), sql)

const everything: Search = {
  ...{ register: 'till-1', fromNumber: 1, toNumber: 2, minTotal: 1, maxTotal: 2, receiptsOnly: true },
  ...{ fromTime: '2026-08-21T00:00:00', toTime: '2026-08-22T00:00:00' },
}

test.each([
  ['the highest id', indexQueries.highest, 'SEARCH outbox.document'],
  ['the next documents', indexQueries.next, 'SEARCH d USING INTEGER PRIMARY KEY (rowid>?)'],
  ['gaps to look at', indexQueries.gaps, 'SEARCH entry USING COVERING INDEX entry_gap (gap=? AND rowid>?)'],
  [
    'what was delivered',
    deliveredQuery,
    'SEARCH outbox.delivery USING COVERING INDEX delivery_settled (register=? AND aged=? AND settled_at>? AND settled_at<?)',
  ],
  ['attempts', attemptQueries.of, 'SEARCH attempt USING INDEX attempt_document (storage=? AND number=?)'],
  ['blocks', blockQuery, 'SEARCH block USING PRIMARY KEY (block<?)'],
  ['rows of a time', timedQuery, 'SEARCH entry USING COVERING INDEX entry_time (time>? AND time<?)'],
  ['what has been filled', indexQueries.filledUntimed, 'SEARCH e USING COVERING INDEX entry_untimed (gap>?)'],
  ['a walk', walkQuery(everything), 'SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)'],
  [
    'a walk by state',
    walkQuery({ ...everything, state: 'accepted' }),
    'SEARCH v USING INTEGER PRIMARY KEY (rowid=?)',
  ],
])('%s: found by an index', (_, sql, step) => {
  const steps = plan(sql)
  expect(steps).toContainEqual(expect.stringContaining(step))
  expect(
    steps.filter((found) => /^SCAN (?:outbox\.)?(e|entry|d|v|delivery|document|attempt)$/.test(found)),
  ).toEqual([])
})

test('what is asked after every commit looks at no more than a slice of the gaps', () => {
  const counting = Object.entries(indexQueries).filter(([, sql]) => /\b(sum|count)\(/.test(sql))
  expect(counting).toEqual([])
  for (const sql of [indexQueries.gaps, indexQueries.filledUntimed]) expect(sql).toMatch(/LIMIT \?/)
})

test('nobody waits for another process that holds the journal', () => {
  expect(database().pragma('busy_timeout', { simple: true })).toBe(0)
})

test.each([
  [{ fromNumber: 1 }, /entry_number \(number>\? AND number<\?\)/],
  [{ toTime: '2026-08-21T00:00:00' }, /entry_time \(time>\? AND time<\?\)/],
  [{ minTotal: 1, maxTotal: 2 }, /entry_total \(total>\? AND total<\?\)/],
  [{ state: 'waiting' }, /SCAN v USING COVERING INDEX delivery_(due|postponed)/],
  [{ state: 'parked' }, /SCAN v USING COVERING INDEX delivery_parked/],
  [{ state: 'none' }, /entry_unowed \(owed=\?\)/],
] satisfies [Search, RegExp][])(
  'few documents are come upon by an index of their own: %j',
  (search, step) => {
    const narrows = narrowsOf(search)
    expect(narrows).toHaveLength(1)
    for (const narrow of narrows) {
      expect(plan(probeOf(narrow))).toContainEqual(expect.stringMatching(step))
      expect(plan(narrowQuery(narrow, { ...everything, ...search }))[0]).toMatch(step)
    }
  },
)
