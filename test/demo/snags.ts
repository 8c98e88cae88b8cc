/**
 * What the site of the demo stumbles over now and then, so that there is something to see and to press: a product that
 * it does not know yet (it keeps the receipt and sets it aside there), and a receipt too long for its web server (it is
 * set aside here). Somebody mends the site at once: the same receipt, sent again by a person, goes through.
 */
import { type Text, text } from '../../agent/text.ts'
import type { Behaviour, Received } from '../fakes/bitrix.ts'

/** Counted in sales, so that a faster shop meets them sooner: the first minute of the usual pace stays green. */
const pace = { firstUnknown: 40, unknownEvery: 160, firstLong: 150, longEvery: 300 } as const
/** Lines of a receipt that is called long. */
const longLines = 4

interface Line {
  readonly n: number
  readonly name: string | null
  readonly move: string
}

/** One that waits for a person, and what he may try. */
interface Open {
  readonly id: string
  readonly isHere: boolean
  readonly tip: Text
}

export class Snags {
  readonly #tell: (words: Text) => void
  readonly #met = new Set<string>()
  #open: readonly Open[] = []
  #sales = 0
  #nextUnknown: number = pace.firstUnknown
  #nextLong: number = pace.firstLong

  constructor(tell: (words: Text) => void) {
    this.#tell = tell
  }

  /** What a viewer may try on the page now; what is set aside here comes first. */
  get tip(): Text | null {
    return (this.#open.find(({ isHere }) => isHere) ?? this.#open.at(-1))?.tip ?? null
  }

  /** What the site does with a document that has come. */
  judge({ id, type, body }: Received): Behaviour {
    if (type !== 'pos.sale') return 'accept'
    if (this.#met.has(id)) return this.#sentAgain(id)
    this.#sales++
    const { lines = [] } = JSON.parse(body) as { readonly lines?: readonly Line[] }
    const moving = lines.find(({ move, name }) => move === 'out' && name !== null)
    if (this.#sales >= this.#nextLong && lines.length >= longLines) return this.#tooLong(id)
    if (this.#sales >= this.#nextUnknown && moving !== undefined) return this.#unknown(id, moving)
    return 'accept'
  }

  #sentAgain(id: string): Behaviour {
    const open = this.#open.find((one) => one.id === id)
    this.#open = this.#open.filter((one) => one !== open)
    // One at a time: nobody is shown a heap of them.
    if (open?.isHere) this.#nextLong = this.#sales + pace.longEvery
    return 'accept'
  }

  #stumble(id: string, isHere: boolean, tip: (number: string) => Text): void {
    const number = id.split('-FD')[1] ?? id
    this.#met.add(id)
    this.#open = [...this.#open, { id, isHere, tip: tip(number) }]
    this.#tell(
      isHere
        ? text(`ФД ${number} отложен здесь`, `FD ${number} is set aside here`)
        : text(`ФД ${number} отложен на сайте`, `FD ${number} is set aside on the site`),
    )
  }

  #unknown(id: string, { n, name }: Line): Behaviour {
    this.#nextUnknown = this.#sales + pace.unknownEvery
    this.#stumble(id, false, (number) =>
      text(
        `ФД ${number}: сайт не знал товара, его уже завели. Страница «Отложенные» → чек ${number} → отправить`,
        `FD ${number}: the site did not know a product, now it does. Page "Set aside" → receipt ${number} → send`,
      ),
    )
    const why = 'в чеке есть только наименование, а оно ни с чем не сопоставлено.'
    return { park: [`Строка ${n} «${name?.trim()}»: ${why}`] }
  }

  #tooLong(id: string): Behaviour {
    this.#nextLong = Number.POSITIVE_INFINITY
    this.#stumble(id, true, (number) =>
      text(
        `ФД ${number}: слишком длинный для сайта, лимит уже подняли. Страница «Отложенные» → отправить ФД ${number}`,
        `FD ${number}: too long for the site, its limit was raised. Page "Set aside" → send document ${number}`,
      ),
    )
    const body = '<html><head><title>413 Request Entity Too Large</title></head></html>'
    return { status: 413, headers: { 'content-type': 'text/html' }, body }
  }
}
