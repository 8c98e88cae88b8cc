/** What holds on every page, in whatever way it is looked at. */
import { expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import { nameOf, views } from './browser.ts'
import { sharedPages } from './shared.ts'
import {
  countControls,
  everyAddress,
  overhang,
  slidingTables,
  tableParts,
  tabThrough,
  words,
} from './sights.ts'
import { trade } from './trade.ts'

let addresses: readonly string[]

const shop = sharedPages(async (pages) => {
  await trade(pages.shop)
  addresses = await everyAddress(pages)
})

/** Every two of language, colours and screen meet once; `npm run screenshots` makes all eight. */
const pairwise = views.filter(
  ({ language, colours, screen }) => ((language === 'en') !== (colours === 'dark')) !== (screen === 'phone'),
)

test.for(pairwise.map((view) => [nameOf(view), view] as const))(
  'every page as %s: nothing hangs over, nothing that axe-core calls serious, no error',
  async ([, view]) => {
    await using window = await shop().open(view)
    for (const address of addresses) {
      await window.page.goto(shop().base + address)
      expect(await window.page.locator('html').getAttribute('lang')).toBe(view.language)
      expect(await overhang(window.page), address).toBeLessThanOrEqual(0)
      expect(await slidingTables(window.page), address).toEqual([])
      expect(await seriousFindings(window.page), address).toEqual([])
    }
    expect(window.troubles).toEqual([])
  },
)

test('rows that a phone shows as cards are still rows of a table to who listens', async () => {
  await using desk = await shop().open()
  await using phone = await shop().open({ screen: 'phone' })
  for (const path of ['/receipts', '/parked', addresses.find((one) => one.startsWith('/receipt?')) ?? '']) {
    await desk.page.goto(shop().base + path)
    await phone.page.goto(shop().base + path)
    const parts = await tableParts(desk.page)
    expect(Object.keys(parts).sort()).toEqual(['cell', 'columnheader', 'row', 'rowheader', 'table'])
    expect(await tableParts(phone.page)).toEqual(parts)
  }
})

test('every page has one heading, one main part, and a title that names it', async () => {
  await using window = await shop().open()
  const titles = new Set<string>()
  for (const address of addresses) {
    await window.page.goto(shop().base + address)
    expect(await window.page.locator('h1').count(), address).toBe(1)
    expect(await window.page.locator('main').count(), address).toBe(1)
    titles.add(await window.page.title())
  }
  expect(titles.size).toBe(addresses.length)
})

const vocabularyOf = (text: string) => [...new Set(text.toLowerCase().match(/[а-яё]{3,}/g))]

test('without JavaScript every page can be read and left again', async () => {
  await using reader = await shop().open({ scripts: false })
  await using runner = await shop().open()
  for (const address of addresses) {
    await reader.page.goto(shop().base + address)
    await runner.page.goto(shop().base + address)
    const heading = await runner.page.locator('h1').innerText()
    expect(await reader.page.locator('h1').innerText()).toBe(heading)
    // A line that is written with a script only is a line that is missing without one. The talk on the wire grows
    // meanwhile, and says the same words again.
    const [read, run] = [vocabularyOf(await words(reader.page)), vocabularyOf(await words(runner.page))]
    expect(run.filter((word) => !read.includes(word)).length, address).toBeLessThan(run.length * 0.2)
    expect(await reader.page.locator('header nav a').count(), address).toBeGreaterThan(0)
  }
  expect(reader.troubles).toEqual([])
})

test('the switch changes the language and stays on the page, for all pages to come', async () => {
  await using window = await shop().open()
  const { page } = window
  for (const address of addresses) {
    await page.goto(shop().base + address)
    expect(await words(page), address).toMatch(/[а-яё]{4}/i)
    await page.getByRole('link', { name: 'English' }).click()
    await page.locator('html[lang=en]').waitFor()
    const { pathname, search } = new URL(page.url())
    expect(pathname + search).toBe(address)
    await page.getByRole('link', { name: 'Русский' }).click()
    await page.locator('html[lang=ru]').waitFor()
  }
})

test('a keyboard reaches every control of every page, and it can be seen where it is', async () => {
  await using window = await shop().open()
  const { page } = window
  for (const address of addresses) {
    await page.goto(shop().base + address)
    const passed = await tabThrough(page)
    expect(passed.length, address).toBe(await countControls(page))
    expect(passed.filter(({ isMarked, isInView }) => !isMarked || !isInView)).toEqual([])
  }
})

test('the first stop of the keyboard leads past the menu', async () => {
  await using window = await shop().open()
  const { page } = window
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
})
