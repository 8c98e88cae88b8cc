/**
 * From the register's wire to the site's stock while everything dies at random. A failing run is played again with the
 * seed it prints; `npm run trade` is the same for two minutes.
 */
import { expect, test } from 'vitest'
import { trade } from './trade/trade.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

test(`agent, receiver and database killed at random (SEED=${seed}): the stock is what the fiscal documents say`, async () => {
  const account = await trade({ seconds: 15, seed })
  expect(account).toMatchObject({ missing: [], wrongStock: [], wrongDocuments: [] })
  expect(account.receipts).toBeGreaterThan(20)
  expect(Object.values(account.kills).reduce((all, kills) => all + kills)).toBeGreaterThan(5)
})
