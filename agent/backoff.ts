/** How long to wait after the n-th failure: exponential, with full jitter, so that a hundred shops do not come at once. */
import { pause } from '../drivers/index.ts'

/**
 * A random wait in milliseconds: between 0 and `firstMs` doubled with every failure, at most `longestMs`. With no
 * failure it is exactly `firstMs`. `random` gives numbers from 0 up to, not including, 1.
 */
export function pauseAfter(
  failures: number,
  firstMs: number,
  longestMs: number,
  random: () => number,
): number {
  if (failures <= 0) return Math.min(firstMs, longestMs)
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 40))
  return Math.round(random() * ceiling)
}

/** The numbers 0, 1, 2 … with growing pauses between them, until the signal aborts. */
export async function* retries(
  signal: AbortSignal,
  { firstMs = 500, longestMs = 30_000, random = Math.random } = {},
): AsyncGenerator<number, void, void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    yield attempt
    try {
      await pause(pauseAfter(attempt + 1, firstMs, longestMs, random), signal)
    } catch {
      return // The signal aborted: there is no next attempt.
    }
  }
}
