/** Bodies of the webhook as the agent makes them, for goods that a test names. */
export interface Line {
  readonly ean?: string
  readonly gtin?: string
  readonly article?: string
  readonly name?: string
  /** Decimal text; default: one. */
  readonly quantity?: string
  /** Kopecks; default 10000. */
  readonly price?: number
  readonly unit?: string | number | null
  readonly move?: 'out' | 'in' | 'none' | 'review'
  /** More fields than the contract knows, as a forger may add. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface ReceiptOptions {
  readonly fd: number
  readonly lines: readonly Line[]
  readonly fn?: string
  readonly register?: string
  readonly type?: 'pos.sale' | 'pos.return' | 'pos.correction' | 'pos.report'
  readonly fpd?: string
  readonly mayBeSiteOrder?: readonly string[]
  readonly rawTime?: string
}

export interface Receipt {
  readonly eventId: string
  readonly [name: string]: unknown
}

export function receipt(options: ReceiptOptions): Receipt {
  const { fd, fn = '9285000100150175', register = 'shop-12/till-1', type = 'pos.sale' } = options
  const { fpd = String(400_000_000 + fd), rawTime = '2026-08-03T16:44:00', mayBeSiteOrder = [] } = options
  const moves = type === 'pos.return' ? 'in' : type === 'pos.correction' ? 'review' : 'out'
  const lines = options.lines.map((line, index) => bodyOf(line, index + 1, moves))
  const total = lines.reduce((sum, line) => sum + line.sum, 0)
  const head = {
    specVersion: '1',
    type,
    eventId: `FN${fn}-FD${fd}`,
    occurredAt: `${rawTime}+03:00`,
    register: { id: register, fn, serial: '0141870012176301', rnm: '0000548967019338', ffdVersion: '1.05' },
    store: register.split('/')[0],
    fiscal: {
      type: type === 'pos.correction' ? 31 : type === 'pos.report' ? 5 : 3,
      fd,
      fpd,
      shift: 242,
      receiptInShift: 1,
      operation: type === 'pos.report' ? null : type === 'pos.return' ? 2 : 1,
      taxation: 1,
      rawTime,
    },
  }
  if (type === 'pos.report') return { ...head, problems: [] }
  return {
    ...head,
    lines,
    totals: { total, cash: 0, electronic: total, prepaid: 0, credit: 0, provision: 0 },
    correction: type === 'pos.correction' ? { type: 0, date: '2026-08-03', orderNumber: null } : null,
    mayBeSiteOrder,
    problems: [],
  }
}

function bodyOf(line: Line, n: number, usually: string) {
  const { quantity = '1', price = 10_000, move = usually, name = `Товар ${line.ean ?? n}` } = line
  return {
    n,
    code: { gtin: line.gtin ?? null, ean: line.ean ?? null, article: line.article ?? null, mark: null },
    name,
    quantity,
    unit: line.unit ?? null,
    price,
    sum: Math.round(price * Number(quantity)),
    vat: 1,
    method: 4,
    subject: 1,
    move,
    why: 'handed over in full settlement',
    ...line.more,
  }
}
