/** The bench and the expectation side by side: each step is done to both, and then they are compared. */
import assert from 'node:assert/strict'
import { defaultRules } from '../../agent/fiscal/stock.ts'
import { newDocument } from '../../agent/follow.ts'
import { ageDocuments } from '../../agent/housekeeping.ts'
import { eventId, type NewDocument, type Selection } from '../../agent/outbox.ts'
import { DocumentConflict, StoreError } from '../../agent/store/faults.ts'
import { carryOutImport, sourceOf } from '../../agent/transfer/carryout.ts'
import { asInFile } from '../../agent/transfer/place.ts'
import { exportPiece } from '../../agent/transfer.ts'
import { type AnswerName, answers, type Effect } from './answers.ts'
import { chance } from './chance.ts'
import { compare } from './compare.ts'
import { type Drive, readAs, sendsAll, type Till, type Truth, top, truthAt } from './documents.ts'
import { Expected, type Row } from './expected.ts'
import { Crashed } from './faults.ts'
import { Rig } from './rig.ts'
import { driveAt, effectOf, isFinished, isSelected, rank, resultOf, retryAfterOf, tillOf } from './rules.ts'
import type { Held } from './site.ts'
import type { Step, Story } from './steps.ts'

const dayMs = 86_400_000
const forever = new AbortController().signal

export class World implements AsyncDisposable {
  readonly rig: Rig
  readonly expected: Expected
  readonly met = new Map<string, number>()
  /** Sent again although the receiver had it, and how often that may be. */
  repeats = 0
  allowance = 0
  /** Refused before the process was killed: its breaker is gone with it. */
  readonly bygone: string[] = []
  #backup: readonly string[] = []

  constructor({ lanes, seed }: Pick<Story, 'lanes' | 'seed'>) {
    this.rig = new Rig(lanes, chance(seed))
    this.expected = new Expected(lanes)
  }

