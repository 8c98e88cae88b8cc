/** Sending by hand as a technician does it: a scanner that types and presses Enter, a file that is chosen. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import { openPages } from './pages.ts'
import { sharedBrowser } from './shared.ts'
import { sell } from './trade.ts'

const browser = sharedBrowser()

test('a scanned receipt that only the register has is read with its progress shown, and booked', async () => {
  // Never idle for long enough: nothing is read by itself.
  await using pages = await openPages(browser(), { tills: { 'till-1': { config: { quietSeconds: 600 } } } })
  const { shop } = pages
  sell(shop, 2)
  const sold = shop.register().receipts.at(-1)
  if (sold === undefined) throw new Error('nothing was sold')
  const isSeen = (number: number | undefined) => (number ?? 0) >= sold.number
  await shop.statusWhere(({ registers }) => isSeen(registers[0]?.newest?.number), 'it is seen')
  await using window = await pages.open()
  const { page } = window
  await page.goto(`${pages.base}/replay`)
  const time = sold.time.replaceAll(/[-:]/g, '').slice(0, 13)
  const sum = ((sold.total ?? 0) / 100).toFixed(2)
  // The field waits for the scanner by itself.
  await page.keyboard.type(`t=${time}&s=${sum}&fn=${sold.storage}&i=${sold.number}&fp=${sold.sign}&n=1`)
  await page.keyboard.press('Enter')
  await page.getByText('Здесь этого чека нет').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.locator('form[data-do="/do/reread"] input[name=reason]').fill('нет на сайте')
  await page.keyboard.press('Enter')
  await page.getByText(`чеки уйдут на сайт сами: ${sold.number}`).waitFor()
  await shop.until(() => shop.bitrix.counts().booked === 1, 'it is booked')
  expect(await seriousFindings(page)).toEqual([])
  expect(window.troubles).toEqual([])
})

test('a file is sent in pieces, checked and imported on a phone; the same again holds nothing new', async () => {
  await using pages = await openPages(browser())
  await using window = await pages.open({ screen: 'phone', language: 'en' })
  const { page } = window
  const { receipt } = JSON.parse(
    readFileSync('test/fixtures/documents/json-agrotorg-2024-weights.json', 'utf8'),
  )
  // Longer than one piece: what is no receipt is passed over.
  const buffer = Buffer.from(JSON.stringify([...Array(13).fill('x'.repeat(100_000)), receipt]))
  const check = async () => {
    await page.goto(`${pages.base}/import`)
    const file = { name: '<i>receipts</i>.json', mimeType: 'application/json', buffer }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.locator('select[name=register]').selectOption('till-1')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('A dry run, nothing was written').waitFor()
  }
  await check()
  await page.getByText('<i>receipts</i>.json').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  await page.locator('form[data-do="/do/import"] input[name=reason]').fill('register burnt')
  await page.keyboard.press('Enter')
  await page.getByText('New: 1').waitFor()
  await pages.shop.until(() => pages.shop.bitrix.counts().booked === 1, 'it is booked')
  await check()
  await page.getByText('There is nothing to import').waitFor()
  expect(pages.shop.bitrix.counts()).toMatchObject({ booked: 1, duplicates: 0 })
  expect(window.troubles).toEqual([])
})
