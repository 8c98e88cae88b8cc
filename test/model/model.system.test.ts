import fc from 'fast-check'
import { expect, test } from 'vitest'
import { story } from './steps.ts'
import { tell } from './tell.ts'
import { sights, tours } from './tours.ts'

test('every answer, every fault at every write and every end of the process keeps the promises', async () => {
  const met = new Set<string>()
  for (const tour of tours) for (const sight of (await tell(tour)).keys()) met.add(sight)
  expect(sights.filter((sight) => !met.has(sight))).toEqual([])
})

// Half a minute of a processor; a machine with ten other things to do takes minutes.
const timeout = 900_000

test('whatever happens in whatever order, nothing is lost, doubled, altered or left waiting', {
  timeout,
}, async () => {
  let told = 0
  const property = fc.asyncProperty(story, async (one) => {
    await tell(one)
    told++
  })
  // A failure tells its seed and the story; keep the story in `cases.ts`.
  await fc.assert(property, { numRuns: 60 })
  expect(told).toBe(60)
})
