/** What a shop has behind it when somebody looks at its page: receipts of every state. */
import type { Shop } from '../demo/shop.ts'

/** Some receipts were booked, two the site refused. */
export async function trade(shop: Shop): Promise<void> {
  sell(shop, 6)
  await shop.waitUntilDrained()
  shop.behaviour = { status: 422, body: JSON.stringify({ error: 'unknown-product' }) }
  sell(shop, 2)
  await shop.statusWhere(({ outbox }) => outbox.parked === 2 && outbox.waiting === 0, 'the site refused two')
  shop.behaviour = 'accept'
}

export function sell(shop: Shop, count: number): void {
  for (let sold = 0; sold < count; sold++) shop.register().closeReceipt()
}
