/** What a person has done on the page: it says that it works, does it once, and shows what has changed by it. */
import type { Locator, Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Window } from './pages.ts'
import { sharedPages } from './shared.ts'
import { trade } from './trade.ts'

const shop = sharedPages(({ shop }) => trade(shop))

/** On a path that the page itself never leaves: what is put there is still there at the end. */
async function openStaying(path: string): Promise<Window> {
  const window = await shop().open({}, path)
  await window.page.evaluate('window.stays = true')
  return window
}

async function hasStayed(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>('window.stays === true')
}

async function sendAgain(page: Page, button: Locator): Promise<void> {
  await button.click()
  await page.locator('input[name=reason]').fill('товар заведён')
  await page.locator('form[data-do="/do/resend"] button').click()
}

test('what was sent from the parked receipts is no longer among them, and the answer stays', async () => {
  await using window = await openStaying('/parked')
  const { page } = window
  const rows = page.locator('#parked tbody tr')
  expect(await rows.count()).toBe(2)
  await sendAgain(page, page.getByRole('button', { name: /^Отправить ФД/ }).first())
  await expect.poll(() => rows.count()).toBe(1)
  expect(await page.locator('#done').innerText()).toContain('Поставлено в очередь: 1')
  expect(await page.evaluate('document.activeElement.id')).toBe('done')
  await sendAgain(page, page.getByRole('button', { name: 'Отправить всю группу: 1' }))
  await page.getByText('Здесь ничего не отложено').waitFor()
  expect(await page.locator('#done').innerText()).toContain('Поставлено в очередь: 1')
  expect(await hasStayed(page)).toBe(true)
  await shop().shop.waitUntilDrained()
  expect(shop().shop.bitrix.counts()).toMatchObject({ booked: 8, twice: 0 })
  expect(window.troubles).toEqual([])
})

test('the page of a receipt that is sent again says that it waits or is booked, not what it was before', async () => {
  shop().shop.behaviour = { status: 422, body: '{}' }
  const { number } = shop().shop.register().closeReceipt()
  await shop().shop.statusWhere(({ outbox }) => outbox.parked === 1, 'it is refused')
  shop().shop.behaviour = 'accept'
  await using window = await openStaying(`/receipt?fd=${number}`)
  const { page } = window
  expect(await page.locator('#known').innerText()).toContain('отложен здесь')
  await sendAgain(page, page.getByRole('button', { name: 'Показать, что уйдёт' }))
  await expect.poll(() => page.locator('#known').innerText()).toMatch(/ждёт отправки|принят сайтом/)
  await page.getByText('Поставлено в очередь: 1').waitFor()
  expect(await hasStayed(page)).toBe(true)
  expect(window.troubles).toEqual([])
})

test('a port that was let go of stands among who did what at once', async () => {
  await using window = await openStaying('/diagnostics')
  const { page } = window
  await page.locator('#ports input[name=reason]').fill('программа производителя')
  await page.getByRole('button', { name: 'Отпустить' }).click()
  await page.locator('#acts').getByText('программа производителя').waitFor()
  await page.getByRole('button', { name: 'Взять обратно' }).click()
  await page.locator('#acts').getByText('взял порт обратно').waitFor()
  expect(await hasStayed(page)).toBe(true)
})

/** Holds what is asked of a path until it is let go; how often it was asked. */
async function held(page: Page, path: string): Promise<{ letGo(): Promise<void>; asked(): number }> {
  const routes: Route[] = []
  await page.route(`**${path}`, (route) => void routes.push(route))
  return {
    asked: () => routes.length,
    letGo: async () => {
      for (const route of routes) await route.continue()
      await page.unroute(`**${path}`)
    },
  }
}

test.each([
  ['/do/doctor', 'Проверить', '#findings'],
  ['/support.zip', 'Скачать', '#support'],
])(
  'while %s takes its time, the page says so and the button does nothing more',
  async (path, name, place) => {
    await using window = await shop().open({}, '/diagnostics')
    const { page } = window
    const work = await held(page, path)
    const button = page.getByRole('button', { name, exact: true })
    await button.dblclick()
    await page.locator(place).getByText('Выполняется…').waitFor()
    expect(await button.isDisabled()).toBe(true)
    await button.click({ force: true })
    expect(work.asked()).toBe(1)
    await work.letGo()
    await expect.poll(() => button.isEnabled()).toBe(true)
    expect(await page.locator(place).innerText()).not.toContain('Выполняется…')
    expect(window.troubles).toEqual([])
  },
)

test('the file for support is kept under its name, with a script and without one', async () => {
  for (const scripts of [true, false]) {
    await using window = await shop().open({ scripts }, '/diagnostics')
    const begun = window.page.waitForEvent('download')
    await window.page.getByRole('button', { name: 'Скачать' }).click()
    const file = await begun
    expect(file.suggestedFilename()).toMatch(/^chekpost-.*\.zip$/)
    expect(await file.failure()).toBe(null)
    expect(window.troubles).toEqual([])
  }
})

test('a file that is refused says why in its place, and can be asked for again', async () => {
  await using window = await openStaying('/diagnostics')
  const { page } = window
  const failure = { ru: 'Диск полон', en: 'The disk is full' }
  await page.route('**/support.zip', (route) => route.fulfill({ status: 409, json: { failure } }))
  const button = page.getByRole('button', { name: 'Скачать' })
  await button.click()
  await page.locator('#support').getByText('Диск полон').waitFor()
  await expect.poll(() => button.isEnabled()).toBe(true)
  expect(await hasStayed(page)).toBe(true)
})

test('a file asked for when the session is over says so and is no page of the login', async () => {
  await using window = await openStaying('/diagnostics')
  const { page, context } = window
  await context.clearCookies()
  await page.getByRole('button', { name: 'Скачать' }).click()
  await page.locator('#support').getByText('chekpost token').waitFor()
  expect(await hasStayed(page)).toBe(true)
})
