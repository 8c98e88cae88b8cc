import { expect, test } from 'vitest'
import { summed } from './profile.ts'

const root = 'file:///opt/chekpost'

test('samples are summed up by module, waiting left out', () => {
  const frames = [
    ['(idle)', ''],
    ['sqliteTransaction', `${root}/node_modules/better-sqlite3/lib/methods/transaction.js`],
    ['run', `${root}/dist/agent/store/statements.js`],
    ['ask', `${root}/dist/drivers/shtrih/exchange.js`],
    ['withDeadline', `${root}/dist/drivers/deadline.js`],
    ['writeBuffer', ''],
    ['parse', `${root}/node_modules/@scope/name/index.js`],
  ]
  const nodes = frames.map(([functionName = '', url = ''], id) => ({ id, callFrame: { functionName, url } }))
  const samples = frames.map((_, id) => id)
  const { shares } = summed({ nodes, samples, timeDeltas: [9_000, 100, 200, 300, 150, 200, 50] }, 10)
  expect(shares).toEqual([
    { part: 'agent/store', percent: 30 },
    { part: 'drivers/shtrih', percent: 30 },
    { part: 'Node: sockets and streams', percent: 20 },
    { part: 'drivers/deadline.ts', percent: 15 },
    { part: '@scope/name', percent: 5 },
    { part: 'all the rest', percent: 0 },
  ])
})
