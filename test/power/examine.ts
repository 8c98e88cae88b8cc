/**
 * Says what of the facts announced (standard input, as `writer.ts` tells them) a state directory does not hold after
 * the power was cut: one line each, then their number.
 *
 *   node dist/test/power/examine.js STATEDIR < FACTS
 */
import { readFileSync } from 'node:fs'
import { type Announced, wrongsOf } from './facts.ts'

// The last line may have been cut in the middle.
const lines = readFileSync(0, 'utf8').split('\n').slice(0, -1)
const wrongs = await wrongsOf(
  process.argv[2] ?? '',
  lines.map((line): Announced => JSON.parse(line)),
)
for (const wrong of wrongs.slice(0, 5)) console.error(wrong)
console.log(`${wrongs.length} of ${lines.length}`)
