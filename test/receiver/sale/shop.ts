/** The same small shop before every test of a file, on one database and one web server. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type Maria, openMaria, openSite, type Site, type SiteOptions } from '../site.ts'
import { Books } from './books.ts'

/** Products of the shop, by how a receipt names them. */
export const tea = { ean: '4601234567893', name: 'Чай' }
export const flour = { ean: '4600000000008', name: 'Мука' }
export const coffee = { ean: '4600000000015', name: 'Кофе' }

export class Shop {
  #db: Maria | null = null
  #site: Site | null = null
  #books: Books | null = null

  get db(): Maria {
    if (this.#db === null) throw new Error('the shop is not open yet')
    return this.#db
  }

  get site(): Site {
    if (this.#site === null) throw new Error('the shop is not open yet')
    return this.#site
  }

  get books(): Books {
    if (this.#books === null) throw new Error('the shop is not open yet')
    return this.#books
  }

  async open(options: SiteOptions): Promise<void> {
    this.#db = await openMaria()
    this.#site = await openSite(this.#db, options)
  }

  async furnish(): Promise<void> {
    const { site } = this
    await site.reset()
    for (const id of [1, 2]) await site.store({ id })
    await site.store({ id: 3, active: false })
    await site.register()
    await site.product({ id: 7, amount: { 1: 5, 2: 4 }, name: 'Чай', barcode: tea.ean })
    await site.product({ id: 8, amount: { 1: '2.5' }, name: 'Мука', barcode: flour.ean, measure: 166 })
    await site.product({ id: 9, amount: { 1: 10 }, name: 'Кофе', barcode: coffee.ean })
    await this.recount()
  }

  /** The stock of now is what the books begin with. */
  async recount(): Promise<void> {
    this.#books = await Books.open(this.site)
  }

  async state(key: string): Promise<string | null> {
    return await this.site.value('SELECT state FROM chekpost_event WHERE event_key = ?', key)
  }

  async close(): Promise<void> {
    await this.#site?.[Symbol.asyncDispose]()
    await this.#db?.[Symbol.asyncDispose]()
  }
}

/** Opens it for the tests of the file that calls; after every one of them stock, documents and ledger must agree. */
export function useShop(options: SiteOptions = {}): Shop {
  const shop = new Shop()
  beforeAll(async () => await shop.open(options))
  afterAll(async () => await shop.close())
  beforeEach(async () => await shop.furnish())
  afterEach(async () => {
    expect(await shop.books.disagreements()).toEqual([])
    expect(shop.site.log).not.toMatch(/PHP (?:Warning|Notice|Deprecated)/)
  })
  return shop
}
