/** `npm run model -- --runs N --seed S`: the long form of the model test. */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { story } from './steps.ts'
import { tell } from './tell.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})

const met = new Map<string, number>()
const began = performance.now()
console.log(`seed ${values.seed}, ${values.runs} runs`)
await fc.assert(
  fc.asyncProperty(story, async (one) => {
    for (const [what, count] of await tell(one)) met.set(what, (met.get(what) ?? 0) + count)
  }),
  { numRuns: Number(values.runs), seed: Number(values.seed) },
)
for (const [what, count] of [...met].sort()) console.log(String(count).padStart(8), what)
console.log(`${values.runs} runs held in ${Math.round((performance.now() - began) / 1000)} s`)
