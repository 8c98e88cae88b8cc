/** The overview while the shop lives: what happens is told at once, without anybody pressing anything. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPages } from './pages.ts'
import { sharedBrowser } from './shared.ts'
import { words } from './sights.ts'
import { sell } from './trade.ts'

const browser = sharedBrowser()

/** The sentence of truth in the colour that is waited for. */
async function sentence(page: Page, colour: 'green' | 'amber' | 'red'): Promise<string> {
  const health = page.locator(`main .health.${colour}`).first()
  await health.waitFor({ timeout: 60_000 })
  return await health.innerText()
}

async function isTheSamePage(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>('window.stays === true')
}

test('a pulled cable and its return are told at once: the colour, the sentence, the next step', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 3)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open()
  const { page } = window
  await page.evaluate('window.stays = true')
  const well = await sentence(page, 'green')
  shop.shop.unplugRegister()
  const ill = await sentence(page, 'amber')
  expect(ill).not.toBe(well)
  expect(ill).toMatch(/till-1/)
  await shop.shop.plugRegister()
  expect(await sentence(page, 'green')).toBe(well)
  expect(await isTheSamePage(page)).toBe(true)
  expect(window.troubles).toEqual([])
})

test('a site that is down is told, and the receipts that wait for it are counted until they are gone', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 1)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open({ language: 'en' })
  const { page } = window
  await page.evaluate('window.stays = true')
  await sentence(page, 'green')
  await shop.shop.stopReceiver()
  sell(shop.shop, 3)
  expect(await sentence(page, 'amber')).toMatch(/site/i)
  await shop.shop.startReceiver()
  await sentence(page, 'green')
  expect(await isTheSamePage(page)).toBe(true)
  expect(window.troubles).toEqual([])
})

test('what is wrong at the same time is told as well, and goes when it is mended', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 1)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open({ language: 'en' })
  const { page } = window
  await sentence(page, 'green')
  await shop.shop.stopReceiver()
  sell(shop.shop, 1)
  expect(await sentence(page, 'amber')).toMatch(/site/i)
  const also = page.locator('.also li')
  expect(await also.count()).toBe(0)
  shop.shop.unplugRegister()
  await page.locator('main .health.amber', { hasText: 'till-1' }).first().waitFor({ timeout: 60_000 })
  await expect.poll(() => also.allInnerTexts()).toEqual([expect.stringMatching(/site/i)])
  await shop.shop.plugRegister()
  await also.first().waitFor({ state: 'detached', timeout: 60_000 })
  await shop.shop.startReceiver()
  await sentence(page, 'green')
  expect(window.troubles).toEqual([])
})

test('a site that knows the secret no more is told in red, with what to do', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 1)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open()
  await sentence(window.page, 'green')
  shop.shop.behaviour = { status: 401, body: '{}' }
  sell(shop.shop, 1)
  expect(await sentence(window.page, 'red')).toMatch(/секрет|ключ|подпис/i)
  expect(window.troubles).toEqual([])
})

test('a receipt shows on the page as soon as it is sold', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 1)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open()
  const sold = shop.shop.register().closeReceipt()
  await expect.poll(() => words(window.page)).toContain(String(sold.number))
})

test('whoever has come somewhere with the keyboard stays there while the page renews itself', async () => {
  await using shop = await openPages(browser())
  sell(shop.shop, 1)
  await shop.shop.waitUntilDrained()
  await using window = await shop.open()
  const { page } = window
  const link = page.locator('main a[href="/receipts?state=settled"]').first()
  await link.focus()
  sell(shop.shop, 1)
  await expect.poll(() => link.innerText()).toMatch(/\b2\b/)
  expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('/receipts?state=settled')
})

test('an agent that died is told by the page that stays behind, and the page lives again with it', async () => {
  await using shop = await openPages(browser())
  await using window = await shop.open()
  const { page } = window
  await sentence(page, 'green')
  await shop.shop.agent.destroy()
  await page.locator('#lost').waitFor({ state: 'visible', timeout: 60_000 })
  expect(await page.locator('#lost').innerText()).toContain('systemctl')
  shop.shop.start()
  await page.locator('#lost').waitFor({ state: 'hidden', timeout: 60_000 })
})
