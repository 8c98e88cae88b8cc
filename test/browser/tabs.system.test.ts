/** Many tabs at once: a browser gives one daemon six connections, and the daemon gives all of them sixty streams. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sharedPages } from './shared.ts'
import { sell } from './trade.ts'

const shop = sharedPages()

/** What a browser tells a page whose tab is left or come back to; one without a screen has no tabs. */
async function turn(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} })
    document.dispatchEvent(new Event('visibilitychange'))`)
}

const accepted = (page: Page) => page.locator('main a[href="/receipts?state=settled"] b').first()

test('eight tabs: the eighth opens at once, and the first lives again when it is looked at', async () => {
  await using window = await shop().open()
  const first = window.page
  const before = Number(await accepted(first).innerText())
  await turn(first, true)
  for (let tab = 2; tab <= 8; tab++) {
    const page = await window.context.newPage()
    await page.goto(shop().base, { timeout: 60_000 })
    if (tab < 8) await turn(page, true)
  }
  sell(shop().shop, 1)
  await turn(first, false)
  await expect.poll(() => accepted(first).innerText()).toBe(String(before + 1))
  expect(window.troubles).toEqual([])
})

test('a page that is refused its stream says why, and does not call the daemon silent', async () => {
  await using window = await shop().open()
  const { page } = window
  const failure = { ru: 'Слишком много открытых страниц', en: 'Too many pages are open' }
  let asked = 0
  let statusAsked = 0
  await page.route('**/live/overview', async (route) => {
    asked++
    await route.fulfill({ status: 503, json: { failure } })
  })
  page.on('request', (request) => {
    if (request.url().endsWith('/status')) statusAsked++
  })
  await page.reload()
  const banner = page.locator('#lost')
  await banner.waitFor({ state: 'visible', timeout: 60_000 })
  expect(await banner.innerText()).toBe(failure.ru)
  // Once by the stream, once for the words.
  expect([asked, statusAsked]).toEqual([2, 0])
})

test('a page that cannot be drawn anew says that it is out of date, and is calm when it can', async () => {
  await using window = await shop().open()
  const { page } = window
  const stale = { stale: 'Страница устарела: диск полон' }
  const fresh = { into: 'queue', how: 'replace', html: '<p>нарисовано</p>' }
  let told: readonly unknown[] = [stale]
  await page.route('**/live/overview', (route) => {
    const lines = told.map((one) => `data: ${JSON.stringify(one)}\n\n`)
    return route.fulfill({ contentType: 'text/event-stream', body: `retry: 300\n\n${lines.join('')}` })
  })
  await page.reload()
  const banner = page.locator('#lost')
  await banner.getByText(stale.stale).waitFor({ timeout: 60_000 })
  told = [stale, fresh]
  await page.locator('#queue').getByText('нарисовано').waitFor({ timeout: 60_000 })
  await banner.waitFor({ state: 'hidden', timeout: 60_000 })
  expect(window.troubles).toEqual([])
})

test('a page whose session is over is led to the login', async () => {
  await using window = await shop().open()
  const { page } = window
  await page.route('**/live/overview', (route) => route.fulfill({ status: 401, json: {} }))
  await page.reload()
  await page.waitForURL(`${shop().base}/login`, { timeout: 60_000 })
  expect(await page.locator('input[name=token]').count()).toBe(1)
})

test('a tab that nobody looks at says that its session is over, and asks no more', async () => {
  await using window = await shop().open()
  const { page, context } = window
  await accepted(page).waitFor({ timeout: 60_000 })
  await page.clock.install()
  await turn(page, true)
  await context.clearCookies()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.clock.runFor(31_000)
  const banner = page.locator('#lost')
  await banner.getByText('Войдите снова: chekpost token').waitFor({ timeout: 60_000 })
  await expect
    .poll(() => tabOf(page))
    .toEqual({ title: 'Обзор: вход закончился · chekpost', picture: '/assets/icon-lost.svg' })
  const before = asked.filter((url) => !url.includes('/assets/'))
  expect(before).toEqual([`${shop().base}/`])
  await page.clock.runFor(120_000)
  expect(asked.filter((url) => !url.includes('/assets/'))).toEqual(before)
})

/** What the row of tabs shows of a page. */
async function tabOf(page: Page): Promise<{ title: string; picture: string }> {
  const picture = await page.locator('link[rel=icon]').getAttribute('href')
  return { title: await page.title(), picture: picture ?? '' }
}

const tabs = {
  green: { title: 'Обзор: порядок · chekpost', picture: '/assets/icon-green.svg' },
  amber: { title: 'Обзор: внимание · chekpost', picture: '/assets/icon-amber.svg' },
  lost: { title: 'Обзор: нет связи · chekpost', picture: '/assets/icon-lost.svg' },
} as const

test('the tab tells the state by a word behind its name and by its picture, and so does one that nobody looks at', async () => {
  await using window = await shop().open()
  const { page } = window
  const told = () => expect.poll(() => tabOf(page), { timeout: 60_000 })
  await told().toEqual(tabs.green)
  shop().shop.unplugRegister()
  await told().toEqual(tabs.amber)
  await shop().shop.plugRegister()
  await told().toEqual(tabs.green)
  await page.clock.install()
  await turn(page, true)
  shop().shop.unplugRegister()
  await shop().shop.statusWhere(({ health }) => health.colour === 'amber', 'the register is missed')
  await page.clock.runFor(31_000)
  await told().toEqual(tabs.amber)
  await page.route(`${shop().base}/`, (route) => route.abort())
  await page.clock.runFor(31_000)
  await told().toEqual(tabs.lost)
  await page.unroute(`${shop().base}/`)
  await shop().shop.plugRegister()
  await shop().shop.statusWhere(({ health }) => health.colour === 'green', 'it is back')
  await page.clock.runFor(31_000)
  await told().toEqual(tabs.green)
  for (const { picture } of Object.values(tabs))
    expect((await page.request.get(shop().base + picture)).headers()['content-type']).toBe('image/svg+xml')
})
