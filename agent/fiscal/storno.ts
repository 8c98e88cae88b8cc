/**
 * Storno lines of FFD 1.0 (tag 1071, withdrawn): a line that takes an earlier one back within the same receipt.
 * Both stay in the receipt. Taken back whole, neither moves; taken back in part, the storno moves the other way,
 * so that the sum is what left the shop.
 */
import type { LineFacts } from './facts.ts'
import type { Move } from './model.ts'
import type { Decision } from './stock.ts'

/** A line with what it would do on its own. */
interface Decided {
  readonly facts: LineFacts
  readonly decision: Decision
}

const opposite: Readonly<Record<Move, Move>> = { out: 'in', in: 'out', none: 'none', review: 'review' }

const cancelled: Decision = { move: 'none', why: 'taken back by a storno line' }
const cancelling: Decision = { move: 'none', why: 'a storno line takes an earlier line back' }
const homeless: Decision = { move: 'review', why: 'a storno line that fits no line' }

/** The decisions for all lines in their order, storno lines taken into account. */
export function settleStorno(lines: readonly Decided[]): Decision[] {
  const decisions = lines.map(({ decision }) => decision)
  const left = lines.map(({ facts }) => (facts.storno ? 0n : units(facts.quantity)))
  for (const [i, { facts, decision }] of lines.entries()) {
    if (!facts.storno || decision.move === 'review') continue
    const wanted = units(facts.quantity)
    const at = targetOf(lines, left, i, wanted)
    const target = lines[at]
    if (target === undefined || wanted === 0n) {
      decisions[i] = homeless
      continue
    }
    const whole = wanted === units(target.facts.quantity)
    left[at] = (left[at] ?? 0n) - wanted
    if (whole && target.decision.move !== 'review') {
      decisions[at] = cancelled
      decisions[i] = cancelling
    } else {
      decisions[i] = {
        move: opposite[target.decision.move],
        why: 'a storno line takes goods back',
      }
    }
  }
  return decisions
}

/** The nearest earlier line of equal name and price that still has so much; one with exactly so much comes first. */
function targetOf(
  lines: readonly Decided[],
  left: readonly bigint[],
  storno: number,
  wanted: bigint,
): number {
  const { name, price } = lines[storno]?.facts ?? {}
  const fits = (exact: boolean) =>
    lines.findLastIndex(({ facts }, i) => {
      const rest = left[i] ?? 0n
      const same = facts.name?.trim() === name?.trim() && facts.price === price
      return i < storno && !facts.storno && same && (exact ? rest === wanted : rest > wanted)
    })
  const exact = fits(true)
  return exact >= 0 ? exact : fits(false)
}

/** Decimal text in units of 10⁻¹⁵; 0 when there is no quantity. */
function units(quantity: string | null): bigint {
  const [whole = '0', part = ''] = (quantity ?? '0').split('.')
  return BigInt(whole + part.padEnd(15, '0'))
}
