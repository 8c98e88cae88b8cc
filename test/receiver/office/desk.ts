/** A person at the back office's page, and somebody at the console of the server. */
import { spawn } from 'node:child_process'
import { expect } from 'vitest'
import type { Browser, Site } from '../site.ts'

const page = '/local/chekpost/admin.php'

/** What a person sees after an action: the page it led to, or the one that says why nothing was done. */
export interface Seen {
  readonly status: number
  /** Markup. */
  readonly html: string
  /** The words alone, blanks run together. */
  readonly text: string
}

export class Desk {
  readonly browser: Browser
  readonly #headers: Readonly<Record<string, string>>

  constructor(browser: Browser, headers: Readonly<Record<string, string>> = {}) {
    this.browser = browser
    this.#headers = headers
  }

  async see(view: string, query: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const answer = await this.browser.get(`${page}?${new URLSearchParams({ view, ...query })}`, this.#headers)
    return seen(answer)
  }

  /** Presses a button. A success sends the browser on, so that "reload" repeats nothing. */
  async press(
    action: string,
    fields: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<Seen> {
    const answer = await this.browser.post(page, { action, ...fields }, this.#headers)
    if (answer.status !== 303) return seen(answer)
    const location = answer.headers.location ?? ''
    expect(location).toMatch(/^\/local\/chekpost\/admin\.php\?/)
    return seen(await this.browser.get(location, this.#headers))
  }

  async upload(bytes: string | Uint8Array): Promise<Seen> {
    const file = { field: 'file', name: 'map.csv', bytes }
    return seen(await this.browser.upload(page, { action: 'map-file', view: 'map' }, file))
  }
}

/** The receiver's own command. */
export async function command(
  site: Site,
  ...words: readonly string[]
): Promise<{ code: number | null; text: string }> {
  const child = spawn('php', ['install.php', ...words], {
    cwd: `${site.documentRoot}/local/chekpost`,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, text }
}

/** A row of the form "unknown codes". */
export function choice(at: number, row: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [`row[${at}][${name}]`, value]))
}

function seen({ status, text }: { readonly status: number; readonly text: string }): Seen {
  const words = text
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;|\u00a0/g, ' ')
    .replace(/\s+/g, ' ')
  return { status, html: text, text: words }
}
