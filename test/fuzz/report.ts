/** What people and programs are told of a run. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from './corpus.ts'
import type { Finding, LoopState } from './loop.ts'
import type { Result } from './pool.ts'

/** One target of the summary that `--json` prints. */
export interface TargetSummary {
  readonly target: string
  readonly runs: number
  readonly runsPerSecond: number
  /** Branches taken and branches there are, by the share of the runs that took most. */
  readonly edges: number
  readonly allEdges: number
  /** Branches taken in the module that the target is about. */
  readonly mainEdges: number
  readonly corpus: number
}

export interface FindingSummary {
  readonly target: string
  readonly what: string
  readonly file: string
  readonly replay: string
}

export interface Summary {
  readonly seed: number
  readonly runs: number
  readonly seconds: number
  readonly targets: readonly TargetSummary[]
  readonly findings: readonly FindingSummary[]
}

/** The shares of every target put together. */
export function summarise(results: readonly Result[]): TargetSummary[] {
  const names = [...new Set(results.map(({ job }) => job.target))]
  return names.map((target) => {
    const own = results.filter(({ job }) => job.target === target)
    const runs = sum(own.map(({ state }) => state.runs))
    const ms = sum(own.map((result) => result.ms))
    return {
      target,
      runs,
      runsPerSecond: ms === 0 ? 0 : Math.round((runs / ms) * 1_000),
      edges: Math.max(...own.map(({ state }) => state.edges)),
      allEdges: Math.max(...own.map((result) => result.allEdges)),
      mainEdges: Math.max(...own.map((result) => result.mainEdges)),
      corpus: Math.max(...own.map(({ state }) => state.corpus)),
    }
  })
}

/** Writes the input of a finding down; `replay` is the line that tries it again. */
export function keepFinding({ target, input, what }: Finding, folder: string): FindingSummary {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${target}-${nameOf(input)}`)
  writeFileSync(file, input)
  return { target, what, file, replay: `npm run fuzz -- --target ${target} --replay ${file}` }
}

/** `frames1  1 200 000 runs  210 000/s  edges 57  corpus 83`. */
export function progressLine(target: string, { runs, edges, corpus }: LoopState, ms: number): string {
  const perSecond = Math.round((runs / Math.max(1, ms)) * 1_000)
  return `${target.padEnd(12)} ${spaced(runs)} runs  ${spaced(perSecond)}/s  edges ${edges}  corpus ${corpus}`
}

export function summaryText({ runs, seconds, targets, findings }: Summary): string {
  const rows = targets.map(
    ({ target, runs: each, runsPerSecond, edges, allEdges, corpus }) =>
      `${target.padEnd(12)} ${spaced(each).padStart(11)} ${spaced(runsPerSecond).padStart(9)}/s  ` +
      `edges ${edges}/${allEdges}  corpus ${corpus}`,
  )
  const found = findings.map(({ what, replay }) => `\n${what}\n  ${replay}`)
  const end = `${spaced(runs)} runs in ${Math.round(seconds)} s, ${findings.length} findings`
  return [...rows, end, ...found].join('\n')
}

function spaced(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
