/** Tries every promise of a line at one place, without a test runner. */
import type { Place } from './place.ts'
import { keepPromise, promises } from './promises.ts'

/** Tells `ok: …` or `FAILED: …` of each; returns how many do not hold. */
export async function tryPromises(place: Place, tell: (said: string) => void): Promise<number> {
  let broken = 0
  for (const promise of promises) {
    try {
      await keepPromise(promise, place)
      tell(`ok: ${promise.says} (${place.frames})`)
    } catch (error) {
      broken++
      tell(`FAILED: ${promise.says} (${place.frames}): ${error instanceof Error ? error.stack : error}`)
    }
  }
  return broken
}
