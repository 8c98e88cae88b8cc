/** Does jobs on as many threads as there are cores, and watches them: a thread that hangs is killed, its input kept. */
import { Worker } from 'node:worker_threads'
import type { Job, Said } from './job.ts'
import type { Finding, LoopState } from './loop.ts'
import { SharedInput } from './shared.ts'

/** What became of one job; after a hang or a lack of memory several threads did it together. */
export interface Result {
  readonly job: Job
  readonly state: LoopState
  readonly ms: number
  readonly mainEdges: number
  readonly allEdges: number
  readonly distilled: readonly Uint8Array[]
}

export interface PoolOptions {
  readonly threads: number
  /** A single run that takes longer hangs. */
  readonly hangMs: number
  readonly memoryMb: number
  found(finding: Finding): void
  progress(job: Job, state: LoopState): void
}

/** A job that killed so many threads is left. */
const mostDeaths = 3
const lookMs = 250

/** Every job, in their order, as threads come free. */
export async function doJobs(jobs: readonly Job[], options: PoolOptions): Promise<Result[]> {
  const results: Result[] = []
  const queue = [...jobs]
  const lane = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift())
      results.push(await doJob(job, options))
  }
  await Promise.all(Array.from({ length: options.threads }, lane))
  return results
}

async function doJob(job: Job, options: PoolOptions): Promise<Result> {
  let runs = 0
  for (let deaths = 0; ; deaths++) {
    // Behind a death the dice go on from elsewhere, or they would lead there again.
    const rest = { ...job, runs: job.runs - runs, seed: job.seed + deaths * 7_919 }
    const ended = await oneThread(rest, options)
    if (ended.kind === 'done') {
      const { state, ms, mainEdges, allEdges, distilled } = ended
      return { job, state: { ...state, runs: runs + state.runs }, ms, mainEdges, allEdges, distilled }
    }
    runs += ended.runs
    options.found({ target: job.target, input: ended.input, what: ended.why, key: ended.why })
    if (deaths + 1 < mostDeaths && job.replay === null) continue
    return { job, state: { runs, edges: 0, corpus: 0 }, ms: 0, mainEdges: 0, allEdges: 0, distilled: [] }
  }
}

type Ended =
  | Extract<Said, { kind: 'done' }>
  | { readonly kind: 'died'; readonly why: string; readonly input: Uint8Array; readonly runs: number }

function oneThread(job: Job, { hangMs, memoryMb, found, progress }: PoolOptions): Promise<Ended> {
  const shared = new SharedInput()
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { job, memory: shared.memory },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  })
  return new Promise((resolve) => {
    const end = (ended: Ended) => {
      clearInterval(watch)
      resolve(ended)
    }
    const die = (why: string) => end({ kind: 'died', why, input: shared.input, runs: shared.begun })
    let begun = 0
    // Counted by looks: a process that the machine holds up does not look either.
    let stillMs = 0
    const watch = setInterval(() => {
      stillMs += lookMs
      // Before the first run the program is being loaded.
      if (shared.begun !== begun || begun === 0) {
        begun = shared.begun
        stillMs = 0
      } else if (stillMs > hangMs) {
        die(`hang: one run took more than ${hangMs} ms`)
        void worker.terminate()
      }
    }, lookMs)
    worker.on('message', (said: Said) => {
      if (said.kind === 'finding') found(said.finding)
      else if (said.kind === 'progress') progress(job, said.state)
      else end(said)
    })
    worker.on('error', (error) => die(`the thread died: ${error.message}`))
    worker.on('exit', (code) => die(`the thread ended with ${code}`))
  })
}
