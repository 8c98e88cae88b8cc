/** What goes wrong in a page without anybody seeing it: every item makes a test fail. */
import type { BrowserContext, Page } from 'playwright-core'

/**
 * Collects errors of scripts and of the console (the browser reports violations of the content security policy
 * there), answers of 500 and above, and every request to another address than `base`.
 */
export function collectTroubles(context: BrowserContext, base: string): string[] {
  const troubles: string[] = []
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${base}/`) && !url.startsWith('data:') && !url.startsWith('blob:'))
      troubles.push(`asks elsewhere: ${url}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} for ${response.url()}`)
  })
  context.on('page', (page) => watch(page, troubles))
  return troubles
}

function watch(page: Page, troubles: string[]): void {
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      troubles.push(`console: ${message.text()} (${message.location().url})`)
  })
}
