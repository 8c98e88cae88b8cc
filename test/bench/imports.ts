/** What loading each package costs a process that holds nothing else yet. */
import { execFileSync } from 'node:child_process'
import { z } from 'zod'
import { median, type Row } from './figure.ts'

/** Everything that a running daemon loads, `node-hid` and `unix-dgram` only where they are configured. */
const packages = [
  'better-sqlite3',
  'serialport',
  'node-hid',
  'unix-dgram',
  'got',
  'https-proxy-agent',
  'fastify',
  'p-queue',
  'pino',
  'zod',
  'yaml',
  'commander',
  'iconv-lite',
] as const

const Cost = z.strictObject({ rss: z.number(), heap: z.number(), ms: z.number() })

/** Prints what one import adds, in bytes and milliseconds; garbage is not counted. */
const measuring = (name: string) => `
  const sample = () => (gc(), process.memoryUsage())
  const [before, began] = [sample(), performance.now()]
  await import(${JSON.stringify(name)})
  const ms = performance.now() - began
  const after = sample()
  console.log(JSON.stringify({ rss: after.rss - before.rss, heap: after.heapUsed - before.heapUsed, ms }))`

/** One row a package: memory, and beside it the time. */
export function importRows(times: number): Row[] {
  return packages.map((name) => {
    const costs = Array.from({ length: times }, () => costOf(name))
    const middle = (part: keyof z.infer<typeof Cost>) => median(costs.map((cost) => cost[part]))
    return {
      what: `import ${name}`,
      value: middle('rss') / 2 ** 20,
      unit: 'MB',
      note: `heap ${(middle('heap') / 2 ** 20).toFixed(1)} MB, ${middle('ms').toFixed(0)} ms, alone in a process`,
    }
  })
}

function costOf(name: string): z.infer<typeof Cost> {
  const words = ['--expose-gc', '--input-type=module', '--eval', measuring(name)]
  return Cost.parse(JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })))
}
