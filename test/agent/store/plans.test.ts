/**
 * Growth: what is asked at every poll or every round must be found by an index, however many documents there are.
 * The plans are SQLite's own (EXPLAIN QUERY PLAN), for the very texts that the outbox runs.
 */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Selection } from '../../../agent/outbox.ts'
import { toEmpty, toMask } from '../../../agent/store/aging.ts'
import { type Database, openDatabase } from '../../../agent/store/database.ts'
import {
  accountQuery,
  conditionOf,
  dueQuery,
  finding,
  lastAcceptedQuery,
  listQuery,
  nextDueQuery,
  owedQuery,
  postponedQuery,
  selectedQuery,
} from '../../../agent/store/deliveries.ts'
import { coverageQuery, gapsQuery } from '../../../agent/store/derived.ts'
import { lastReadQuery, tallyQueries } from '../../../agent/store/tally.ts'
import { planOf } from './queryplan.ts'
import { folder } from './workshop.ts'

function database(): Database {
  const made = openDatabase(join(folder(), 'outbox.db'))
  made.function('local_seconds', { varargs: true }, () => null)
  onTestFinished(() => void made.close())
  return made
}

const plan = (sql: string) => planOf(database(), sql)

const behind = conditionOf({}, ['(d.storage, d.number) > (?, ?)']).sql

test.each([
  ['what is due', dueQuery, 'SEARCH v USING INDEX delivery_due (register=? AND due_at>? AND due_at<?)'],
  [
    'when something is due',
    nextDueQuery,
    'SEARCH delivery USING COVERING INDEX delivery_due (register=? AND due_at>?)',
  ],
  [
    'since when is owed what was put off',
    postponedQuery,
    'SEARCH delivery USING INDEX delivery_postponed (register=?)',
  ],
  [
    'last accepted',
    lastAcceptedQuery,
    'SEARCH delivery USING COVERING INDEX delivery_settled (register=? AND aged=? AND settled_at>?)',
  ],
  ['last read', lastReadQuery, 'SEARCH d USING INDEX sqlite_autoindex_document_1 (storage=? AND number=?)'],
  [
    'one delivery',
    owedQuery,
    'SEARCH d USING COVERING INDEX sqlite_autoindex_document_1 (storage=? AND number=?)',
  ],
  [
    'how many are kept',
    coverageQuery,
    'SEARCH document USING COVERING INDEX sqlite_autoindex_document_1 (storage=? AND number>?)',
  ],
  [
    'the gaps',
    gapsQuery,
    'SEARCH document USING COVERING INDEX sqlite_autoindex_document_1 (storage=? AND number>?)',
  ],
  [
    'the account of a drive',
    accountQuery,
    'SEARCH d USING INDEX sqlite_autoindex_document_1 (storage=? AND number>?)',
  ],
  [
    'what to mask that was settled',
    toMask.settled,
    'SEARCH v USING INDEX delivery_settled (register=? AND aged=? AND settled_at<?)',
  ],
  [
    'what to mask that nobody is owed',
    toMask.unowed,
    'SEARCH d USING INDEX document_aging (masked=? AND read_at<?)',
  ],
  [
    'what to empty that was settled',
    toEmpty.settled,
    'SEARCH v USING COVERING INDEX delivery_settled (register=? AND aged=? AND settled_at<?)',
  ],
  [
    'what to empty that nobody is owed',
    toEmpty.unowed,
    'SEARCH d USING INDEX document_aging (masked=? AND read_at<?)',
  ],
  [
    'the last kept',
    `${finding} WHERE d.storage = ? ORDER BY d.number DESC LIMIT 1`,
    'SEARCH d USING INDEX sqlite_autoindex_document_1 (storage=?)',
  ],
  [
    'walking',
    `${finding} WHERE ${behind} ORDER BY d.storage, d.number LIMIT ?`,
    'SEARCH d USING INDEX sqlite_autoindex_document_1 ((storage,number)>(?,?))',
  ],
])('%s is found by an index and not sorted', (_, sql, step) => {
  const steps = plan(sql)
  expect(steps).toContain(step)
  expect(steps.filter((found) => /^SCAN (document|delivery|d|v)\b|TEMP B-TREE/.test(found))).toEqual([])
})

const timed = {
  ...{ fromTime: '2026-08-21T00:00:00', toTime: '2026-08-21T23:59:59' },
  ...{ storage: '9999078900001234', register: 'till-1' },
  within: { ids: '[1]', doubtful: [2], top: 9, unread: 1 },
}

test.each([
  ['listed', listQuery(timed).sql],
  ['selected', selectedQuery(timed).sql],
])('documents of a time are %s by the ids that the index names, and no others are read', (_, sql) => {
  const steps = plan(sql)
  expect(steps).toContain('SEARCH d USING INTEGER PRIMARY KEY (rowid=?)')
  expect(steps).toContain('SEARCH d USING INTEGER PRIMARY KEY (rowid>?)')
  expect(steps.filter((found) => /^SCAN (document|delivery|d|v)\b/.test(found))).toEqual([])
})

test.each(Object.entries(tallyQueries))(
  'counting %s after opening walks through an index alone',
  (_, sql) => {
    expect(plan(sql)).toEqual([expect.stringMatching(/^SCAN \w+ USING COVERING INDEX \w+$/)])
  },
)

const byState = (['waiting', 'parked', 'none', 'acceptedParked', 'ignored'] as const).map(
  (state): [string, Selection] => [
    `what is ${state}`,
    { state, storage: '9999078900001234', register: 'till-1' },
  ],
)

test.each([
  ...byState,
  ['what is parked for a reason', { state: 'parked', why: 'no match' }],
  ['a range of numbers of whatever drive', { fromNumber: 120, toNumber: 150 }],
  ['numbers of whatever drive', { numbers: [120, 150] }],
] satisfies [string, Selection][])(
  '%s is listed, counted and sent without walking through all documents',
  (_, selection) => {
    for (const { sql } of [listQuery(selection), selectedQuery(selection)])
      expect(plan(sql).filter((step) => /^SCAN (document|delivery|d|v|n)$|TEMP B-TREE/.test(step))).toEqual(
        [],
      )
  },
)

test('the newest documents are listed without walking through the old ones, and only their ids are looked for', () => {
  expect(plan(listQuery({ limit: 50 }).sql)).toEqual([
    'SEARCH d USING INTEGER PRIMARY KEY (rowid=?)',
    'LIST SUBQUERY 1',
    'SCAN d',
    'SEARCH v USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
  ])
})

test.each(['document', 'delivery'])('the rules of a row of %s make no temporary table', (table) => {
  const steps = database().prepare(`EXPLAIN INSERT INTO ${table} DEFAULT VALUES`).all()
  expect(steps).toContainEqual(expect.objectContaining({ opcode: 'MakeRecord' }))
  // IN of three values and more does, every time.
  expect(steps).not.toContainEqual(expect.objectContaining({ opcode: 'OpenEphemeral' }))
})
