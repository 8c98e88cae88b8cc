/**
 * Do stock, documents and ledger tell the same story? Asked after everything that is done to the receiver: what the
 * booked events say has moved is what the conducted documents hold and what the stock has changed by.
 */
import type { Row, Site } from '../site.ts'

export class Books {
  readonly #site: Site
  readonly #before: ReadonlyMap<string, number>
  readonly #documentsBefore: number

  constructor(site: Site, before: ReadonlyMap<string, number>, documentsBefore: number) {
    this.#site = site
    this.#before = before
    this.#documentsBefore = documentsBefore
  }

  /** Remembers the stock of now. */
  static async open(site: Site): Promise<Books> {
    const documents = Number(await site.value('SELECT COALESCE(MAX(ID), 0) FROM b_catalog_store_docs'))
    return new Books(site, await stockOf(site), documents)
  }

  /**
   * Every disagreement in words; nothing is the promise. `elsewhere`: what others have done to the stock meanwhile,
   * `<product>:<store>` → thousandths.
   */
  async disagreements(elsewhere: Readonly<Record<string, number>> = {}): Promise<string[]> {
    const stock = await stockOf(this.#site)
    const moved = await this.#movements()
    const conducted = await this.#documents()
    const wrong: string[] = []
    for (const place of new Set([
      ...stock.keys(),
      ...this.#before.keys(),
      ...moved.keys(),
      ...conducted.keys(),
    ])) {
      const change = (stock.get(place) ?? 0) - (this.#before.get(place) ?? 0) - (elsewhere[place] ?? 0)
      const told = { ledger: moved.get(place) ?? 0, documents: conducted.get(place) ?? 0 }
      if (change !== told.ledger || change !== told.documents)
        wrong.push(`${place}: stock ${change}, ledger ${told.ledger}, documents ${told.documents}`)
    }
    return [...wrong, ...(await this.#keys())]
  }

  async #movements(): Promise<Map<string, number>> {
    return sums(
      await this.#site.sql(
        `SELECT CONCAT(m.product_id, ':', m.store_id) place,
           SUM(IF(m.way = 'in', m.quantity, -m.quantity)) * 1000 amount
         FROM chekpost_movement m JOIN chekpost_event e ON e.event_key = m.event_key AND e.state = 'booked'
         WHERE m.store_id IS NOT NULL GROUP BY place`,
      ),
    )
  }

  async #documents(): Promise<Map<string, number>> {
    return sums(
      await this.#site.sql(
        `SELECT CONCAT(l.ELEMENT_ID, ':', IF(d.DOC_TYPE = 'R', l.STORE_TO, l.STORE_FROM)) place,
           SUM(IF(d.DOC_TYPE = 'R', 1, -1) * CAST(l.AMOUNT AS DECIMAL(18,6))) * 1000 amount
         FROM b_catalog_store_docs d JOIN b_catalog_docs_element l ON l.DOC_ID = d.ID
         WHERE d.STATUS = 'Y' AND d.ID > ? GROUP BY place`,
        this.#documentsBefore,
      ),
    )
  }

  /** Rows that belong to nobody, and keys that stand twice. */
  async #keys(): Promise<string[]> {
    const rows = await this.#site.sql(
      `SELECT CONCAT('movement of an event that is not booked: ', m.event_key) wrong FROM chekpost_movement m
         LEFT JOIN chekpost_event e ON e.event_key = m.event_key WHERE e.state IS NULL OR e.state <> 'booked'
       UNION ALL SELECT CONCAT('document of no booked event: ', d.ID, ' ', d.DOC_NUMBER) FROM b_catalog_store_docs d
         LEFT JOIN chekpost_event e ON e.event_key = d.DOC_NUMBER
         WHERE d.ID > ? AND (e.state IS NULL OR e.state <> 'booked')
       UNION ALL SELECT CONCAT('several documents: ', DOC_TYPE, ' ', DOC_NUMBER) FROM b_catalog_store_docs
         WHERE ID > ? GROUP BY DOC_TYPE, DOC_NUMBER HAVING COUNT(*) > 1
       UNION ALL SELECT CONCAT('booked without movement: ', event_key) FROM chekpost_event e WHERE state = 'booked'
         AND NOT EXISTS (SELECT 1 FROM chekpost_movement m WHERE m.event_key = e.event_key)
       UNION ALL SELECT CONCAT('booked and suspected: ', event_key, ' ', suspect) FROM chekpost_event
         WHERE suspect IS NOT NULL`,
      this.#documentsBefore,
      this.#documentsBefore,
    )
    return rows.map(({ wrong }) => wrong ?? '')
  }
}

/** Thousandths by `<product>:<store>`. */
async function stockOf(site: Site): Promise<Map<string, number>> {
  return sums(
    await site.sql(
      `SELECT CONCAT(PRODUCT_ID, ':', STORE_ID) place, ROUND(CAST(AMOUNT AS DECIMAL(18,6)), 3) * 1000 amount
       FROM b_catalog_store_product`,
    ),
  )
}

function sums(rows: readonly Row[]): Map<string, number> {
  return new Map(rows.map(({ place, amount }) => [place ?? '', Math.round(Number(amount))]))
}
