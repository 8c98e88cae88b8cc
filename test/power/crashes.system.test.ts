/**
 * Every write of the real outbox is recorded, and the disk is rebuilt as a power cut at each point may leave it:
 * harsher than a disk that is really cut, and the same at every run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Chance } from '../fakes/register/chance.ts'
import { CrashDisk, type Fate, fates } from './crashes.ts'
import { wrongsOf } from './facts.ts'
import { type Step, traced } from './trace.ts'

const program = fileURLToPath(new URL('../../dist/test/power/writer.js', import.meta.url))
let folder = ''
let steps: Step[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-crashes-'))
  const state = join(folder, 'state')
  steps = traced(state, [program, state, 'FULL', '11', '60'], join(folder, 'trace'))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** Opens what a cut behind each of the `points` leaves; gives back what was wrong, in words. */
async function wrongsAt(points: ReadonlyMap<number, Fate>, disk: CrashDisk): Promise<string[]> {
  const chance = new Chance(5)
  const wrong: string[] = []
  for (const [i, step] of steps.entries()) {
    disk.apply(step)
    const fate = points.get(i)
    if (fate === undefined) continue
    const left = mkdtempSync(join(folder, 'left-'))
    disk.leave(left, fate, chance)
    const found = await wrongsOf(left, disk.facts).catch((reason: unknown) => [`cannot be opened: ${reason}`])
    wrong.push(...found.map((said) => `step ${i} of ${steps.length}, ${fate}: ${said}`))
    rmSync(left, { recursive: true })
  }
  return wrong
}

/**
 * Nothing but what was synced at every announcement and before every new file; each other fate at as many places
 * anywhere.
 */
function everywhere(each: number): Map<number, Fate> {
  const chance = new Chance(7)
  const points = new Map<number, Fate>()
  for (const fate of fates.slice(1))
    for (let n = 0; n < each; n++) points.set(chance.whole(steps.length), fate)
  for (const [i, { kind }] of steps.entries())
    if (kind === 'announce' || steps[i + 1]?.kind === 'create') points.set(i, 'none')
  return points
}

const announcements = () => new Map([...everywhere(0)].filter((_, i) => i % 8 === 7).slice(0, 8))

test('the trace holds every kind of step', () => {
  const kinds = new Set(steps.map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual(
    ['announce', 'create', 'rename', 'sync', 'syncFolder', 'truncate', 'unlink', 'write'].sort(),
  )
})

test('whatever a power cut leaves of what was not synced, nothing announced is lost', async () => {
  const points = everywhere(15)
  expect(await wrongsAt(points, new CrashDisk())).toEqual([])
  console.log(`${points.size} disks after a power cut, of ${steps.length} steps: nothing lost`)
})

test.each([
  ['the write-ahead log', /-wal$/, 'lost: {"kind":"kept"'],
  ['small files', /\.new$/, 'lost: {"kind":"installed"'],
])('the control whose syncs of %s do nothing loses some', async (_what, files, loss) => {
  const wrong = await wrongsAt(announcements(), new CrashDisk(files))
  expect(wrong.filter((said) => said.includes(loss))).not.toEqual([])
})
