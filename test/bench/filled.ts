/** An outbox as it stands after a long outage: every document kept, not one delivered. */
import type { Storage } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { drive, keptReceipt, till } from './documents.ts'

/** How many are written in one commit. */
const batch = 2_000
/** How far apart the receipts are, milliseconds. */
const stepMs = 90_000

/** The drive as the outbox knows it. */
export const followed: Storage = {
  storage: drive,
  register: till,
  first: 1,
  why: 'first',
  serial: null,
  inn: null,
  address: null,
  debug: false,
  seenAt: 0,
}

/**
 * Makes the file with documents 1 to `count`, the last of them kept just now, through the outbox's own verbs; one
 * that holds some already is filled up. Closed in order.
 */
export function fillOutbox(path: string, count: number): void {
  using outbox = openOutbox(path)
  outbox.beginStorage(followed)
  const oldest = Date.now() - count * stepMs
  for (let from = outbox.counts().documents + 1; from <= count; from += batch) {
    const size = Math.min(batch, count - from + 1)
    const documents = Array.from({ length: size }, (_, i) => keptReceipt(from + i))
    outbox.keepDocuments(documents, oldest + from * stepMs)
  }
  outbox.tidy()
}
