/** Where the agent's own time goes while it reads a backlog: V8's samples, summed up by module. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { pause } from '../../drivers/index.ts'
import { openShop } from '../demo/shop.ts'
import { countKept } from '../demo/tally.ts'
import type { Bench } from './figure.ts'
import type { Profile, Share } from './report.ts'
import { backlog } from './wire.ts'

const forEver = new AbortController().signal

const Sampled = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  samples: z.array(z.number()),
  /** Microseconds before each sample. */
  timeDeltas: z.array(z.number()),
})

/** What V8's profiler writes, as far as it is read here. */
export type Sampled = z.output<typeof Sampled>

/** The real agent under `--cpu-prof`, reading unpaced over TCP and delivering as usual. */
export async function profileReading({ quick, folder, say }: Bench): Promise<Profile> {
  const samples = join(folder, 'samples')
  mkdirSync(samples)
  const receipts = quick ? 20 : 2_000
  await using shop = await openShop({ runtime: ['--cpu-prof', `--cpu-prof-dir=${samples}`] })
  backlog(shop.register(), receipts)
  shop.start()
  const isDone = () => {
    const kept = countKept(shop.outboxPath)
    return kept.receipts === receipts && kept.waiting === 0
  }
  for (let looks = 0; !isDone(); looks++) {
    if (looks > 600) throw new Error('the backlog was never drained')
    await pause(500, forEver)
  }
  say(`${receipts} documents read and delivered`)
  await shop.agent.terminate()
  const [file] = readdirSync(samples)
  if (file === undefined) throw new Error('the agent wrote no profile')
  const sampled = Sampled.parse(JSON.parse(readFileSync(join(samples, file), 'utf8')))
  return summed(sampled, receipts)
}

/** Shares of the time worked; waiting is left out. */
export function summed({ nodes, samples, timeDeltas }: Sampled, receipts: number): Profile {
  const partOf = new Map(nodes.map(({ id, callFrame }) => [id, partIn(callFrame)]))
  const spent = new Map<string, number>()
  let all = 0
  for (const [i, sample] of samples.entries()) {
    const part = partOf.get(sample) ?? null
    const delta = timeDeltas[i] ?? 0
    if (part === null) continue
    all += delta
    spent.set(part, (spent.get(part) ?? 0) + delta)
  }
  const shares = [...spent].map(([part, time]): Share => ({ part, percent: (100 * time) / all }))
  shares.sort((a, b) => b.percent - a.percent)
  const how =
    `The real agent under \`--cpu-prof\` reads ${receipts} real receipts unpaced over TCP and delivers them: ` +
    `${(all / 1_000 / receipts).toFixed(1)} ms a receipt from start to end, waiting left out. ` +
    'Native code counts for the JavaScript that called it: `agent/store` holds the commits, their disk included.'
  return { how, shares: gathered(shares), failed: null }
}

/** Parts below half a percent together. */
function gathered(shares: readonly Share[]): Share[] {
  const small = shares.filter(({ percent }) => percent < 0.5)
  const rest = small.reduce((sum, { percent }) => sum + percent, 0)
  return [...shares.filter(({ percent }) => percent >= 0.5), { part: 'all the rest', percent: rest }]
}

/** What has no file: V8's own names, and the system's calls of sockets; null = nothing was done. */
const unnamed: Readonly<Record<string, string | null>> = {
  '(idle)': null,
  '(garbage collector)': 'garbage collection',
  '(program)': 'native code, the system',
  '(root)': 'native code, the system',
  writeBuffer: 'Node: sockets and streams',
  writev: 'Node: sockets and streams',
  writeUtf8String: 'Node: sockets and streams',
}

/** SQLite is called through these; what it does is the outbox's doing. */
const sqlite = new Set(['better-sqlite3', 'agent/store', 'agent/outbox.ts'])

const parts: readonly (readonly [pattern: RegExp, part: string])[] = [
  [/^node:internal\/(?:abort_controller|event_target)/, 'Node: abort signals'],
  [
    /^node:internal\/(?:timers|process\/task_queues|async_hooks|promises)|^node:timers/,
    'Node: timers and queues',
  ],
  [/^node:(?:net|internal\/net|internal\/stream|stream|_stream)/, 'Node: sockets and streams'],
  [/^node:(?:http|_http|internal\/http|url|internal\/url|internal\/dns|dns)/, 'Node: HTTP'],
  [/^node:(?:internal\/)?modules|^node:internal\/(?:bootstrap|main)/, 'Node: loading modules'],
  [/^node:|^$/, 'Node: other'],
]

function partIn({ functionName, url }: Sampled['nodes'][number]['callFrame']): string | null {
  if (url === '' && functionName in unnamed) return unnamed[functionName] ?? null
  const foreign = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  const ours = /\/dist\/((?:agent|drivers)\/.+)\.js$/.exec(url)?.[1]
  const own = ours === undefined ? undefined : folderOf(ours)
  const part = foreign ?? own ?? parts.find(([pattern]) => pattern.test(url))?.[1] ?? 'Node: other'
  return sqlite.has(part) ? 'agent/store' : part
}

/** `agent/store`, `drivers/shtrih`; files that stand alone keep their name. */
function folderOf(file: string): string {
  const [top, next, ...deeper] = file.split('/')
  return deeper.length > 0 ? `${top}/${next}` : `${file}.ts`
}
