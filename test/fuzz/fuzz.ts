/** `npm run fuzz`: see `options.ts` for what it takes and docs/decisions/008 for why it is our own. */
import { readFileSync } from 'node:fs'
import { writeCorpus } from './corpus.ts'
import type { Job } from './job.ts'
import type { Finding } from './loop.ts'
import { type FuzzOptions, readOptions, usage, WrongOptions } from './options.ts'
import { plan } from './plan.ts'
import { doJobs, type Result } from './pool.ts'
import { type FindingSummary, keepFinding, progressLine, summarise, summaryText } from './report.ts'
import { targets } from './targets.ts'

const memoryMb = 512

async function main(options: FuzzOptions): Promise<number> {
  const findings = new Map<string, FindingSummary>()
  const started = Date.now()
  const begun = new Map<Job, number>()
  const results = await doJobs(jobsOf(options), {
    threads: options.threads,
    hangMs: options.hangMs,
    memoryMb,
    found(finding) {
      remember(finding, findings, options)
    },
    progress(job, state) {
      const since = begun.get(job) ?? Date.now() - 1_000
      begun.set(job, since)
      if (!options.json) process.stderr.write(`${progressLine(job.target, state, Date.now() - since)}\n`)
    },
  })
  if (options.save) save(results)
  const summary = {
    seed: options.seed,
    runs: results.reduce((sum, { state }) => sum + state.runs, 0),
    seconds: (Date.now() - started) / 1_000,
    targets: summarise(results),
    findings: [...findings.values()],
  }
  console.log(options.json ? JSON.stringify(summary) : summaryText(summary))
  return findings.size === 0 ? 0 : 1
}

function jobsOf(options: FuzzOptions): Job[] {
  if (options.replay.length === 0) return plan({ ...options, distil: options.save })
  const replay = options.replay.map((file) => new Uint8Array(readFileSync(file)))
  return plan({ ...options, runs: 1, distil: false }).map((job) => ({ ...job, replay }))
}

function remember(finding: Finding, findings: Map<string, FindingSummary>, { out, json }: FuzzOptions): void {
  const key = `${finding.target} ${finding.key}`
  if (findings.has(key)) return
  const kept = keepFinding(finding, out)
  findings.set(key, kept)
  if (!json) process.stderr.write(`FOUND ${kept.target}: ${kept.what}\n  ${kept.replay}\n`)
}

function save(results: readonly Result[]): void {
  for (const { job, distilled } of results) if (distilled.length > 0) writeCorpus(job.target, distilled)
}

try {
  const options = readOptions(process.argv.slice(2), Object.keys(targets))
  if (options.help) console.log(usage)
  else process.exitCode = await main(options)
} catch (error) {
  if (!(error instanceof WrongOptions)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
