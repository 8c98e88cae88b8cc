/** A shop whose status page is open in a browser: the real agent, a simulated register, the sample receiver. */
import { join } from 'node:path'
import type { Browser, BrowserContext, Cookie, Page } from 'playwright-core'
import type { TokenAnswer } from '../../agent/desk/desk.ts'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { isServed } from '../demo/served.ts'
import { openShop, type Shop, type ShopOptions } from '../demo/shop.ts'
import { type KeptPort, keepPort } from '../fakes/ports.ts'
import { contextOf, type Language, usualView, type View } from './browser.ts'
import { collectTroubles } from './trouble.ts'

/** One browser window of somebody who is logged in. */
export interface Window extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** What went wrong in it so far; a test expects none at its end. */
  readonly troubles: readonly string[]
}

const soon = () => AbortSignal.timeout(60_000)

/** Opens the shop, starts the agent and waits until its page answers. */
export async function openPages(browser: Browser, options: ShopOptions = {}): Promise<Pages> {
  const kept = await keepPort()
  const listen = `127.0.0.1:${kept.port}`
  const shop = await openShop({ ...options, config: { ...options.config, status: { listen } } })
  const pages = new Pages(browser, shop, kept)
  try {
    shop.start()
    await pages.waitUntilServed()
    return pages
  } catch (error) {
    await pages[Symbol.asyncDispose]()
    throw error
  }
}

export class Pages implements AsyncDisposable {
  readonly shop: Shop
  readonly base: string
  readonly #browser: Browser
  readonly #kept: KeptPort
  readonly #contexts = new Set<BrowserContext>()
  /** Logging in is limited to a few times a minute. */
  #session: Promise<Cookie[]> | null = null

  constructor(browser: Browser, shop: Shop, kept: KeptPort) {
    this.#browser = browser
    this.#kept = kept
    this.shop = shop
    this.base = `http://127.0.0.1:${kept.port}`
  }

  /** What `chekpost token` prints. */
  async token(): Promise<TokenAnswer> {
    return await remoteDesk(join(this.shop.stateDir, 'control.sock')).token({ who: 'technician' }, soon())
  }

  async waitUntilServed(): Promise<void> {
    await this.shop.until(async () => {
      return (await isServed(this.base)) && (await this.shop.status()) !== null
    }, 'the page is served')
  }

  /** A window in which nobody is logged in yet. */
  async openStranger(view: Partial<View> = {}): Promise<Window> {
    const context = await this.#browser.newContext(contextOf({ ...usualView, ...view }))
    this.#contexts.add(context)
    const troubles = collectTroubles(context, this.base)
    const page = await context.newPage()
    return {
      page,
      context,
      troubles,
      [Symbol.asyncDispose]: async () => {
        this.#contexts.delete(context)
        await context.close()
      },
    }
  }

  /** A window of somebody who is logged in, on `path`. The first goes in by a one-time token, the others by its session. */
  async open(view: Partial<View> = {}, path = '/'): Promise<Window> {
    const window = await this.openStranger(view)
    try {
      await window.context.addCookies(await this.#cookies(view.language ?? usualView.language))
      await window.page.goto(this.base + path)
      return window
    } catch (error) {
      await window[Symbol.asyncDispose]()
      throw error
    }
  }

  async #cookies(language: Language): Promise<Cookie[]> {
    this.#session ??= this.#logIn()
    const [session] = await this.#session
    if (session === undefined) throw new Error('logging in set no cookie')
    return [session, { ...session, name: 'lang', value: language }]
  }

  async #logIn(): Promise<Cookie[]> {
    await using window = await this.openStranger()
    await window.page.goto((await this.token()).url)
    await window.page.waitForURL(`${this.base}/`)
    return (await window.context.cookies()).filter(({ name }) => name !== 'lang')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close()
    await this.shop[Symbol.asyncDispose]()
    await this.#kept[Symbol.asyncDispose]()
  }
}
