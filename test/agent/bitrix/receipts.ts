/** Receipts for the fixtures of the webhook's body, one per case. */
import type { SaleContext } from '../../../agent/bitrix/sale.ts'
import type { ProductCode, Receipt, ReceiptLine, Report } from '../../../agent/fiscal/model.ts'
import type { DocumentKey } from '../../../agent/outbox.ts'

export const context: SaleContext = {
  store: 'shop-12',
  register: 'till-1',
  serial: '0141870012176301',
  zone: 'Europe/Moscow',
  siteOrderSigns: [],
  sign: null,
}

const noCode: ProductCode = { gtin: null, ean: null, article: null, mark: null, raw: null }

export function line(more: Partial<ReceiptLine> = {}): ReceiptLine {
  return {
    n: 1,
    name: 'Уксус столовый 9% 1л',
    quantity: '1.000000',
    unit: null,
    price: 2599,
    sum: 2599,
    vat: 1,
    method: 4,
    subject: 1,
    code: noCode,
    move: 'out',
    why: 'handed over in full settlement',
    ...more,
  }
}

export function receipt(more: Partial<Receipt> = {}): Receipt {
  return {
    documentType: 3,
    ffd: '1.05',
    fn: '9285000100150175',
    fd: 37698,
    fp: '400388056',
    time: '2019-12-15T17:20:00',
    operation: 1,
    shift: 242,
    receiptInShift: 288,
    registrationNumber: '0000548967019338',
    inn: '2310031475',
    taxation: 1,
    total: 2599,
    cash: 0,
    electronic: 2599,
    prepaid: 0,
    credit: 0,
    provision: 0,
    correction: null,
    lines: [line()],
    problems: [],
    ...more,
  }
}

/** FFD 1.2 as the chains write it in 2026, VAT 22 %. */
function modern(more: Partial<Receipt> = {}): Receipt {
  return receipt({
    ffd: '1.2',
    fn: '7384440900844678',
    fd: 43560,
    fp: '3576585508',
    time: '2026-08-03T16:44:00',
    shift: 245,
    receiptInShift: 73,
    registrationNumber: '0006828493046904',
    inn: '7825706086',
    ...more,
  })
}

const mark = '0104605035006964215OoyE8qxeIOn>'
const markedCode: ProductCode = { gtin: '04605035006964', ean: null, article: null, mark, raw: mark }
const marked = line({
  name: 'ПСЫЖ Вода мин.пит.леч/ст.газ.1л',
  quantity: '1',
  unit: 0,
  price: 7699,
  sum: 7699,
  vat: 11,
  subject: 33,
  code: markedCode,
})

export interface Case {
  readonly name: string
  readonly document: Receipt | Report
  readonly context: SaleContext
}

const one = (name: string, document: Receipt | Report, more: Partial<SaleContext> = {}): Case => ({
  name,
  document,
  context: { ...context, ...more },
})

export const cases: readonly Case[] = [
  one('sale', receipt()),
  one(
    'sale-no-code',
    receipt({ lines: [line({ code: noCode }), line({ n: 2, name: 'Пакет майка', subject: null })] }),
  ),
  one(
    'sale-ffd10',
    receipt({
      ffd: '1.0',
      lines: [line({ method: null, subject: null, why: 'handed over (method assumed)' })],
    }),
  ),
  one('sale-article', receipt({ lines: [line({ code: { ...noCode, article: '3421' } })] })),
  one('sale-ean', receipt({ lines: [line({ code: { ...noCode, ean: '4601234567893' } })] })),
  one(
    'sale-weighed',
    receipt({
      lines: [line({ name: 'Колбаса вареная', quantity: '0.356', unit: 'кг', price: 45990, sum: 16372 })],
      total: 16372,
      electronic: 16372,
    }),
  ),
  one(
    'sale-rounded-total',
    receipt({ lines: [line({ price: 5338, sum: 5338 })], total: 5300, cash: 5300, electronic: 0 }),
  ),
  one('sale-ffd12-marked', modern({ lines: [marked], total: 7699, electronic: 7699 })),
  one(
    'sale-mixed-methods',
    modern({
      lines: [
        marked,
        line({
          n: 2,
          name: 'Кофеварка',
          quantity: '1',
          unit: 0,
          method: 1,
          move: 'none',
          why: 'full prepayment, no goods yet',
        }),
        line({
          n: 3,
          name: 'Доставка',
          quantity: '1',
          unit: 0,
          subject: 4,
          move: 'none',
          why: 'not goods (subject 4)',
        }),
      ],
    }),
  ),
  one('sale-advance-offset', modern({ lines: [marked], total: 7699, electronic: 0, prepaid: 7699 })),
  one(
    'sale-on-credit',
    modern({ lines: [{ ...marked, method: 6, why: 'handed over on credit' }], electronic: 0, credit: 2599 }),
  ),
  one(
    'sale-share-of-a-pack',
    modern({ lines: [{ ...marked, quantity: '0.333', move: 'review', why: 'a share of a marked package' }] }),
  ),
  one('sale-site-order', modern({ lines: [marked] }), {
    siteOrderSigns: ['settled in the Internet (tag 1125)'],
  }),
  one('sale-other-zone', receipt(), { zone: 'Asia/Vladivostok' }),
  one(
    'return',
    modern({
      operation: 2,
      lines: [{ ...marked, move: 'in', why: 'taken back in full settlement' }],
      total: 7699,
    }),
  ),
  one(
    'correction',
    modern({
      documentType: 31,
      correction: { type: 0, date: '2026-08-01', orderNumber: null, description: 'ошибка кассира Ивановой' },
      lines: [{ ...marked, move: 'review', why: 'a correction waits for a person' }],
    }),
  ),
  one(
    'correction-without-lines',
    receipt({
      documentType: 31,
      correction: { type: 1, date: '2019-12-10', orderNumber: '14-2', description: null },
      lines: [],
    }),
  ),
  one('report', {
    documentType: 5,
    ffd: '1.05',
    fn: '9285000100150175',
    fd: 37699,
    fp: '1290377311',
    time: '2019-12-15T22:01:00',
    shift: 242,
    fields: [{ tag: 1021, name: 'operator', value: 'Иванова А. А.' }],
    problems: [],
  }),
]

export function keyOf({ fn, fd }: { readonly fn: string | null; readonly fd: number | null }): DocumentKey {
  return { storage: fn ?? '9285000100150175', number: fd ?? 1 }
}
