/** The matrix in numbers: what was met, how many deaths, how long until all was delivered again, what was wrong. */
import { isRight } from './account.ts'
import { lanes } from './house.ts'
import type { Death, Met } from './matrix.ts'
import type { Point } from './tree.ts'

export interface Report {
  readonly points: number
  readonly met: number
  readonly durable: { readonly points: number; readonly met: number }
  readonly deaths: number
  /** Targets that the scene did not get to, twice. */
  readonly escaped: readonly string[]
  /** Deaths after which something was wrong. */
  readonly wrong: readonly { readonly name: string; readonly scene: string; readonly wrongs: string }[]
  /** Milliseconds from the start of the next process until all was read and delivered. */
  readonly drained: Spread
  /** The same where the whole register was read anew. */
  readonly drainedAnew: Spread
  readonly overLimit: readonly string[]
  /** Repeats on the wire by how many deaths had so many. */
  readonly repeats: Readonly<Record<string, number>>
  readonly lanes: number
  readonly unmet: readonly { readonly name: string; readonly why: string | null }[]
}

export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Promised from restart to drained, milliseconds. */
export const promisedMs = 2_000

/** Why no scene meets a point. What no row names must be led to by a scene. */
const reasons: readonly (readonly [name: RegExp, why: string])[] = [
  [/^drivers\/transport\/(?:hid|cp2110)/, 'a HID device: its lines are tested with emulated reports'],
  [
    /^drivers\/transport\/(?:stable|claim|holders|serial|limited)/,
    'a real serial device, or one that another program holds',
  ],
  [
    /^agent\/(?:housekeeping|store\/(?:aging|check))|pragma\('(?:optimize|wal)/,
    'once a night, or receipts older than 45 days',
  ],
  [/ catch /, 'a fault of disk, system or our own: tested where it can be made'],
  [/^agent\/(?:watch|main)\.ts:0 /, 'what the compiler adds for a failed disposal'],
  [/^agent\/systemd/, 'only under systemd'],
  [/^agent\/backoff\.ts/, 'not used by the daemon'],
  [/^agent\/desk\/(?:desk|remote)\.ts/, "the commands' own side of the control socket"],
  [
    /^agent\/desk\/server\.ts.*(?:replaceLink|symlink|unlink\(link|listen\(listen|reply|untilAborted|server\.close|desk\.status)/,
    'a status address, a socket outside the state directory, or a wrong request',
  ],
  [
    /^agent\/bitrix\/webhook\.ts.*#attempt/,
    'a wrong clock over HTTPS: signed again at once (webhook-tls.system.test)',
  ],
  [
    /^agent\/bitrix\/post\.ts.*DeadlinePassed|^agent\/dispatch\.ts.*#hardStop/,
    'a site that hangs for longer than a scene lasts',
  ],
  [/setTimeout\(\(\) => (?:limit|lasting)\.abort/, 'a register that hangs for longer than a scene lasts'],
  [
    /^agent\/follow\.ts:\d+ \w+ await register\.newest|^agent\/store\/keeping\.ts.*UPDATE document/,
    'a document older than 20 days that the drive no longer holds in full',
  ],
  [
    /^agent\/(?:startfile|store\/open)\.ts.*(?:renameSync|markOf|database\.close)/,
    'a damaged start.json, or damage found while working (installation.test, open.test)',
  ],
  [
    /^drivers\/shtrih\/(?:framing|numberedtalk)\.ts/,
    'the search for the framing, or another client on the same v2 register',
  ],
  [/^drivers\/shtrih\/driver\.ts/, 'otherReaderMs: another reader on the same register'],
]

export function reportOf(points: readonly Point[], found: readonly Met[], deaths: readonly Death[]): Report {
  const isMet = ({ number }: Point) => found.some(({ meetings }) => (meetings[number] ?? 0) > 0)
  const durable = points.filter((point) => point.durable)
  const died = deaths.filter(({ run }) => run.died)
  const timed = (anew: boolean) => died.filter(({ scene }) => (scene.anew ?? false) === anew)
  return {
    points: points.length,
    met: points.filter(isMet).length,
    durable: { points: durable.length, met: durable.filter(isMet).length },
    deaths: died.length,
    escaped: deaths.filter(({ run }) => !run.died).map(nameOf),
    wrong: deaths
      .filter(({ run }) => !isRight(run.wrongs))
      .map((death) => ({
        name: nameOf(death),
        scene: death.scene.name,
        wrongs: JSON.stringify(death.run.wrongs),
      })),
    drained: spread(timed(false)),
    drainedAnew: spread(timed(true)),
    overLimit: timed(false)
      .filter(({ run }) => (run.drainedMs ?? 0) > promisedMs)
      .map((death) => `${nameOf(death)}: ${Math.round(death.run.drainedMs ?? 0)} ms`),
    repeats: counted(timed(false).map(({ run }) => run.repeats)),
    lanes,
    unmet: points.filter((point) => !isMet(point)).map(({ name }) => ({ name, why: whyUnmet(name) })),
  }
}

/** Null: nothing excuses it. */
export function whyUnmet(name: string): string | null {
  return reasons.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

function nameOf({ point, meeting, scene, line }: Death): string {
  return `${point.name}, meeting ${meeting} (${scene.name}, ${line})`
}

function spread(deaths: readonly Death[]): Spread {
  const times = deaths.flatMap(({ run }) => run.drainedMs ?? []).sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0)
  return { count: times.length, p50: at(0.5), p99: at(0.99), max: Math.round(times.at(-1) ?? 0) }
}

function counted(numbers: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1
  return counts
}

/** For a terminal. */
export function tableOf(report: Report): string {
  const { drained, drainedAnew, unmet, wrong, escaped, overLimit } = report
  const unexcused = unmet.filter(({ why }) => why === null)
  const whys = howMany(unmet.flatMap(({ why }) => why ?? []))
  const times = ({ count, p50, p99, max }: Spread) => `${count} deaths, p50 ${p50}, p99 ${p99}, max ${max} ms`
  return [
    `points                      ${report.points}, of them durable steps ${report.durable.points}`,
    `met by a scene              ${report.met}, of them durable steps ${report.durable.met}`,
    `deaths                      ${report.deaths}`,
    `something wrong afterwards  ${wrong.length}`,
    `restart to drained          ${times(drained)}`,
    `the same, all read anew     ${times(drainedAnew)}`,
    `over ${promisedMs} ms                ${overLimit.length}`,
    `repeats on the wire         ${Object.entries(report.repeats)
      .map(([many, times]) => `${many}: ${times} deaths`)
      .join(', ')} (lanes: ${report.lanes})`,
    `targets not reached         ${escaped.length}`,
    ...escaped.map((name) => `  ${name}`),
    ...wrong.map(({ name, wrongs }) => `  WRONG ${name}: ${wrongs}`),
    ...overLimit.map((name) => `  OVER ${name}`),
    `never met                   ${unmet.length}`,
    ...[...whys].map(([why, times]) => `  ${String(times).padStart(4)}  ${why}`),
    ...unexcused.map(({ name }) => `  UNEXCUSED ${name}`),
  ].join('\n')
}

function howMany(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
