/** Receipts of the tax service, files of them, and an outbox that takes them in. */
import { defaultRules } from '../../agent/fiscal/stock.ts'
import type { Outbox } from '../../agent/outbox.ts'
import {
  carryOutImport,
  type ImportOrder,
  type ImportReport,
  type ImportSource,
  sourceOf,
} from '../../agent/transfer/carryout.ts'
import type { ImportFacts } from '../../agent/transfer.ts'
import { drive, opened, storage, t0 } from './store/workshop.ts'

export const never = new AbortController().signal

export function taxReceipt(fd: number, changes: object = {}): object {
  return {
    code: 3,
    fiscalDriveNumber: drive,
    fiscalDocumentNumber: fd,
    fiscalSign: 1000 + fd,
    operationType: 1,
    dateTime: 1599955200,
    totalSum: 100,
    items: [{ name: 'Хлеб "[{" белый', quantity: 1, price: 100, sum: 100, paymentType: 4, productType: 1 }],
    ...changes,
  }
}

export const file = (...receipts: readonly object[]) => JSON.stringify(receipts, null, 1)

export function shop(): Outbox {
  const outbox = opened()
  outbox.beginStorage(storage())
  return outbox
}

export async function imported(
  outbox: Outbox,
  files: readonly (string | Uint8Array | ImportSource)[],
  order: Partial<ImportOrder> = {},
  more: Partial<ImportFacts> = {},
): Promise<ImportReport> {
  const facts = { register: null, storages: outbox.storages(), rules: defaultRules, now: t0, ...more }
  const sources = files.map((one) => (typeof one === 'object' && 'open' in one ? one : sourceOf(one)))
  return await carryOutImport(sources, outbox, facts, { dryRun: false, now: t0, ...order }, never)
}

export const bytes = (latin1: string) => Buffer.from(latin1, 'latin1')
export const plain = file(taxReceipt(1))
