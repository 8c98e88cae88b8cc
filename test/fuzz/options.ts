/** What `npm run fuzz --` understands. */
import { parseArgs } from 'node:util'

export interface FuzzOptions {
  readonly targets: readonly string[]
  readonly runs: number | null
  readonly forMs: number | null
  readonly seed: number
  readonly json: boolean
  readonly blind: boolean
  /** Write the inputs that take new ways into the repository's corpus. */
  readonly save: boolean
  readonly replay: readonly string[]
  readonly threads: number
  readonly hangMs: number
  /** Where findings are written. */
  readonly out: string
  readonly help: boolean
}

/** Somebody typed what the fuzzer does not understand. */
export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

export const usage = `npm run fuzz -- [--target NAME]… [--runs N | --for 60s] [--seed N] [--json]
  (nothing)         the full run: more than ten million inputs over every target
  --target NAME     one target; may be given several times
  --runs N          so many inputs for each target; with --seed repeatable to the byte
  --for 90s         so long for all targets together: s, m or h
  --replay FILE     run one kept input and no other; wants --target
  --save            put the inputs that took new ways into test/fuzz/corpus
  --blind           without coverage guidance, to see what that is worth
  --threads N       default 2
  --hang 10s        a single run that takes longer is a finding
  --out FOLDER      where findings are written; default fuzz-findings`

/** Throws `WrongOptions`. */
export function readOptions(argv: readonly string[], known: readonly string[]): FuzzOptions {
  const values = valuesOf(argv)
  const targets = values.target ?? known.filter((name) => !name.startsWith('planted-'))
  const stranger = targets.find((name) => !known.includes(name))
  if (stranger !== undefined) throw new WrongOptions(`no target ${stranger}; there are ${known.join(', ')}`)
  if (values.replay !== undefined && targets.length !== 1) throw new WrongOptions('--replay wants --target')
  return {
    targets,
    runs: values.runs === undefined ? null : wholeOf('runs', values.runs, 1),
    forMs: values.for === undefined ? null : durationOf(values.for),
    seed: wholeOf('seed', values.seed ?? '1', 0),
    json: values.json ?? false,
    blind: values.blind ?? false,
    save: values.save ?? false,
    replay: values.replay ?? [],
    threads: wholeOf('threads', values.threads ?? '2', 1),
    hangMs: durationOf(values.hang ?? '10s'),
    out: values.out ?? 'fuzz-findings',
    help: values.help ?? false,
  }
}

function valuesOf(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        target: { type: 'string', multiple: true },
        runs: { type: 'string' },
        for: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        blind: { type: 'boolean' },
        save: { type: 'boolean' },
        replay: { type: 'string', multiple: true },
        threads: { type: 'string' },
        hang: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new WrongOptions(error instanceof Error ? error.message : String(error))
  }
}

function wholeOf(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new WrongOptions(`--${name}: a whole number from ${least}`)
  return value
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function durationOf(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const factor = units[unit ?? '']
  if (factor === undefined) throw new WrongOptions(`not a duration such as 90s or 10m: ${text}`)
  return Number(number) * factor
}
