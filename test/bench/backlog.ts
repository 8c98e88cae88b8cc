/** A shop after a long outage: the outbox is full of receipts that the site lacks, and the register has sold no more. */
import { mkdirSync } from 'node:fs'
import { openShop, type Shop, type ShopOptions } from '../demo/shop.ts'
import { drive, storedReceipt, till } from './documents.ts'
import { fillOutbox } from './filled.ts'

/** Opens it with so many receipts kept and undelivered; the agent is not started yet. */
export async function openShopWith(
  receipts: number,
  options: Omit<ShopOptions, 'tills'> & { readonly config?: Readonly<Record<string, unknown>> } = {},
): Promise<Shop> {
  // No shift: one that has been open for more than a day would stop the register.
  const newest = { ...storedReceipt(Math.max(1, receipts)), shift: 0 }
  const shop = await openShop({
    ...options,
    tills: { [till]: { drive: { number: drive, documents: [newest] } } },
  })
  try {
    mkdirSync(shop.stateDir, { mode: 0o700 })
    fillOutbox(shop.outboxPath, receipts)
    return shop
  } catch (error) {
    await shop[Symbol.asyncDispose]()
    throw error
  }
}
