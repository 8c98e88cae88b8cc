/** A figure in a process of its own: the parent's side and the child's. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Bench, Figure, Row } from './figure.ts'
import type { Measured, Profile } from './report.ts'

/** What the child tells: how far it is, and last what it found. */
const Told = z.union([
  z.strictObject({ say: z.string() }),
  z.strictObject({ found: z.unknown() }),
  z.strictObject({ failed: z.string() }),
])

const Rows = z.array(
  z.strictObject({
    what: z.string(),
    // NaN and Infinity do not pass: JSON between processes would make null of them.
    value: z.number(),
    unit: z.string(),
    reach: z
      .strictObject({ least: z.number().exactOptional(), most: z.number().exactOptional() })
      .exactOptional(),
    note: z.string().exactOptional(),
  }),
)
const Profiled = z.strictObject({
  how: z.string(),
  failed: z.null(),
  shares: z.array(z.strictObject({ part: z.string(), percent: z.number() })),
})

/** Far more than any figure takes; one that hangs must not keep the others from being measured. */
const limitMs = 15 * 60_000

export interface Apart {
  /** The command's own file; it is run again with `--measure NAME`. */
  readonly program: string
  readonly quick: boolean
  readonly disk: string
  readonly say: (line: string) => void
}

/** Runs one figure apart; its failure is a part of the result. */
export async function measureApart(figure: Figure, apart: Apart): Promise<Measured> {
  const { name, how, reach } = figure
  const began = performance.now()
  const found = await resultOf(name, apart)
  const seconds = (performance.now() - began) / 1_000
  const rows: readonly Row[] = 'failed' in found ? [] : Rows.parse(found.found)
  const failed = 'failed' in found ? found.failed : rows.length === 0 ? 'no rows' : null
  return { name, how, reach, rows, failed, seconds }
}

/** Runs the profile apart; its failure is a part of the result. */
export async function profileApart(name: string, apart: Apart): Promise<Profile> {
  const found = await resultOf(name, apart)
  return 'failed' in found ? { how: '', shares: [], failed: found.failed } : Profiled.parse(found.found)
}

async function resultOf(name: string, apart: Apart): Promise<{ found: unknown } | { failed: string }> {
  const words = ['--measure', name, '--disk', apart.disk, ...(apart.quick ? ['--quick'] : [])]
  const child = fork(apart.program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  try {
    return await lastWord(child, apart.say)
  } finally {
    clearTimeout(limit)
  }
}

async function lastWord(
  child: ChildProcess,
  say: (line: string) => void,
): Promise<{ found: unknown } | { failed: string }> {
  let last: { found: unknown } | { failed: string } | null = null
  child.on('message', (message) => {
    const told = Told.parse(message)
    if ('say' in told) say(told.say)
    else last = told
  })
  const [code, signal] = await once(child, 'close')
  return last ?? { failed: `its process ended early (${signal ?? code})` }
}

/** The child's side: measures in a fresh folder on the disk and sends what was found. */
export async function measureHere(
  work: (bench: Bench) => Promise<unknown>,
  quick: boolean,
  disk: string,
): Promise<void> {
  const folder = mkdtempSync(join(disk, 'chekpost-bench-'))
  try {
    const found = await work({ quick, folder, say: (line) => void process.send?.({ say: line }) })
    await tell({ found })
  } catch (error) {
    await tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves when the parent has it. */
function tell(message: { readonly found: unknown } | { readonly failed: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) return reject(new TypeError('--measure is for the command itself'))
    process.send(message, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })
}
