/** Makes up what a shop sells: pieces, weighed goods, marked goods, returns, advances, services. */
import { realDocuments } from './archive.ts'
import type { Chance } from './chance.ts'
import type { LineToSell, Owner, Sale } from './documents.ts'
import { be, cp866, hex, join } from './encoding.ts'

interface Ware {
  readonly name: string
  readonly price: number
  /** GTIN of 13 digits with a right check digit. */
  readonly ean?: string
  readonly weighed?: true
  readonly marked?: true
  readonly article?: string
  /** 1212 when it is no goods. */
  readonly subject?: number
  readonly supplier?: string
}

const wares: readonly [Ware, ...Ware[]] = [
  { name: 'Хлеб дарницкий 350г', price: 4290 },
  { name: 'Молоко 3,2% 930мл', price: 8990, ean: '4607025392408' },
  { name: 'Сыр Российский, весовой', price: 74_900, weighed: true, article: '10442' },
  { name: 'Бананы', price: 13_990, weighed: true },
  { name: 'Вода «Псыж» негаз. 1л ПЭТ', price: 7699, ean: '4605035006964', marked: true },
  { name: 'Сигареты Philip Morris Blue', price: 10_900, ean: '4606203093267', marked: true },
  { name: 'Пакет-майка', price: 649, article: '3305976' },
  { name: '3945535 Изд.бул.ДВИНСКИЙ ЗАВАРНОЙ 350г', price: 4790 },
  { name: 'Шоколад особый тёмный 85г', price: 11_999, ean: '4600000000015' },
  { name: 'Доставка по городу', price: 25_000, subject: 4 },
  {
    name: 'Чехол для телефона «Ёлочка», силиконовый, противоударный, с подставкой и креплением для шнурка, цвет №5 тёмно-синий матовый',
    price: 89_900,
    article: 'CASE-0005-DARKBLUE-MATTE-2026-EXTRA-LONG-ARTICLE-NUMBER-000001',
    supplier:
      'Общество с ограниченной ответственностью «Комиссионная торговля аксессуарами и запасными частями»',
  },
]

const serials = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghkmnopqrstuvwxyz23456789!"%&()*+,-./:;<=>?'

function serial(chance: Chance, length: number): string {
  return Array.from({ length }, () => serials[chance.whole(serials.length)]).join('')
}

function marking(ware: Ware, owner: Owner, chance: Chance): Pick<LineToSell, 'code' | 'marking'> {
  if (ware.ean === undefined) return {}
  const digits = Number(ware.ean)
  if (owner.ffd === '1.2')
    return ware.marked
      ? { marking: [1305, `010${ware.ean}215${serial(chance, 12)}`] }
      : { marking: [1302, ware.ean] }
  return ware.marked
    ? { code: hex(join([0x44, 0x4d], be(digits, 6), cp866(serial(chance, 13)))) }
    : { code: hex(join([0x45, 0x0d], be(digits, 6))) }
}

function line(chance: Chance, owner: Owner): LineToSell {
  const ware = chance.pick(wares)
  const grams = 50 + chance.whole(2500)
  return {
    name: ware.name,
    price: ware.price,
    quantity: ware.weighed
      ? `${Math.floor(grams / 1000)}.${String(grams % 1000).padStart(3, '0')}`
      : `${ware.marked ? 1 : 1 + chance.whole(4)}${chance.pick(['', '.000', '.000000'])}`,
    subject: ware.subject ?? (ware.marked ? (owner.ffd === '1.2' ? 33 : 2) : chance.pick([1, 1, null])),
    measure: ware.weighed ? 11 : 0,
    ...(ware.weighed ? { unit: 'кг' } : {}),
    ...marking(ware, owner, chance),
    ...(ware.article === undefined ? {} : { article: ware.article }),
    ...(ware.supplier === undefined ? {} : { supplier: ware.supplier }),
  }
}

/** A made-up receipt of one to six lines: of a hundred some 4 are returns and some 3 are advances. */
export function madeUpSale(chance: Chance, owner: Owner): Sale & { readonly lines: readonly LineToSell[] } {
  const lines = Array.from({ length: 1 + chance.whole(6) }, () => line(chance, owner))
  const advance = chance.happens(0.03)
  return {
    operation: chance.happens(0.04) ? 2 : 1,
    lines: advance ? lines.map((each) => ({ ...each, method: 3, subject: 10 })) : lines,
    electronic: chance.happens(0.7) ? Number.MAX_SAFE_INTEGER : 0,
  }
}

/** A real receipt as often as a made-up one; corrections and reports of the archive stay out. */
export function anySale(chance: Chance, owner: Owner): Sale {
  const receipts = realDocuments().filter(({ type }) => type === 3)
  const real = receipts[chance.whole(receipts.length)]
  return real !== undefined && chance.happens(0.5) ? { real: real.id } : madeUpSale(chance, owner)
}
