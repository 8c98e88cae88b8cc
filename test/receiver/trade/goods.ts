/** What the shop of the long story sells, how its site knows each thing, and what a sale of it does to the site's stock. */
import type { Chance } from '../../fakes/register/chance.ts'
import type { LineToSell } from '../../fakes/register/documents.ts'
import type { Site } from '../site.ts'
import { tieNames } from './names.ts'

export const store = 1
/** Before the first sale, of every product. */
export const startAmount = 100_000

interface Good {
  readonly line: Omit<LineToSell, 'quantity'>
  readonly quantity: (chance: Chance) => string
  /** Product of the site → how many of it are in one that is sold, decimal text. */
  readonly takes: Readonly<Record<number, string>>
}

const pieces = (chance: Chance) => `${1 + chance.whole(4)}.000`
const weighed = (chance: Chance) => `0.${String(1 + chance.whole(999)).padStart(3, '0')}`
/** 1162 of FFD 1.05: type "EAN-13" and the number, big-endian. */
const ean = (digits: string) => `450d${Number(digits).toString(16).padStart(12, '0')}`

/** One for every way of finding a product; two share a product, so that receipts meet on it. */
export const goods: readonly [Good, ...Good[]] = [
  { line: { name: 'Хлеб дарницкий 350г', price: 4290 }, quantity: pieces, takes: { 1: '1' } },
  {
    line: { name: 'Молоко 3,2% 930мл', price: 8990, code: ean('4607025392408') },
    quantity: pieces,
    takes: { 2: '1' },
  },
  { line: { name: 'Пакет-майка', price: 649, article: '3305976' }, quantity: pieces, takes: { 3: '1' } },
  { line: { name: 'Бананы', price: 13_990 }, quantity: weighed, takes: { 4: '1' } },
  { line: { name: 'Пиво разливное 0,5 л', price: 15_000 }, quantity: pieces, takes: { 5: '0.5' } },
  { line: { name: 'Пиво разливное 1 л', price: 28_000 }, quantity: pieces, takes: { 5: '1' } },
  {
    line: { name: 'Набор к чаю', price: 49_900, code: ean('4605035006964') },
    quantity: pieces,
    takes: { 7: '2', 8: '1', 1: '1' },
  },
  { line: { name: 'Кофе с собой', price: 12_000 }, quantity: pieces, takes: {} },
  { line: { name: 'Доставка по городу', price: 25_000, subject: 4 }, quantity: () => '1.000', takes: {} },
]

/** How the agent of this shop finds articles. */
export const codes = { extra: ['^(\\d{5,8})$'] }

/** Puts the products and what is known of the till's names on the site. */
export async function stock(site: Site): Promise<void> {
  const amount = { [store]: startAmount }
  await site.store({ id: store })
  await site.product({ id: 1, amount, name: 'Хлеб' })
  await site.product({ id: 2, amount, name: 'Молоко', barcode: '4607025392408' })
  await site.product({ id: 3, amount, name: 'Пакет', article: '3305976' })
  await site.product({ id: 4, amount, name: 'Бананы', measure: 166 })
  await site.product({ id: 5, amount, name: 'Пиво в кеге', measure: 112 })
  await site.product({ id: 6, type: 2, name: 'Набор', barcode: '4605035006964', set: { 7: 2, 8: 1, 1: 1 } })
  await site.product({ id: 7, amount, name: 'Чай' })
  await site.product({ id: 8, amount, name: 'Чашка' })
  await site.setting('articleProperty', 'CML2_ARTICLE')
  await tieNames(site, [
    ['Хлеб дарницкий 350г', 1, '1'],
    ['Бананы', 4, '1'],
    ['Пиво разливное 0,5 л', 5, '0.5'],
    ['Пиво разливное 1 л', 5, '1'],
    ['Кофе с собой', null, '1'],
  ])
}

/** A basket of one to five lines; the same thing may stand in it twice, as at a till. */
export function basket(chance: Chance): LineToSell[] {
  return Array.from({ length: 1 + chance.whole(5) }, () => {
    const { line, quantity } = chance.pick(goods)
    return { ...line, quantity: quantity(chance) }
  })
}
