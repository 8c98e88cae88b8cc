/** Bodies of the webhook for the receiver's tests: true in every field, short to write. */
import { readFileSync } from 'node:fs'
import type { Sale, SaleLine } from '../../../agent/bitrix/schema.ts'

export type Receipt = Extract<Sale, { lines: unknown }>

export interface LineOptions {
  readonly ean?: string
  readonly gtin?: string
  readonly article?: string
  readonly name?: string | null
  readonly quantity?: string | null
  readonly unit?: string | number | null
  readonly sum?: number
  readonly move?: SaleLine['move']
}

export interface ReceiptOptions {
  readonly fd?: number
  readonly fn?: string
  readonly register?: string
  readonly operation?: number
  readonly fpd?: string
  readonly total?: number
  readonly type?: 'pos.sale' | 'pos.return' | 'pos.correction'
  readonly mayBeSiteOrder?: readonly string[]
  /** Local time of the register. */
  readonly rawTime?: string
}

let lastDocument = 100

/** The next document of the register, unless `fd` says which. */
export function receipt(lines: readonly LineOptions[], options: ReceiptOptions = {}): Receipt {
  const { fd = ++lastDocument, fn = '9285000100150175', register = 'shop-12/till-1', operation = 1 } = options
  const { fpd = '400388056', rawTime = new Date().toISOString().slice(0, 19) } = options
  const sums = lines.reduce((sum, line) => sum + (line.sum ?? 10_000), 0)
  const back = operation === 2 || operation === 3
  return {
    specVersion: '1',
    type: options.type ?? (back ? 'pos.return' : 'pos.sale'),
    eventId: `FN${fn}-FD${fd}`,
    occurredAt: `${rawTime}+00:00`,
    register: { id: register, fn, serial: '0141870012176301', rnm: '0000548967019338', ffdVersion: '1.2' },
    store: register.split('/')[0] ?? '',
    fiscal: { type: 3, fd, fpd, shift: 1, receiptInShift: 1, operation, taxation: 1, rawTime },
    lines: lines.map((line, at) => lineOf(line, at + 1, back ? 'in' : 'out')),
    totals: { total: options.total ?? sums, cash: 0, electronic: sums, prepaid: 0, credit: 0, provision: 0 },
    correction: options.type === 'pos.correction' ? { type: 0, date: '2026-08-01', orderNumber: null } : null,
    mayBeSiteOrder: [...(options.mayBeSiteOrder ?? [])],
    problems: [],
  }
}

function lineOf(line: LineOptions, n: number, move: 'in' | 'out'): SaleLine {
  const { gtin = null, ean = null, article = null, name = 'Чай', quantity = '1', unit = null } = line
  return {
    n,
    code: { gtin, ean, article, mark: null },
    name,
    quantity,
    unit,
    price: 10_000,
    sum: line.sum ?? 10_000,
    vat: 1,
    method: 4,
    subject: 1,
    move: line.move ?? move,
    why: 'handed over in full settlement',
  }
}

/** One of the bodies that both sides read. */
export function fixture(name: string): Receipt {
  return JSON.parse(readFileSync(`test/fixtures/sales/${name}.json`, 'utf8'))
}
