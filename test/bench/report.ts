/** The result of a run, as JSON and as the page `docs/performance.md`. */
import { type Figure, isReached, type Row } from './figure.ts'
import type { Machine } from './machine.ts'

/** A figure and what came of it; `failed` says why there are no rows. */
export interface Measured extends Pick<Figure, 'name' | 'how' | 'reach'> {
  readonly rows: readonly Row[]
  readonly failed: string | null
  readonly seconds: number
}

/** Where the time goes: one part and its share of all. */
export interface Share {
  readonly part: string
  readonly percent: number
}

/** The profile of a run and how it was taken. */
export interface Profile {
  readonly how: string
  readonly shares: readonly Share[]
  /** Why there are no shares. */
  readonly failed: string | null
}

/** One run; everything that the page says. */
export interface Report {
  readonly date: string
  readonly version: string
  readonly quick: boolean
  readonly machine: Machine
  readonly figures: readonly Measured[]
  /** Null when only single figures were measured. */
  readonly profile: Profile | null
}

/** False when a figure failed or stayed below its promise. */
export function isWell({ figures, profile }: Report): boolean {
  const isGood = (row: Row) => isReached(row) !== false && isNumber(row)
  return (
    (profile?.failed ?? null) === null &&
    figures.every(({ failed, rows }) => failed === null && rows.every(isGood))
  )
}

function isNumber({ value }: Row): boolean {
  return Number.isFinite(value)
}

/** The whole page. */
export function pageOf(report: Report): string {
  const { date, version, machine, figures, profile } = report
  const wall = figures.reduce((sum, { seconds }) => sum + seconds, 0)
  return [
    '# Performance\n',
    `Made by \`npm run bench\` on ${date} with chekpost ${version}; do not edit. The same as JSON: \`performance.json\`.`,
    'Each figure is measured in a process of its own, and as a ratio within one run where it can be.\n',
    tableOf(figures),
    '\n## How each is measured\n',
    ...figures.map(({ name, how, seconds }) => `- **${name}** (${Math.round(seconds)} s): ${how}`),
    ...(profile === null
      ? []
      : ['\n## Where the time goes\n', profile.failed ?? profile.how, '', sharesOf(profile.shares)]),
    '\n## The machine\n',
    ...Object.entries(machine).map(([what, value]) => `- ${what}: ${value}`),
    '\n## Again\n',
    `\`npm run bench\`: about ${Math.ceil(wall / 60)} minutes on a machine that does nothing else;`,
    '`npm run bench -- --only NAME` measures one figure, `--quick` only shows that everything runs.',
    'Absolute times are those of this machine; a ratio should hold on another one too.\n',
  ].join('\n')
}

/** One line a row; a promise is marked reached or not. */
export function tableOf(figures: readonly Measured[]): string {
  const lines = figures.flatMap(({ name, reach, rows, failed }) => [
    ...(failed === null ? [] : [`| ${name} | ${cell(shortened(failed))} |  | ${cell(reach)} | **failed** |`]),
    ...rows.map(
      (row) => `| ${name} | ${cell(whatOf(row))} | ${valueIn(row)} | ${promiseOf(row)} | ${verdictOf(row)} |`,
    ),
  ])
  return ['| figure | what | measured | to reach | |', '|---|---|---|---|---|', ...lines].join('\n')
}

/** The first line says what; the rest of it stands in the JSON. */
function shortened(failed: string): string {
  return (failed.split('\n')[0] ?? '').slice(0, 200)
}

function whatOf({ what, note }: Row): string {
  return note === undefined ? what : `${what} (${note})`
}

function valueIn({ value, unit }: Row): string {
  return `${numberOf(value)}${unit === '' ? '' : ` ${unit}`}`
}

/** Three significant digits are more than such measurements carry. */
function numberOf(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

function promiseOf({ reach, unit }: Row): string {
  const { least, most } = reach ?? {}
  const after = unit === '' ? '' : ` ${unit}`
  return [
    ...(least === undefined ? [] : [`≥ ${numberOf(least)}${after}`]),
    ...(most === undefined ? [] : [`≤ ${numberOf(most)}${after}`]),
  ].join(', ')
}

function verdictOf(row: Row): string {
  const reached = isReached(row)
  return reached === null ? 'reported' : reached ? 'reached' : '**not reached**'
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
}

function sharesOf(shares: readonly Share[]): string {
  const lines = shares.map(({ part, percent }) => `| ${cell(part)} | ${percent.toFixed(1)} % |`)
  return ['| part | self time |', '|---|---|', ...lines].join('\n')
}
