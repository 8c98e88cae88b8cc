/**
 * The matrix: a census plays every scene once and counts which points it meets; then the agent dies at every point
 * that is met, at the first meeting and at a later one, and after each death everything is counted.
 */
import { isRight } from './account.ts'
import { House, type Line, type Run } from './house.ts'
import { type Scene, scenes } from './scenes.ts'
import type { Point, Tree } from './tree.ts'

/** One death to die. */
export interface Sentence {
  readonly point: Point
  readonly meeting: number
  readonly line: Line
  readonly scene: Scene
}

export interface Death extends Sentence {
  readonly run: Run
}

/** How often each point was met in one scene. */
export interface Met {
  readonly line: Line
  readonly scene: Scene
  readonly meetings: readonly number[]
}

export interface MatrixOptions {
  readonly tree: Tree
  /** Shops side by side. */
  readonly side: number
  readonly scenes?: (scene: Scene, line: Line) => boolean
  /** True once nothing more is to be begun; absent = everything is carried out. */
  readonly enough?: () => boolean
  /** Told of every scene of the census. */
  readonly played?: (met: Met) => void
  /** Told of every death. */
  readonly died?: (death: Death) => void
}

/** Deaths in one shop before a new one is opened: its register must stay small. */
const mostDeaths = { usual: 20, anew: 8 }

/** Plays every scene once without any death. Throws when the account is wrong even then. */
export async function census(options: MatrixOptions): Promise<Met[]> {
  const { tree, side, scenes: chosen = () => true } = options
  const plays = (['tcp', 'tcp-v2', 'pty'] as const).flatMap((line) =>
    scenes
      .filter((scene) => (line === 'tcp' || scene.everyLine) && chosen(scene, line))
      .map((scene) => ({ line, scene })),
  )
  const found: Met[] = []
  await sideBySide(side, plays, async ({ line, scene }) => {
    await using house = await House.open(line, tree.program)
    const { wrongs, meetings } = await house.play(scene, null)
    if (!isRight(wrongs)) throw new Error(`${scene.name} (${line}), nobody killed: ${JSON.stringify(wrongs)}`)
    const met = { line, scene, meetings }
    found.push(met)
    options.played?.(met)
  })
  return found
}

/**
 * For each point that is met: its first meeting, and one in the middle of the scene that meets it most. The durable
 * steps come first.
 */
export function sentences(points: readonly Point[], found: readonly Met[], onlyFirst = false): Sentence[] {
  const durableFirst = [...points].sort((a, b) => Number(b.durable) - Number(a.durable))
  return durableFirst.flatMap((point) => {
    const meets = found
      .map((met) => ({ ...met, count: met.meetings[point.number] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => costOf(a.scene) - costOf(b.scene) || b.count - a.count)
    const [first] = meets
    const most = [...meets].sort((a, b) => b.count - a.count)[0]
    if (first === undefined || most === undefined) return []
    const of = ({ line, scene }: Met, meeting: number): Sentence => ({ point, meeting, line, scene })
    if (onlyFirst || most.count === 1) return [of(first, 1)]
    return [of(first, 1), of(most, Math.max(2, Math.ceil(most.count / 2)))]
  })
}

/** A death from the first step on needs two starts; one that reads all anew lasts. */
function costOf(scene: Scene): number {
  return (scene.agent === 'dead' ? 1 : 0) + (scene.anew ? 2 : 0)
}

/** A point that a scene does not reach, because two tasks met otherwise this time, is waited for so often. */
const mostPlays = 4

/** Carries them out. A point that was not reached is tried again at its first meeting. */
export async function carryOut(options: MatrixOptions, all: readonly Sentence[]): Promise<Death[]> {
  const deaths: Death[] = []
  await sideBySide(options.side, inGroups(all), async (group) => {
    let house: House | null = null
    try {
      for (const sentence of group) {
        if (options.enough?.() === true) break
        house ??= await House.open(sentence.line, options.tree.program)
        const death = await die(house, sentence)
        deaths.push(death)
        options.died?.(death)
        if (isRight(death.run.wrongs)) continue
        await house[Symbol.asyncDispose]()
        house = null
      }
    } finally {
      await house?.[Symbol.asyncDispose]()
    }
  })
  return deaths
}

async function die(house: House, sentence: Sentence): Promise<Death> {
  for (let { meeting } = sentence, plays = 1; ; meeting = 1, plays++) {
    const run = await house.play(sentence.scene, { point: sentence.point.number, meeting })
    if (run.died || !isRight(run.wrongs) || plays === mostPlays) return { ...sentence, meeting, run }
  }
}

/** Of one scene on one line, no more in a group than a shop may see. */
function inGroups(all: readonly Sentence[]): Sentence[][] {
  const groups = new Map<string, Sentence[]>()
  const sizes = new Map<string, number>()
  for (const sentence of all) {
    const { line, scene } = sentence
    const kind = `${line} ${scene.name}`
    const place = sizes.get(kind) ?? 0
    sizes.set(kind, place + 1)
    const key = `${kind} ${Math.floor(place / (scene.anew ? mostDeaths.anew : mostDeaths.usual))}`
    groups.set(key, [...(groups.get(key) ?? []), sentence])
  }
  return [...groups.values()]
}

/** The first failure ends all, after what is under way. */
async function sideBySide<Work>(
  side: number,
  works: readonly Work[],
  act: (work: Work) => Promise<void>,
): Promise<void> {
  const left = [...works]
  const failures: unknown[] = []
  const worker = async () => {
    for (let work = left.shift(); work !== undefined && failures.length === 0; work = left.shift())
      await act(work)
  }
  await Promise.all(
    Array.from({ length: side }, () => worker().catch((error: unknown) => failures.push(error))),
  )
  if (failures.length > 0) throw failures[0]
}
