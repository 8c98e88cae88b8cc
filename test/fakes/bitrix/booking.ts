/** What the sample receiver does with a body that is genuine: judge a repeat, book, park or ignore. */
import { type Entry, type Facts, type Ledger, type Movement, millionthsOf } from './ledger.ts'

/** The parts of a body that a receiver needs. */
export interface Body {
  readonly type: string
  readonly eventId: string
  readonly register: { readonly id: string }
  readonly fiscal: {
    readonly fpd: string
    readonly operation: number | null
    readonly rawTime: string
  }
  readonly totals?: { readonly total: number }
  readonly mayBeSiteOrder?: readonly string[]
  readonly lines?: readonly {
    readonly name: string | null
    readonly quantity: string | null
    readonly move: string
    readonly code: {
      readonly gtin: string | null
      readonly ean: string | null
      readonly article: string | null
    }
  }[]
}

/** An answer before it is written to the socket. */
export interface Verdict {
  readonly status: number
  readonly answer: Readonly<Record<string, unknown>>
}

/** Who answers, and why it sets aside what it is told to. */
export interface Manner {
  readonly host?: string
  readonly why?: readonly string[] | undefined
}

/** Books once by key, whatever is repeated. */
export function take(
  body: Body,
  ledger: Ledger,
  want: 'booked' | 'parked' | 'ignored',
  { host = 'shop.example', why = ['parked by the test'] }: Manner = {},
): Verdict {
  const { eventId } = body
  const answer = { eventId, ledgerId: ledger.id, host }
  if (body.type === 'pos.test' || body.type === 'pos.heartbeat')
    return { status: 200, answer: { ...answer, state: 'ignored' } }
  const facts = factsOf(body)
  const known = ledger.entries.get(eventId)
  if (known !== undefined && known.facts !== facts)
    return {
      status: 422,
      answer: { ...answer, state: 'parked', reasons: ['another document with this key is known'] },
    }
  if (known !== undefined && known.state !== 'parked')
    return { status: 200, answer: { ...answer, state: known.state, duplicate: true, reasons: known.reasons } }
  const entry = judge(body, facts, want === 'parked' ? why : [], want)
  ledger.keep(entry)
  const status = entry.state === 'parked' ? 202 : 200
  return { status, answer: { ...answer, state: entry.state, reasons: entry.reasons } }
}

function judge(body: Body, facts: Facts, why: readonly string[], want: Entry['state']): Entry {
  const lines = body.lines ?? []
  const entry = { key: body.eventId, register: body.register.id, facts, movements: [] }
  const reasons = [
    ...why,
    ...(body.type === 'pos.correction' ? ['a correction waits for a person'] : []),
    ...((body.mayBeSiteOrder ?? []).length > 0 ? ['may be a site order'] : []),
    ...(lines.some(({ move }) => move === 'review') ? ['a line has to be looked at'] : []),
  ]
  if (reasons.length > 0) return { ...entry, state: 'parked', reasons }
  const movements = want === 'ignored' ? [] : lines.flatMap(movementOf)
  return { ...entry, state: movements.length > 0 ? 'booked' : 'ignored', reasons: [], movements }
}

function movementOf({ move, quantity, code, name }: NonNullable<Body['lines']>[number]): Movement[] {
  if (move !== 'out' && move !== 'in') return []
  const millionths = millionthsOf(quantity ?? '')
  const product = code.gtin ?? code.ean ?? code.article ?? name ?? '?'
  return [{ product, millionths: move === 'in' ? millionths : -millionths }]
}

function factsOf({ fiscal, totals }: Body): Facts {
  return [fiscal.fpd, fiscal.operation, fiscal.rawTime, totals?.total].join('|')
}