  async begin(): Promise<void> {
    await this.rig.site.up()
    this.rig.begin()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]()
  }

  count(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1)
  }

  /** Does one step, lets everything come to rest and compares. */
  async take(step: Step): Promise<void> {
    await this.#do(step)
    await this.settle()
  }

  /** Lets everything come to rest, a crash included, and compares. */
  async settle(): Promise<void> {
    await this.rig.quiet()
    this.#noteFailures()
    this.#noteArrivals()
    if (this.rig.dead) {
      this.count('crash at a write')
      await this.#restart('killed', 0b0101)
      await this.rig.quiet()
      this.#noteFailures()
      this.#noteArrivals()
    }
    compare(this)
  }

  async #do(step: Step): Promise<void> {
    const { rig } = this
    switch (step.op) {
      case 'read':
        return this.#read(truthAt(driveAt(step.drive), step.n), step.how)
      case 'poll':
        return this.poll(driveAt(step.drive), step.most)
      case 'answer':
        return this.#answerOne(step.which, step.as, step.seconds)
      case 'answerAll':
        return await this.answerAll(step.as, step.seconds)
      case 'down':
        return await this.#down()
      case 'up':
        if (!rig.site.isUp) await rig.site.up()
        return
      case 'crash':
      case 'stop':
        this.count(`${step.op} with ${rig.site.held.length > 0 ? 'some' : 'nothing'} under way`)
        return await this.#restart(step.op === 'crash' ? 'killed' : 'stopped', step.books)
      case 'arm':
        rig.disk.arm(step.fault)
        return
      case 'clock':
        this.count(step.ms > 0 ? 'clock ahead' : 'clock back')
        rig.now += step.ms
        return
      case 'full':
      case 'space':
        return rig.setFull(step.op === 'full')
      case 'replay':
        return this.replay(step.selection)
      case 'age':
        return await this.#age(step.keepDays)
      default:
        return await this.#transfer(step.op)
    }
  }

  /** As `follow.ts` does it: the numbers that have no row, each read whole. */
  poll(drive: Drive, most: number): void {
    const missing: number[] = []
    for (const n of this.rig.outbox.missingNumbers(drive.storage, top)) {
      missing.push(n)
      if (missing.length === most) break
    }
    for (const n of missing) if (!this.rig.dead) this.#read(truthAt(drive, n), 'whole')
  }

  #read(truth: Truth, how: 'whole' | 'summary' | 'absent' | 'forged'): void {
    const { rig, expected } = this
    const key = eventId({ storage: truth.drive.storage, number: truth.number })
    const there = expected.rows.get(key)
    if (how === 'forged' && (there === undefined || there.holds === 'absent')) return
    const before = rig.failed.length
    const wanted = resultOf(there, how)
    this.count(`read ${how}: ${wanted}`)
    try {
      const result = rig.outbox.keepDocument(this.#newDocument(truth, how), rig.now)
      assert.equal(result, wanted, key)
    } catch (error) {
      if (wanted === 'conflict' && error instanceof DocumentConflict) return
      this.#forgive(error)
      if (!rig.failed.slice(before).some(({ after }) => after)) return
    }
    if (how !== 'forged') this.#kept(key, truth, how, there)
  }

  #newDocument(truth: Truth, how: 'whole' | 'summary' | 'absent' | 'forged'): NewDocument {
    const { till, storage } = truth.drive
    const { outbox } = this.rig
    if (how === 'absent')
      return {
        ...{ storage, number: truth.number, register: till, type: null, format: 'absent' },
        ...{ bytes: null, summary: null, source: 'register', owed: false },
      }
    const config = { name: till, bitrix: { sendAll: sendsAll[till] } }
    return newDocument({ config, outbox, allowDebugDrive: false }, readAs(truth, how))
  }

  #kept(key: string, truth: Truth, how: 'whole' | 'summary' | 'absent', there: Row | undefined): void {
    const { now } = this.rig
    if (there !== undefined && rank[how] <= rank[there.holds]) return
    const owed = how === 'whole' && truth.fate !== 'nothing'
    this.expected.rows.set(key, {
      ...{ truth, holds: how, bytes: 'plain', state: owed ? 'waiting' : 'none', readAt: now },
      ...{ dueAt: now, dueUntil: now, settledAt: 0, attempts: 0, outcome: null, replay: false },
    })
  }

  #answerOne(which: number, as: AnswerName, seconds: number): void {
    const { held } = this.rig.site
    const one = held[which % Math.max(1, held.length)]
    if (one !== undefined) this.#answer(one, as, seconds)
  }

  /** Everything that waits now, one after the other. */
  async answerAll(as: AnswerName, seconds: number): Promise<void> {
    for (const held of [...this.rig.site.held]) {
      if (!this.rig.site.held.includes(held)) continue
      this.#answer(held, as, seconds)
      await this.settle()
    }
  }

  #pending: { held: Held; effect: Effect; as: AnswerName; notBefore: number | null } | null = null

  #answer(held: Held, as: AnswerName, seconds: number): void {
    const { rig } = this
    const answer = answers[as]
    const isTest = held.id.startsWith('TEST-')
    this.count(`answer ${as}${isTest ? ' to a test' : ''}`)
    const at = rig.now + seconds * 1000
    const state = rig.site.answer(held, answer, at)
    const going = this.expected.underWay.get(held.id)
    const isCut = answer.how === 'reset'
    // Whoever gets no acknowledgement sends once more.
    if (!isTest && answer.how !== 'verdict') this.allowance++
    if (isCut && held.reused && going !== undefined && !this.#resent.has(held)) {
      // A kept connection that breaks before any answer is tried once more at once.
      this.count('sent again over a new connection')
      going.resent = true
      return
    }
    const limited = retryAfterOf(answer.how, at, rig.now)
    const effect = answer.how === 'verdict' ? effectOf(state) : answer.effect
    this.#pending = { held, effect, as, notBefore: limited }
  }

  /** Requests that are the second of one attempt. */
  readonly #resent = new Set<Held>()

  /** What was under way when the receiver went down. */
  readonly #cut = new Set<string>()

  async #down(): Promise<void> {
    const { rig, expected } = this
    if (!rig.site.isUp) return
    this.count(`down with ${rig.site.held.length > 0 ? 'some' : 'nothing'} under way`)
    const cut = rig.site.held.map(({ id }) => id)
    await rig.site.down()
    await rig.quiet()
    this.allowance += cut.length
    for (const id of cut) this.#cut.add(id)
    for (const id of cut) {
      const settled = this.#wasSettled(id)
      const till = expected.underWay.get(id)?.till
      expected.answered(id, 'retry', 'ailing', { status: false, notBefore: null, settled }, rig.now)
      if (id.startsWith('TEST-')) this.#forgetTest(till)
    }
  }

  async #restart(how: 'stopped' | 'killed', books: number): Promise<void> {
    const { rig, expected } = this
    await rig.end(how)
    this.#noteFailures()
    this.allowance += rig.site.held.length
    let bit = 0
    rig.site.forsake(({ id }) => !id.startsWith('TEST-') && ((books >> bit++) & 1) === 1)
    rig.site.arrived.splice(0)
    expected.forget()
    this.#resent.clear()
    rig.testsFailed.splice(0)
    rig.begin()
  }

  replay(selection: Selection): void {
    const { rig, expected } = this
    const rows = [...expected.rows.values()].filter((row) => isSelected(row, selection))
    const before = rig.failed.length
    const audit = { at: rig.now, who: 'anna', action: 'replay', reason: 'model', detail: '' }
    try {
      assert.equal(rig.outbox.replayable(selection).count, rows.length)
      assert.equal(rig.outbox.replay(selection, audit), rows.length)
    } catch (error) {
      this.#forgive(error)
      if (!rig.failed.slice(before).some(({ after }) => after)) return
    }
    this.count(`replay of ${rows.length > 0 ? 'some' : 'nothing'}`)
    for (const row of rows) {
      this.allowance++
      Object.assign(row, { state: 'waiting', dueAt: rig.now, dueUntil: rig.now, attempts: 0, replay: true })
    }
  }

  async #age(keepDays: number): Promise<void> {
    const { rig, expected } = this
    const before = rig.failed.length
    try {
      await ageDocuments(rig.outbox, keepDays, rig.now, forever)
    } catch (error) {
      this.#forgive(error)
    }
    // All of one kind are one commit here, the emptying first.
    const failed = rig.failed.slice(before)
    const done = (verb: string) => !failed.some((one) => one.verb === verb && !one.after)
    const emptied = done('emptyOlder')
    const masked = emptied && done('maskOlder') && !failed.some(({ verb }) => verb === 'emptyOlder')
    for (const row of expected.rows.values()) {
      if (emptied && row.bytes !== 'empty' && isFinished(row, rig.now - keepDays * dayMs)) row.bytes = 'empty'
      if (masked && row.bytes === 'plain' && isFinished(row, rig.now - 45 * dayMs)) {
        row.bytes = 'masked'
        this.count('masked')
      }
      if (row.bytes === 'empty') this.count('empty')
    }
  }

  async #transfer(op: 'move' | 'export' | 'import'): Promise<void> {
    const { rig, expected } = this
    this.count(op)
    if (op === 'import') return await this.#import(this.#backup, 'known')
    this.#backup = this.#export()
    if (op === 'export') return
    await this.#restart('stopped', 0)
    await rig.quiet()
    this.#backup = this.#export()
    await rig.end('stopped')
    rig.site.forsake(() => false)
    rig.site.arrived.splice(0)
    expected.forget()
    rig.moveHouse()
    rig.begin()
    await this.#import(this.#backup, 'kept')
    for (const row of expected.rows.values())
      if (row.state === 'waiting') Object.assign(row, { dueAt: rig.now, dueUntil: rig.now })
  }

  #export(): string[] {
    const lines: string[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const piece = exportPiece(this.rig.outbox, {}, after, 5)
      lines.push(...piece.lines)
      after = piece.after
    }
    return lines
  }

  async #import(lines: readonly string[], wanted: 'kept' | 'known'): Promise<void> {
    if (lines.length === 0) return
    const { rig } = this
    rig.disk.arm(null)
    rig.setFull(false)
    const facts = {
      ...{ register: asInFile, storages: rig.outbox.storages(), now: rig.now },
      rules: defaultRules,
    }
    const [sources, order] = [[sourceOf(lines.join('\n'))], { dryRun: false, now: rig.now }]
    const report = await carryOutImport(sources, rig.outbox, facts, order, forever)
    // All but its head and its foot.
    assert.equal(report[wanted], lines.length - 2)
    assert.deepEqual(report.conflicts, [])
  }

  /** A failed test that is accounted for. */
  #forgetTest(till: Till | undefined): void {
    const { testsFailed } = this.rig
    const at = till === undefined ? -1 : testsFailed.indexOf(till)
    if (at >= 0) testsFailed.splice(at, 1)
  }

  /** What an answer meant is written, unless the disk or the process failed just then; a test has no row. */
  #wasSettled(id: string): boolean {
    const { settled, failed, dead } = this.rig
    const isWritten = settled.includes(id)
    const isExcused = dead || id.startsWith('TEST-') || failed.some(({ key }) => key === id)
    assert.ok(isWritten || isExcused, `nothing was written about ${id}`)
    return isWritten
  }

  #noteFailures(): void {
    const { rig, expected } = this
    if (this.#pending !== null) {
      const { held, effect, as, notBefore } = this.#pending
      this.#pending = null
      const answer = answers[as]
      const status = answer.how !== 'reset' && answer.how !== 'half'
      const settled = this.#wasSettled(held.id)
      expected.answered(held.id, effect, answer.health, { status, notBefore, settled }, rig.now)
      if (held.id.startsWith('TEST-') && effect !== 'ignored') this.#forgetTest(tillOf(held))
      if (!settled) this.allowance++
    }
    const failed = rig.dead || rig.failed.some(({ verb }) => verb === 'settle')
    for (const row of expected.blamed.splice(0)) {
      const id = eventId({ storage: row.truth.drive.storage, number: row.truth.number })
      // The first that cannot be written leaves those behind it as they are.
      const settled = failed ? rig.settled.includes(id) : this.#wasSettled(id)
      if (settled) expected.settle(row, 'park', null, rig.now)
    }
    for (const { verb, error, key, after } of rig.failed.splice(0)) {
      if (verb === 'settle' && !after && this.#wasRefused(key))
        expected.failed(null, expected.openings, rig.now)
      this.count(`${verb}: ${error instanceof StoreError ? error.fault : 'crash'} ${this.#pointOf(error)}`)
      if (verb === 'settle') expected.restUntil = rig.now + 5_000
    }
    for (const id of rig.settled.splice(0)) if (rig.dead && this.#wasRefused(id)) this.bygone.push(id)
    this.#cut.clear()
  }

  /** An attempt at a receiver that is down, of which no row tells because it could not be written. */
  #wasRefused(key: string | null): boolean {
    if (key === null || this.rig.site.isUp || this.#cut.has(key)) return false
    return this.expected.rows.get(key)?.truth.fate === 'send'
  }

  #pointOf(error: unknown): string {
    const isReal = error instanceof StoreError && !String(error.message).includes('as told')
    return isReal ? 'for real' : (this.rig.disk.struck?.point ?? '')
  }

  #noteArrivals(): void {
    const { rig, expected } = this
    for (const held of rig.site.arrived.splice(0)) {
      const till = tillOf(held)
      if (expected.underWay.get(held.id)?.resent === true) this.#resent.add(held)
      expected.arrive(held.id, held.body, till, held.replay, rig.now)
      if (held.known) this.repeats++
    }
    assert.deepEqual(rig.site.forged, [], 'a request that the receiver cannot believe')
  }

  /** A disk that fails is the world; anything else is a finding. */
  #forgive(error: unknown): void {
    if (!(error instanceof StoreError) && !(error instanceof Crashed)) throw error
  }
}
