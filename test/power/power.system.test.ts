/**
 * The power is cut at random moments while the outbox is written, on a real ext4. The control does the same work
 * with `synchronous=NORMAL` and has to lose some, or the cut is none.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Chance } from '../fakes/register/chance.ts'
import { PowerDisk } from './disk.ts'
import { type Announced, wrongsOf } from './facts.ts'

const program = fileURLToPath(new URL('../../dist/test/power/writer.js', import.meta.url))
const endless = '1000000'

/** What a series of cuts came to. */
interface Series {
  readonly announced: number
  readonly cuts: number
  /** What was wrong after the last of them. */
  readonly wrong: readonly string[]
  /** Cuts that met a write-ahead log, that is, work that was not yet in the main file. */
  readonly amidst: number
}

/** Cuts so often, or until the first loss. */
async function cutOften(synchronous: 'FULL' | 'NORMAL', cuts: number, seed: number): Promise<Series> {
  using disk = new PowerDisk()
  const stateDir = join(disk.path, 'state')
  const child = spawn(process.execPath, [program, stateDir, synchronous, String(seed), endless], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    return await cutWhile(child, disk, cuts, new Chance(seed))
  } finally {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
  }
}

async function cutWhile(child: ChildProcess, disk: PowerDisk, cuts: number, chance: Chance): Promise<Series> {
  const announced: Announced[] = []
  if (child.stdout === null) throw new Error('no standard output')
  createInterface({ input: child.stdout }).on('line', (line) => announced.push(JSON.parse(line)))
  // Everything that was announced by `at` has been read once something later has.
  const heardUntil = async (at: number) => {
    while ((announced.at(-1)?.at ?? 0) <= at) {
      if (child.exitCode !== null) throw new Error(`the writer ended with code ${child.exitCode}`)
      await sleep(5)
    }
  }
  const wrong: string[] = []
  let [amidst, known] = [0, 0]
  await heardUntil(0)
  let made = 0
  for (; made < cuts && wrong.length === 0; made++) {
    await sleep(20 + chance.whole(300))
    const cut = disk.cut()
    await heardUntil(cut.at)
    const facts = announced.filter(({ at }) => at <= cut.at)
    known = facts.length
    const found = await disk.examine(cut, (path) => {
      const log = join(path, 'state', 'outbox.db-wal')
      if (existsSync(log) && statSync(log).size > 0) amidst++
      return wrongsOf(join(path, 'state'), facts)
    })
    if (found.length > 0) wrong.push(...found.slice(0, 5), `${found.length} in all`)
  }
  return { announced: known, cuts: made, wrong, amidst }
}

test('a power cut at any moment loses nothing that was announced', async () => {
  const { announced, cuts, wrong, amidst } = await cutOften('FULL', 12, Date.now() % 1_000_000)
  expect(wrong).toEqual([])
  expect(amidst).toBeGreaterThan(cuts / 2)
  console.log(`${cuts} power cuts, ${announced} facts announced, none lost; ${amidst} met a write-ahead log`)
})

test('the control without a sync for each commit loses some', async () => {
  const { announced, cuts, wrong } = await cutOften('NORMAL', 12, Date.now() % 1_000_000)
  expect(wrong.filter((said) => said.startsWith('lost'))).not.toEqual([])
  console.log(`the control: power cut ${cuts} lost, of ${announced} facts, ${wrong.at(-1)}`)
})
