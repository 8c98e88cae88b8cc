/**
 * The short form of `npm run kill`: the agent dies at every durable step that an ordinary day meets and at a sample of
 * all other points. Another sample by `SEED=…`. And the proof that the matrix can fail: planted faults are seen.
 */
import { describe, test } from 'vitest'
import { isRight, type Wrongs } from './account.ts'
import { House } from './house.ts'
import { carryOut, census, type Met, sentences } from './matrix.ts'
import { type PlantName, plants } from './plants.ts'
import { type Scene, scenes } from './scenes.ts'
import { growTree, type Point, type Tree } from './tree.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000)
console.log(`kill matrix with SEED=${seed}`)

const ordinary = new Set(['day', 'refused by the site', 'first start'])
const sampled = 8

/** Every durable step, and so many of the others, evenly spread. */
function chosen(points: readonly Point[], found: readonly Met[]) {
  const all = sentences(points, found, true)
  const others = all.filter(({ point }) => !point.durable)
  const step = Math.max(1, Math.floor(others.length / sampled))
  return [
    ...all.filter(({ point }) => point.durable),
    ...others.filter((_, i) => i % step === seed % step).slice(0, sampled),
  ]
}

// A hundred deaths: a minute or two, and several on a machine that has ten other things to do.
const timeout = 900_000

test('killed at every durable step and at a sample of the other points, it loses nothing and books nothing twice', {
  timeout,
}, async ({ expect }) => {
  const tree = growTree('short')
  // Two cores; every shop waits now and then.
  const options = { tree, side: 3 }
  const found = await census({
    ...options,
    scenes: (scene, line) => line === 'tcp' && ordinary.has(scene.name),
  })
  const all = chosen(tree.points, found)
  const deaths = await carryOut(options, all)
  const wrong = deaths.filter(({ run }) => !isRight(run.wrongs))
  expect(wrong.map(({ point, run }) => `${point.name}: ${JSON.stringify(run.wrongs)}`)).toEqual([])
  // A meeting is a matter of chance where two tasks race; the durable steps are not.
  const missed = deaths.filter(({ run }) => !run.died).map(({ point }) => point)
  expect(missed.filter(({ durable }) => durable).map(({ name }) => name)).toEqual([])
  expect(deaths).toHaveLength(all.length)
  expect(missed.length).toBeLessThan(all.length * 0.1)
})

/** Where the agent has to die for the fault to show, and what the account then says. */
const shows: Readonly<
  Record<PlantName, { readonly at: RegExp; readonly meeting: number; readonly as: keyof Wrongs }>
> = {
  settledBeforeSent: {
    at: /^agent\/dispatch\.ts:\d+ before await destination\.webhook/,
    meeting: 1,
    as: 'lost',
  },
  numberedBeforeKept: {
    at: /^agent\/follow\.ts:\d+ before await readUnlessAbsent/,
    meeting: 1,
    as: 'unkept',
  },
  keyForgotten: {
    at: /^agent\/dispatch\.ts:\d+ after await destination\.webhook/,
    meeting: 1,
    as: 'misbooked',
  },
  leftHalfRead: { at: /documentstream\.ts:\d+ after await nextOrDrained/, meeting: 2, as: 'undrained' },
}

/** What a planted fault leaves undone is never done: it is not waited for as long as a busy machine may take. */
const plantedMs = 20_000

async function dieIn(
  tree: Tree,
  at: RegExp,
  meeting: number,
  patienceMs?: number,
): Promise<{ died: boolean; wrongs: Wrongs }> {
  const [point] = tree.points.filter(({ name }) => at.test(name))
  const [scene]: readonly (Scene | undefined)[] = scenes.filter(({ name }) => name === 'day')
  if (point === undefined || scene === undefined) throw new Error(`no point ${at}`)
  await using house = await House.open('tcp', tree.program, patienceMs)
  return await house.play(scene, { point: point.number, meeting })
}

describe.concurrent('the account is not blind', () => {
  test.for(Object.entries(plants))('it sees: %s', async ([name, plant], { expect }) => {
    const { at, meeting, as } = shows[name as PlantName]
    const { died, wrongs } = await dieIn(growTree(name, [plant]), at, meeting, plantedMs)
    expect(died).toBe(true)
    expect(wrongs[as]).toBeGreaterThan(0)
  })

  test('it sees nothing at the same places of the sound agent', async ({ expect }) => {
    const tree = growTree('sound-places')
    for (const { at, meeting } of Object.values(shows)) {
      const { died, wrongs } = await dieIn(tree, at, meeting)
      expect(died).toBe(true)
      expect(isRight(wrongs)).toBe(true)
    }
  })
})
