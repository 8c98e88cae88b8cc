/** That the eyes of the other tests see: each thing they look for is put into a page once. */
import { expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import type { Window } from './pages.ts'
import { sharedPages } from './shared.ts'
import { countControls, overhang, slidingTables, tableParts, tabThrough } from './sights.ts'

const shop = sharedPages()

/** Writes this into the main part, as somebody might have written it into the source. */
async function spoil({ page }: Window, html: string): Promise<void> {
  await page.evaluate(
    `document.querySelector('main').insertAdjacentHTML('beforeend', ${JSON.stringify(html)})`,
  )
}

test('axe-core sees a picture without words and a field without a name', async () => {
  await using window = await shop().open()
  expect(await seriousFindings(window.page)).toEqual([])
  await spoil(window, '<img src="/assets/icon.svg"><input>')
  const rules = (await seriousFindings(window.page)).map(({ rule }) => rule)
  expect(rules).toEqual(expect.arrayContaining(['image-alt', 'label']))
})

test('what is wider than a phone hangs over', async () => {
  await using window = await shop().open({ screen: 'phone' })
  await spoil(window, `<button>${'x'.repeat(80)}</button>`)
  expect(await overhang(window.page)).toBeGreaterThan(0)
})

test('a table that slides in its box is seen, and that one without roles is none on a phone', async () => {
  await using window = await shop().open({ screen: 'phone' })
  const parts = await tableParts(window.page)
  const bare = '<table><tr><td><canvas width="800"></canvas></td></tr></table>'
  await spoil(window, `<div class="wide" aria-label="too wide">${bare}</div>`)
  expect(await slidingTables(window.page)).toEqual(['too wide'])
  expect(await tableParts(window.page)).toEqual(parts)
})

test('a control that the keyboard passes by is missed', async () => {
  await using window = await shop().open()
  await spoil(window, '<button tabindex="-1">?</button>')
  expect((await tabThrough(window.page)).length).toBeLessThan(await countControls(window.page))
})

test.for([
  ['a style that the policy forbids', '<p style="color: red">', /Content Security Policy/],
  [
    'a picture from elsewhere',
    '<img alt="" src="http://127.0.0.1:9/pixel.png">',
    /Content Security Policy|elsewhere/,
  ],
  ['a file that is not there', '<img alt="" src="/assets/none.svg">', /404/],
] as const)('%s is a trouble', async ([, html, trouble]) => {
  await using window = await shop().open()
  await spoil(window, html)
  await expect.poll(() => window.troubles.join('\n')).toMatch(trouble)
})

test('a script that fails is a trouble', async () => {
  await using window = await shop().open()
  await window.page.evaluate(`setTimeout(() => { throw new Error('fell over') })`)
  await expect.poll(() => window.troubles.join('\n')).toContain('fell over')
})
