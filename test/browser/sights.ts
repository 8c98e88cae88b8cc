/** What can be seen of a page without knowing which one it is. */
import type { Page } from 'playwright-core'
import { pages } from '../../agent/status/pages/index.ts'
import type { Pages } from './pages.ts'

/** Every page at its own address, and one example of each that only a link leads to. */
export async function everyAddress(shop: Pages): Promise<readonly string[]> {
  await using window = await shop.open()
  const found = new Map(pages.filter(({ inMenu }) => inMenu).map(({ path }) => [path, path]))
  const known = new Set(pages.map(({ path }) => path))
  for (const address of found.values()) {
    await window.page.goto(shop.base + address)
    for (const link of await linksOf(window.page)) {
      const { pathname, search } = new URL(link, shop.base)
      if (known.has(pathname) && !found.has(pathname)) found.set(pathname, pathname + search)
    }
  }
  const unreached = [...known].filter((path) => !found.has(path))
  if (unreached.length > 0) throw new Error(`no link leads to ${unreached.join(', ')}`)
  return [...found.values()]
}

async function linksOf(page: Page): Promise<string[]> {
  const links = await page.locator('a[href^="/"]').all()
  return await Promise.all(links.map(async (link) => (await link.getAttribute('href')) ?? ''))
}

/** How far the page is wider than the screen, in CSS pixels. */
export async function overhang(page: Page): Promise<number> {
  return await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
}

/** Tables that must be pushed sideways to be read, by their names. */
export async function slidingTables(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll('table')]
    .map((table) => table.parentElement)
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map((box) => box.getAttribute('aria-label'))`)
}

/** What Chromium tells a screen reader the parts of the tables are, and how many there are of each. */
export async function tableParts(page: Page): Promise<Readonly<Record<string, number>>> {
  const session = await page.context().newCDPSession(page)
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    const parts: Record<string, number> = {}
    for (const { role, ignored } of nodes) {
      const name = String(role?.value)
      if (!ignored && /^(table|row|cell|columnheader|rowheader)$/.test(name))
        parts[name] = (parts[name] ?? 0) + 1
    }
    return parts
  } finally {
    await session.detach()
  }
}

/** The same places by a person with a keyboard: what has the focus, and whether it can be seen that it has. */
export interface Focused {
  readonly what: string
  readonly isMarked: boolean
  readonly isInView: boolean
}

const focused = `(() => {
  const at = document.activeElement
  if (at === null || at === document.body) return null
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
  const { top, bottom, left, right, width, height } = at.getBoundingClientRect()
  return {
    what: controlsOf().indexOf(at) + ' ' + at.outerHTML.slice(0, 120),
    isMarked: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
    isInView: width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
  }
  ${controlsOf()}
})()`

/** The script that lists what a person must be able to reach. */
function controlsOf(): string {
  return `function controlsOf() {
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
    return [...document.querySelectorAll(all)].filter((one) => !one.disabled && one.checkVisibility())
  }`
}

/** One press of Tab after another until all that the keyboard reaches has come round, wherever it began. */
export async function tabThrough(page: Page): Promise<readonly Focused[]> {
  const passed = new Map<string, Focused>()
  let last = ''
  for (;;) {
    await page.keyboard.press('Tab')
    // Past the last control the window itself has the focus; the next press begins at the top.
    const at = await page.evaluate<Focused | null>(focused)
    // A field for a date holds the keyboard for several presses.
    if (at?.what === last) continue
    last = at?.what ?? ''
    if (at === null) continue
    if (passed.has(at.what)) return [...passed.values()]
    passed.set(at.what, at)
  }
}

/** How many controls there are; of radio buttons with one name the keyboard stops at one. */
export async function countControls(page: Page): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const radios = new Set()
    return controlsOf().filter((one) => {
      if (one.type !== 'radio') return true
      const isNew = !radios.has(one.name)
      radios.add(one.name)
      return isNew
    }).length
    ${controlsOf()}
  })()`)
}

/** Everything that is written on the page. */
export async function words(page: Page): Promise<string> {
  return await page.locator('body').innerText()
}
