/** Tells one story to its end: every step, then the world heals and everything has to arrive. */
import assert from 'node:assert/strict'
import { eventId } from '../../agent/outbox.ts'
import { drives, top, truths } from './documents.ts'
import type { Story } from './steps.ts'
import { World } from './world.ts'

/** Every pause between two attempts is over by then. */
const longEnoughMs = 2 * 3_600_000 + 1
/** Rounds after which everything must have arrived. */
const rounds = 12

/** Rejects with `AssertionError` for the first broken promise; resolves with how often each thing was met. */
export async function tell(story: Story): Promise<ReadonlyMap<string, number>> {
  await using world = new World(story)
  await world.begin()
  for (const step of story.steps) await world.take(step)
  await heal(world)
  await drain(world)
  demandParkedOnlyWhatMust(world, false)
  world.replay({ state: 'parked' })
  await world.settle()
  await drain(world)
  demandParkedOnlyWhatMust(world, true)
  demandLedger(world)
  return world.met
}

async function heal(world: World): Promise<void> {
  world.rig.disk.arm(null)
  await world.take({ op: 'space' })
  await world.take({ op: 'up' })
  for (const [drive] of drives.entries()) {
    await world.take({ op: 'poll', drive, most: top })
    for (let n = 1; n <= top; n++) await world.take({ op: 'read', drive, n, how: 'whole' })
  }
}

async function drain(world: World): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    while (world.rig.site.held.length > 0) await world.answerAll('booked', 1)
    await world.take({ op: 'clock', ms: longEnoughMs })
    if (world.rig.site.held.length === 0 && world.rig.countsOf().waiting === 0) return
  }
  assert.fail(`${world.rig.countsOf().waiting} documents wait for ever`)
}

/** What was parked stays parked until a person asks; then only what cannot be read may be left. */
function demandParkedOnlyWhatMust({ expected }: World, asked: boolean): void {
  for (const [id, { state, truth }] of expected.rows) {
    const may =
      truth.fate === 'park' ? ['parked'] : asked ? ['accepted', 'none'] : ['accepted', 'none', 'parked']
    assert.ok(may.includes(state), `${id} ended ${state}`)
  }
}

/** The receiver has everything that is owed, nothing else, and the stock that follows from it. */
function demandLedger({ rig: { site } }: World): void {
  const owed = truths.filter(({ fate }) => fate === 'send')
  const keys = owed.map(({ drive, number }) => eventId({ storage: drive.storage, number }))
  assert.deepEqual([...site.ledger.entries.keys()].sort(), keys.sort(), 'what the receiver has')
  let stock = 0n
  for (const { drive, number, moves } of owed)
    if (site.ledger.entries.get(eventId({ storage: drive.storage, number }))?.state === 'booked')
      stock += moves
  assert.equal(site.ledger.stockOf('Хлеб'), stock, 'stock')
}
