/**
 * `npm run screenshots`: every page in both languages, by day and by night, on a desk and on a phone, of a shop in
 * which things have happened. `--out` says where; without it only the pictures of the README are made anew.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nameOf, openBrowser, type View, views } from './browser.ts'
import { openPages, type Pages } from './pages.ts'
import { everyAddress } from './sights.ts'
import { sell, trade } from './trade.ts'

const readmeFolder = 'docs/screenshots'
/** What the README shows. */
const inReadme = new Set(['desktop-light-ru', 'phone-dark-ru'])

async function main(): Promise<void> {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values
  const folder = out ?? readmeFolder
  mkdirSync(folder, { recursive: true })
  const browser = await openBrowser()
  try {
    await using shop = await openPages(browser)
    await trade(shop.shop)
    // The chart is drawn by the index, which comes a moment after the receipts.
    await shop.shop.statusWhere(
      ({ hours }) => hours.reduce((sum, { read }) => sum + read, 0) === 8,
      'all are counted',
    )
    const addresses = out === undefined ? ['/'] : await everyAddress(shop)
    const wanted = out === undefined ? views.filter((view) => inReadme.has(nameOf(view))) : views
    for (const view of wanted) await takeAll(shop, view, addresses, folder, '')
    if (out !== undefined) await takeTroubles(shop, folder)
  } finally {
    await browser.close()
  }
}

async function takeAll(
  shop: Pages,
  view: View,
  addresses: readonly string[],
  folder: string,
  state: string,
): Promise<void> {
  await using window = await shop.open(view)
  for (const address of addresses) {
    await window.page.goto(shop.base + address)
    const path = join(folder, `${nameOfPage(address)}${state}-${nameOf(view)}.png`)
    await window.page.screenshot({ path, fullPage: true })
    console.log(path)
  }
  if (window.troubles.length > 0) throw new Error(window.troubles.join('\n'))
}

/** The overview in the hours that it is made for. */
async function takeTroubles(shop: Pages, folder: string): Promise<void> {
  const away = views.filter(({ language }) => language === 'ru')
  await shop.shop.stopReceiver()
  sell(shop.shop, 3)
  await shop.shop.statusWhere(({ health }) => health.colour !== 'green', 'the site is missed')
  for (const view of away) await takeAll(shop, view, ['/'], folder, '-site-down')
  shop.shop.unplugRegister()
  await shop.shop.statusWhere(({ registers }) => registers[0]?.trouble != null, 'the register is missed')
  for (const view of away) await takeAll(shop, view, ['/'], folder, '-unplugged')
  await shop.shop.plugRegister()
  await shop.shop.startReceiver()
  shop.shop.behaviour = { status: 401, body: '{}' }
  await shop.shop.statusWhere(({ health }) => health.colour === 'red', 'the site refuses everything')
  for (const view of away) await takeAll(shop, view, ['/'], folder, '-refused')
}

function nameOfPage(address: string): string {
  const [path = ''] = address.split('?')
  return path === '/' ? 'overview' : path.slice(1).replaceAll('/', '-')
}

await main()
