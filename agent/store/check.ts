/** `quick_check` of the outbox's file beside the work: cold it takes seconds per gigabyte, so it has its own thread. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { asStoreError, StoreError } from './faults.ts'

/** What SQLite finds wrong, in its own words; none = the file is sound. */
export type Problems = readonly string[]

interface Outcome {
  /** `ok` alone, or up to twenty problems. */
  readonly said: readonly string[]
  readonly code: string
  readonly message: string
}

/**
 * Checks the file through a connection that only reads. Rejects with the signal's reason, or with what hindered
 * the check; a file too damaged to be read at all resolves with its problem.
 */
export async function checkOutbox(path: string, signal: AbortSignal): Promise<Problems> {
  signal.throwIfAborted()
  const { said, code, message } = await runWorker(path, signal)
  if (code === '' && message === '') return said.filter((found) => found !== 'ok')
  const fault = asStoreError(Object.assign(new Error(message), { code }))
  if (fault instanceof StoreError && fault.fault === 'damaged') return [message]
  throw fault
}

function runWorker(path: string, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const library = createRequire(import.meta.url).resolve('better-sqlite3')
    const worker = new Worker(workerSource(), { workerData: { path, library } })
    const giveUp = () => {
      worker.terminate().catch(() => undefined) // It ends with SQLite's current step; nobody waits for it.
      reject(signal.reason)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', giveUp)
      reject(new Error(`the check ended with code ${code} and no answer`)) // Nothing happens when it has answered.
    })
  })
}

/** The compiled file beside this one; from the sources, its text as a module. */
function workerSource(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./checkworker.js', import.meta.url)
  const source = readFileSync(new URL('./checkworker.ts', import.meta.url))
  return new URL(`data:text/javascript;base64,${source.toString('base64')}`)
}
