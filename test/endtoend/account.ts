/** The account of a shop in which everything has arrived, and the goods every shop of these tests sells. */
import type { Shop } from '../demo/shop.ts'

/** What must not be there. */
export interface Wrongs {
  readonly unkept: number
  readonly lost: number
  readonly twice: number
  readonly forbidden: number
  readonly undrained: number
  readonly misbooked: readonly string[]
}

export const allIsWell: Wrongs = { unkept: 0, lost: 0, twice: 0, forbidden: 0, undrained: 0, misbooked: [] }

/** Waits until all has arrived, then counts what is wrong. Rejects when something never arrives. */
export async function drained(shop: Shop): Promise<Wrongs> {
  await shop.waitUntilDrained()
  const { closed, kept, lost, twice, forbidden, undrained } = shop.tally()
  return { unkept: closed - kept, lost, twice, forbidden, undrained, misbooked: shop.misbooked() }
}

/** One line of one piece. */
export const bread = { name: 'Хлеб дарницкий 350г', quantity: '1.000', price: 4290 }

/** A real receipt of twelve lines: its reading takes a while. */
export const longReceipt = 'tlv-dixy-2020-article-in-1191'

/** Closes so many receipts at once. */
export function sell(shop: Shop, receipts: number, till?: string): void {
  for (let closed = 0; closed < receipts; closed++) shop.register(till).closeReceipt({ lines: [bread] })
}
