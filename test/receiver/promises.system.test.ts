/** The receiver keeps every promise; `naive.system.test.ts` shows that they can be broken. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { furnish, promises } from './promises.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db)
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})

test.each(Object.entries(promises))('%s', async (_name, promise) => {
  await furnish(site)
  await promise(site, async (body, options) => await site.post(body, options))
  expect(site.log).not.toContain('PHP Warning')
})
