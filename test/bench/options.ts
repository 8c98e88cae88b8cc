/** What `npm run bench --` understands. */
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Names of figures; null = all, and the profile. */
  readonly only: readonly string[] | null
  readonly json: boolean
  readonly quick: boolean
  /** Where `performance.md` and `performance.json` are written; null = nowhere. */
  readonly out: string | null
  /** The folder whose disk is measured. */
  readonly disk: string | null
  /** Set by the command itself: measure this one figure here and send its rows to the parent. */
  readonly measure: string | null
}

export const usage = `npm run bench -- [--only NAME]… [--quick] [--json] [--out FOLDER] [--disk FOLDER]
  --only    one figure (repeatable); without it all, and docs/performance.md and .json are written
  --quick   small sizes: shows that everything runs; the numbers mean nothing and docs stay as they are
  --json    the report as JSON on standard output
  --out     write performance.md and performance.json there
  --disk    measure the disk of this folder (default: the system's folder for temporary files)`

/** Somebody typed what the command does not understand. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
}

/** Throws `WrongUse`. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const values = valuesOf(argv)
  const { only = null, json = false, quick = false, disk = null, measure = null } = values
  const whole = only === null && !quick
  return { only, json, quick, out: values.out ?? (whole ? 'docs' : null), disk, measure }
}

function valuesOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        quick: { type: 'boolean' },
        out: { type: 'string' },
        disk: { type: 'string' },
        measure: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error))
  }
}
