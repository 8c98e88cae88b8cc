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
