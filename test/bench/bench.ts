/**
 * `npm run bench`: measures every figure in a process of its own, prints one table, and after a whole run writes
 * `docs/performance.md` and `docs/performance.json`. Exit code 1 when a figure failed or a promise is not reached.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { version } from '../../agent/version.ts'
import { accept } from './accept.ts'
import { type Apart, measureApart, measureHere, profileApart } from './apart.ts'
import { booking } from './booking.ts'
import { drain } from './drain.ts'
import type { Bench, Figure } from './figure.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { describeMachine } from './machine.ts'
import { memory } from './memory.ts'
import { type BenchOptions, readOptions, usage, WrongUse } from './options.ts'
import { page } from './page.ts'
import { profileReading } from './profile.ts'
import { isWell, type Measured, pageOf, type Report, tableOf } from './report.ts'
import { start } from './start.ts'
import { watched } from './viewers.ts'
import { wire } from './wire.ts'

/** In the order of the table. */
const figures: readonly Figure[] = [
  wire,
  latency,
  accept,
  drain,
  growth,
  memory,
  idle,
  start,
  booking,
  page,
  watched,
]

/** Goes with a whole run, under this name in its own process. */
const profileName = 'profile'

/** Everything that was asked for, one after another: two at once would disturb each other. */
async function measure(
  chosen: readonly Figure[],
  { quick, only }: BenchOptions,
  disk: string,
): Promise<Report> {
  const machine = describeMachine(disk)
  const apart = (name: string): Apart => ({
    program: fileURLToPath(import.meta.url),
    quick,
    disk,
    say: (line) => console.error(`${name}: ${line}`),
  })
  const measured: Measured[] = []
  for (const figure of chosen) measured.push(await measureApart(figure, apart(figure.name)))
  const profile = only === null ? await profileApart(profileName, apart(profileName)) : null
  const date = new Date().toISOString().slice(0, 10)
  return { date, version: version(), quick, machine, figures: measured, profile }
}

/** What the child of that name does. */
function workOf(name: string): (bench: Bench) => Promise<unknown> {
  const figure = figures.find((one) => one.name === name)
  if (figure === undefined && name !== profileName) throw new WrongUse(`no figure ${name}`)
  return (bench) => figure?.measure(bench) ?? profileReading(bench)
}

function chosenBy(only: readonly string[] | null): readonly Figure[] {
  for (const name of only ?? [])
    if (!figures.some((figure) => figure.name === name))
      throw new WrongUse(`no figure ${name} among ${figures.map((figure) => figure.name).join(', ')}`)
  return figures.filter(({ name }) => only === null || only.includes(name))
}

function publish(report: Report, { json, out }: BenchOptions): void {
  const data = `${JSON.stringify(report, null, 2)}\n`
  console.log(json ? data.trimEnd() : tableOf(report.figures))
  if (out === null) return
  writeFileSync(join(out, 'performance.json'), data)
  writeFileSync(join(out, 'performance.md'), pageOf(report))
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const disk = options.disk ?? tmpdir()
  if (options.measure !== null) {
    await measureHere(workOf(options.measure), options.quick, disk)
    // What a figure forgot to close must not keep the others waiting.
    process.exit()
  }
  const report = await measure(chosenBy(options.only), options, disk)
  publish(report, options)
  return isWell(report) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof WrongUse)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
