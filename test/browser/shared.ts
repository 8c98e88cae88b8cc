/** What all tests of a file look through: starting a browser and a shop takes seconds. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { openBrowser } from './browser.ts'
import { openPages, type Pages } from './pages.ts'

/** A browser for the file; it is there once its tests begin. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  return () => there(browser)
}

/** A browser and a shop for the file; `prepare` says what has happened in the shop before. */
export function sharedPages(prepare?: (pages: Pages) => Promise<void>): () => Pages {
  const browser = sharedBrowser()
  let pages: Pages | undefined
  beforeAll(async () => {
    pages = await openPages(browser())
    await prepare?.(pages)
  })
  afterAll(() => pages?.[Symbol.asyncDispose]())
  return () => there(pages)
}

function there<Shared>(shared: Shared | undefined): Shared {
  if (shared === undefined) throw new Error('it was asked for before the tests began')
  return shared
}
