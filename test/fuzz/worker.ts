/** One thread that does one job: loads the rewritten program, then fuzzes, or tries the inputs it was given. */
import { register } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { readCorpus } from './corpus.ts'
import { distil } from './distil.ts'
import { Edges } from './edges.ts'
import type { Job, Said } from './job.ts'
import { Loop } from './loop.ts'
import { SharedInput } from './shared.ts'
import type { Target } from './target.ts'

const { job, memory }: { job: Job; memory: SharedArrayBuffer } = workerData
const say = (said: Said) => parentPort?.postMessage(said)

register('./hooks.js', import.meta.url)
const edges = new Edges().install()
const shared = new SharedInput(memory)
// After the hooks, or it would come as it is.
const { targets }: { targets: Readonly<Record<string, () => Promise<Target>>> } = await import('./targets.ts')
const target = await targets[job.target]?.()
if (target === undefined) throw new Error(`no target ${job.target}`)

const loop = new Loop(target, edges, {
  begin: (input) => shared.begin(input),
  found: (finding) => say({ kind: 'finding', finding }),
  progress: (state) => say({ kind: 'progress', state }),
})
const started = process.hrtime.bigint()
const inputs = job.replay ?? [...target.seeds(), ...readCorpus(job.target)]
const state = await loop.run(inputs, job.replay === null ? job : { ...job, runs: 0 })
say({
  kind: 'done',
  state,
  ms: Number(process.hrtime.bigint() - started) / 1e6,
  mainEdges: edges.foundIn(target.main),
  allEdges: edges.all,
  distilled: job.distil ? await distil(loop, edges) : [],
})
