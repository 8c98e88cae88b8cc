/** `npm run trade -- [seconds] [seed]`: the shop and its site under fire, two minutes unless said otherwise. */
import { trade } from './trade.ts'

const [seconds = '120', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
console.error(`${seconds} s, seed ${seed}`)
const account = await trade({
  seconds: Number(seconds),
  seed: Number(seed),
  say: (line) => console.error(line),
})
console.log(JSON.stringify({ seed: Number(seed), ...account }, null, 1))
const { missing, wrongStock, wrongDocuments } = account
process.exitCode = missing.length + wrongStock.length + wrongDocuments.length === 0 ? 0 : 1
