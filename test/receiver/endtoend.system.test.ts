/**
 * From the register's wire to the site's stock while everything dies at random. A failing run is played again with the
 * seed it prints; `npm run trade` is the same for two minutes.
 */
import { expect, test } from 'vitest'
import { trade } from './trade/trade.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

test(`agent, receiver and database killed at random (SEED=${seed}): the stock is what the fiscal documents say`, async () => {
  const { kills, ...account } = await trade({ rounds: 10, seed })
  expect(account).toEqual({ receipts: 50, missing: [], wrongStock: [], wrongDocuments: [] })
  expect(Object.values(kills).reduce((all, count) => all + count)).toBe(10)
})
