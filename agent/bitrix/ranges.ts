/** Document numbers of one drive as the ranges that they make: a drive holds a quarter of a million of them. */

/** Both ends included. */
export type NumberRange = readonly [from: number, to: number]

/** Ascending, and what touches or overlaps made one. */
export function united(ranges: readonly NumberRange[]): NumberRange[] {
  const found: [number, number][] = []
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = found.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else found.push([from, to])
  }
  return found
}

/** Whether a number is in one of the united ranges. */
export function isIn(ranges: readonly NumberRange[], number: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.[1] ?? number) < number) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  return range !== undefined && range[0] <= number
}

/** How many numbers they hold. */
export function countOf(ranges: readonly NumberRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

/** `37690-37691, 37694`, at most so many of them. */
export function inWords(ranges: readonly NumberRange[], most = 5): string {
  const shown = ranges.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  return shown.join(', ') + (ranges.length > most ? ', …' : '')
}

/** Adds the next higher number. */
export function append(ranges: NumberRange[], number: number): void {
  const last = ranges.at(-1)
  if (last !== undefined && number === last[1] + 1) ranges[ranges.length - 1] = [last[0], number]
  else ranges.push([number, number])
}

/** The part from `from` to `to`, both included. */
export function between(ranges: readonly NumberRange[], from: number, to: number): NumberRange[] {
  return ranges.flatMap(([low, high]): NumberRange[] => {
    const [start, end] = [Math.max(low, from), Math.min(high, to)]
    return start <= end ? [[start, end]] : []
  })
}

/** What is in the one and not in the other; both united. */
export function without(ranges: readonly NumberRange[], others: readonly NumberRange[]): NumberRange[] {
  const left: NumberRange[] = []
  let at = 0
  for (const [from, to] of ranges) {
    let start = from
    while ((others[at]?.[1] ?? Number.POSITIVE_INFINITY) < start) at++
    for (let i = at; start <= to; i++) {
      const [low, high] = others[i] ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
      if (low > to) {
        left.push([start, to])
        break
      }
      if (low > start) left.push([start, low - 1])
      start = high + 1
    }
  }
  return left
}

/** What is in both; both united. */
export function common(ranges: readonly NumberRange[], others: readonly NumberRange[]): NumberRange[] {
  return without(ranges, without(ranges, others))
}

/** Every single number. */
export function* numbersOf(ranges: readonly NumberRange[]): Generator<number, void, undefined> {
  for (const [from, to] of ranges) for (let number = from; number <= to; number++) yield number
}
