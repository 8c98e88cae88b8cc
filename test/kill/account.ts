/** What must be true after every death, looked at from outside: the register, the agent's file and the site. */
import { existsSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import type { Shop } from '../demo/shop.ts'
import { keyOf, readKept } from '../demo/tally.ts'

/** All zero, or something is wrong. */
export interface Wrongs {
  /** Documents of the register, reports included, that the agent does not hold byte for byte. */
  readonly unkept: number
  /** Owed to the site and not there. */
  readonly lost: number
  readonly twice: number
  /** Keys booked otherwise than sold, or never sold. */
  readonly misbooked: number
  readonly forbidden: number
  readonly undrained: number
  /** Repeats on the wire beyond the lanes. */
  readonly repeats: number
  /** Still not at rest when patience was over. */
  readonly stuck: number
}

/** What the agent's file holds; nothing while it is missing or being made. */
export interface Rest {
  readonly documents: number
  readonly waiting: number
  readonly parked: number
}

const nothing: Rest = { documents: 0, waiting: 0, parked: 0 }

/** One look into the file. */
export function lookAt(path: string): Rest {
  if (!existsSync(path)) return nothing
  try {
    const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
    try {
      const number = (sql: string) => Number(database.prepare(sql).pluck().get())
      return {
        documents: number("SELECT count(*) FROM document WHERE source = 'register' AND bytes IS NOT NULL"),
        waiting: number('SELECT count(*) FROM delivery WHERE due_at IS NOT NULL'),
        parked: number('SELECT count(*) FROM delivery WHERE due_at IS NULL AND settled_at IS NULL'),
      }
    } finally {
      database.close()
    }
  } catch {
    return nothing
  }
}

/** Everything is read and nothing waits; what is parked waits for a person. */
export function isAtRest(shop: Shop): boolean {
  const { documents, waiting } = lookAt(shop.outboxPath)
  return (
    waiting === 0 && documents >= shop.registers.reduce((all, { counters }) => all + counters.documents, 0)
  )
}

/** `repeats`: those beyond what is allowed. */
export function wrongsOf(shop: Shop, repeats: number, stuck: boolean): Wrongs {
  const { lost, twice, forbidden, undrained } = shop.tally()
  const { bodies } = readKept(shop.outboxPath)
  const unkept = shop.registers
    .flatMap(({ documents }) => documents)
    .filter((document) => Buffer.compare(bodies.get(keyOf(document)) ?? Buffer.alloc(0), document.body) !== 0)
  return {
    unkept: unkept.length,
    lost,
    twice,
    misbooked: shop.misbooked().length,
    forbidden,
    undrained,
    repeats: Math.max(0, repeats),
    stuck: stuck ? 1 : 0,
  }
}

export function isRight(wrongs: Wrongs): boolean {
  return Object.values(wrongs).every((count) => count === 0)
}
