/** A register that is followed step by step, with a clock that only waits move. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { Aside } from '../../agent/aside.ts'
import { Backlog } from '../../agent/backlog.ts'
import type { RegisterConfig } from '../../agent/config.ts'
import { type Following, followDocuments } from '../../agent/follow.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { openOutbox } from '../../agent/store/open.ts'
import { newView } from '../../agent/view.ts'
import type { Register } from '../../drivers/index.ts'
import { drive, fn } from './scripted.ts'

export interface How {
  readonly quietMs?: number
  readonly during?: (poll: number) => void
  readonly allowDebugDrive?: boolean
  readonly takeRequest?: Following['takeRequest']
  /** How often each of the first documents was tried in vain before. */
  readonly failedBefore?: number
  /** Of an earlier connection. */
  readonly aside?: Aside
}

/** An outbox that knows the drive, gone with the test, and a wall clock. */
export class Followed {
  now = 1_000_000
  readonly backlog = new Backlog()
  readonly outbox: Outbox

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'chekpost-follow-'))
    this.outbox = openOutbox(join(folder, 'outbox.db'))
    this.outbox.beginStorage(drive)
    onTestFinished(() => {
      this.outbox[Symbol.dispose]()
      rmSync(folder, { recursive: true })
    })
  }

  kept(): number[] {
    return this.outbox
      .list({ storage: fn })
      .map(({ number }) => number)
      .sort((a, b) => a - b)
  }

  /** Follows until `polls` waits have passed; every wait moves the clock. Resolves with the waits, in milliseconds. */
  async follow(
    register: Register,
    polls: number,
    how: How = {},
  ): Promise<{ waits: number[]; following: Following }> {
    const waits: number[] = []
    const stop = new AbortController()
    const following = this.#following(how, (ms) => {
      waits.push(ms)
      this.now += ms
      how.during?.(waits.length)
      if (waits.length >= polls) stop.abort()
    })
    following.aside.begin(fn)
    for (const number of [1, 2, 3])
      for (let time = 0; time < (how.failedBefore ?? 0); time++) following.aside.failed(number)
    this.now += how.failedBefore === undefined ? 0 : 3_600_000
    await followDocuments(following, register, drive, stop.signal)
    return { waits, following }
  }

  #following(how: How, waited: (ms: number) => void): Following {
    const config = { name: 'till-1', quietMs: how.quietMs ?? 0, pollMs: 2000, bitrix: { sendAll: false } }
    const [clock, random] = [() => this.now, () => 0.5]
    return {
      config: config as RegisterConfig,
      outbox: this.outbox,
      view: newView({ name: 'till-1', id: 's/till-1', driver: 'x', address: 'x' }, this.now),
      log: pino({ level: 'silent' }),
      ...{ clock, random, allowDebugDrive: how.allowDebugDrive ?? false },
      beat: () => undefined,
      nudge: () => undefined,
      wakeable: (ms) => Promise.resolve(waited(ms)),
      takeRequest: how.takeRequest ?? (() => undefined),
      backlog: this.backlog,
      aside: how.aside ?? new Aside(clock, random),
    }
  }
}
