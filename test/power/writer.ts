/**
 * Keeps, delivers and begins drives on an outbox as the daemon does, and announces each fact on standard output once
 * the call has returned. `NORMAL` is the control: the same work on the same database, without a sync for each commit.
 *
 *   node dist/test/power/writer.js STATEDIR FULL|NORMAL SEED STEPS
 */
import { writeSync } from 'node:fs'
import { openInstallation, outboxPath } from '../../agent/installation.ts'
import type { Outbox } from '../../agent/outbox.ts'
import { beginDrive } from '../../agent/startfile.ts'
import { openDatabase } from '../../agent/store/database.ts'
import { SqliteOutbox } from '../../agent/store/sqlite.ts'
import { Chance } from '../fakes/register/chance.ts'
import { driveOf, type Fact, machineId, now, receiptOf } from './facts.ts'

const none: ReadonlySet<string> = new Set()

function announce(fact: Fact): void {
  writeSync(1, `${JSON.stringify({ ...fact, at: now() })}\n`)
}

class Writer {
  readonly #stateDir: string
  readonly #isControl: boolean
  readonly #chance: Chance
  #outbox: Outbox
  #drive = -1
  #number = 0
  #audits = 0

  constructor(stateDir: string, isControl: boolean, seed: number) {
    this.#stateDir = stateDir
    this.#isControl = isControl
    this.#chance = new Chance(seed)
    this.#outbox = this.#open()
    this.#begin()
  }

  step(): void {
    const drawn = this.#chance.next()
    if (drawn < 0.55) this.#keep(1)
    else if (drawn < 0.92) this.#deliver()
    else if (drawn < 0.95) this.#keep(5)
    else if (drawn < 0.97) this.#audit()
    else if (drawn < 0.985) this.#begin()
    else if (drawn < 0.995) this.#outbox.tidy()
    else this.#reopen()
  }

  #open(): Outbox {
    const { outbox, instance } = openInstallation(this.#stateDir, machineId, Date.now())
    announce({ kind: 'installed', id: instance.split('.')[0] ?? '' })
    if (!this.#isControl) return outbox
    outbox[Symbol.dispose]()
    const database = openDatabase(outboxPath(this.#stateDir))
    database.pragma('synchronous = NORMAL')
    return new SqliteOutbox(database, () => {})
  }

  #reopen(): void {
    this.#outbox[Symbol.dispose]()
    this.#outbox = this.#open()
  }

  #begin(): void {
    const drive = driveOf(++this.#drive)
    this.#number = 0
    beginDrive(this.#stateDir, this.#outbox, drive)
    announce({ kind: 'began', storage: drive.storage, number: drive.first })
  }

  #keep(count: number): void {
    const { storage } = driveOf(this.#drive)
    const documents = Array.from({ length: count }, () => receiptOf(storage, ++this.#number))
    if (documents.length > 1) this.#outbox.keepDocuments(documents, Date.now())
    for (const document of documents) {
      if (documents.length === 1) this.#outbox.keepDocument(document, Date.now())
      announce({ kind: 'kept', storage, number: document.number })
    }
  }

  /** Of ten sales eight are accepted, one is parked, and one is to be tried again. */
  #deliver(): void {
    const [due] = this.#outbox.takeDue(Date.now(), 1, none, none)
    if (due === undefined) return
    const { storage, number } = due
    const outcome = this.#chance.pick(['accepted', 'accepted', 'accepted', 'accepted', 'park', 'retry'])
    const settled = outcome === 'accepted'
    const dueAt = outcome === 'retry' ? Date.now() + 1000 : null
    this.#outbox.settle(due, { outcome, why: null, settled, dueAt, answer: '{"state":"booked"}' }, Date.now())
    if (dueAt === null) announce({ kind: 'settled', storage, number, outcome })
  }

  #audit(): void {
    const row = { who: 'root', action: 'replay', reason: 'power test', detail: '' }
    this.#outbox.audit({ ...row, at: Date.now() })
    announce({ kind: 'audited', count: ++this.#audits })
  }
}

const [stateDir = '', synchronous, seed, steps] = process.argv.slice(2)
const writer = new Writer(stateDir, synchronous === 'NORMAL', Number(seed))
for (let done = 0; done < Number(steps); done++) writer.step()
