/**
 * One register's life: open its line, connect, follow its documents, lose it, open again, until the signal.
 *
 * A fault of the world is retried for ever with growing pauses; a register or a drive that is not the expected
 * one (`Halted`) is shown red and looked at again slowly, for a person may plug the right one back in.
 */
import {
  type Driver,
  type Fault,
  type Line,
  pause,
  type Register,
  RegisterError,
  withDeadline,
} from '../drivers/index.ts'
import { type Admitting, admit, Halted } from './admit.ts'
import { pauseAfter } from './backoff.ts'
import { followDocuments } from './follow.ts'
import { LetGo, type Respite } from './respite.ts'
import { StoreError } from './store/faults.ts'
import { text } from './text.ts'
import { see, tell } from './view.ts'

/** What a watcher needs of the world. */
export interface Watching extends Admitting {
  readonly driver: Driver
  readonly openLine: (address: string, signal: AbortSignal) => Promise<Line>
  /** A person may want the port for a while. */
  readonly respite: Respite
}

/** The longest pause between two tries to reach a register. */
const longestPauseMs = 30_000
/** After a refusal that a person must mend, a wrong password above all: it is not to be tried in a tight loop. */
const refusedPauseMs = { first: 60_000, more: 240_000 }
/** How often a register may refuse in a row to say who it is before that is shown as more than being busy. */
const refusalsInARow = 5
/** How long opening a line and finding a register on it may take in all. */
const connectLimitMs = 60_000
/** How long a person who wants the port waits for a register that is being looked for, or for its document. */
const graceMs = { connecting: 3_000, following: 60_000 }

/** Returns when the signal aborts; throws only what is our own bug. */
export async function watchRegister(watching: Watching, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    let refused = false
    watching.beat()
    if (await stayAway(watching, signal)) {
      failures = 0
      continue
    }
    const began = watching.clock()
    try {
      await visit(watching, signal)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof LetGo) continue
      // A visit that lasted was a success that ended: begin the pauses anew.
      failures = watching.clock() - began > longestPauseMs ? 1 : failures + 1
      report(watching, error, failures)
      refused = isRefusal(error)
    }
    await restAfter(watching, failures, refused, signal)
  }
}

/** Leaves the port to others for as long as a person asked for; false when nobody did. */
async function stayAway(watching: Watching, signal: AbortSignal): Promise<boolean> {
  const { respite, view, log, clock } = watching
  if (!respite.isWanted) return false
  if (view.line !== 'lost') view.lineSince = clock()
  view.line = 'lost'
  view.state = null
  view.trouble = null
  respite.grant()
  log.info({ minutes: Math.round(respite.leftMs() / 60_000) }, 'port let go of')
  for (let left = respite.leftMs(); left > 0 && !signal.aborted; left = respite.leftMs()) {
    watching.beat()
    // Aborted: the loop sees it. Of a wall clock that was put right, the view is told in between.
    await watching.wakeable(Math.min(left, longestPauseMs), signal).catch(() => undefined)
  }
  // A daemon that stops takes nothing back: the pause is kept for the next one.
  if (signal.aborted) return true
  view.line = 'connecting'
  view.lineSince = clock()
  log.info('port taken back')
  return true
}

/** One opened line, from open to loss, or until a person wants the port. */
async function visit(watching: Watching, outer: AbortSignal): Promise<void> {
  const { config, view, log } = watching
  const { asked } = watching.respite
  using leave = new Leave(asked, outer)
  const { signal } = leave
  await using line = await withDeadline(connectLimitMs, signal, (limited) =>
    watching.openLine(config.address, limited),
  )
  while (!signal.aborted) {
    leave.graceMs = graceMs.connecting
    const register = await meet(watching, line, asked, signal)
    answers(watching)
    view.identity = register.identity
    const storage = await admit(watching, register, signal)
    view.trouble = null
    log.info(
      { model: register.identity.model, serial: register.identity.serial, storage: storage.storage },
      'register connected',
    )
    leave.graceMs = graceMs.following
    await followDocuments(watching, register, storage, signal, asked)
    if (asked.aborted) return
    log.warn({ storage: storage.storage }, 'fiscal drive changed')
  }
}

/** Ends a visit that goes on for too long after the port was asked for, whatever it waits for. */
class Leave implements Disposable {
  graceMs = graceMs.connecting
  readonly #end = new AbortController()
  readonly #outer: AbortSignal
  readonly #asked: AbortSignal
  #timer: NodeJS.Timeout | undefined
  readonly #stop = () => this.#end.abort(this.#outer.reason)
  readonly #hurry = () => {
    this.#timer = setTimeout(() => this.#end.abort(this.#asked.reason), this.graceMs)
  }

  constructor(asked: AbortSignal, outer: AbortSignal) {
    this.#asked = asked
    this.#outer = outer
    asked.addEventListener('abort', this.#hurry, { once: true })
    outer.addEventListener('abort', this.#stop, { once: true })
    if (outer.aborted) this.#stop()
    else if (asked.aborted) this.#hurry()
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#asked.removeEventListener('abort', this.#hurry)
    this.#outer.removeEventListener('abort', this.#stop)
  }
}

/** Connects on an open line; while a receipt is open the register is left in peace and asked again. */
async function meet(
  watching: Watching,
  line: Line,
  asked: AbortSignal,
  signal: AbortSignal,
): Promise<Register> {
  const { driver, config, view } = watching
  for (let refusals = 0; ; ) {
    asked.throwIfAborted()
    try {
      return await withDeadline(connectLimitMs, signal, (limited) =>
        driver.connect(line, config.settings, limited),
      )
    } catch (error) {
      if (!(error instanceof RegisterError) || error.fault !== 'busy') throw error
      see(view, { kind: 'busy', text: error.text }, watching.clock())
      answers(watching)
      // With a code it is no open receipt: the register is idle and refuses a question.
      refusals = error.code === undefined ? 0 : refusals + 1
      if (refusals >= refusalsInARow) tell(view, unknown, error.text, refusingHint, watching.clock())
      else if (view.trouble?.kind === unknown) view.trouble = null
      watching.beat()
      await pause(config.pollMs, signal)
    }
  }
}

/** The kind of trouble of a register that answers and does not say who it is. */
const unknown = 'unidentified'
const refusingHint = text(
  'Касса отвечает, но не даёт узнать, кто она; пробуем дальше. Если не проходит за несколько минут, завершите на кассе начатую операцию или выключите и включите кассу.',
  'The register answers but does not let us know who it is; we keep trying. If this lasts for minutes, finish what was begun on the register, or switch it off and on.',
)

/** It speaks: what was wrong with the line is over, even if an open receipt keeps us from asking more. */
function answers({ view, clock }: Watching): void {
  if (view.line !== 'connected') view.lineSince = clock()
  view.line = 'connected'
  if (view.trouble !== null && ofTheLine.has(view.trouble.kind)) view.trouble = null
}

const ofTheLine = new Set<string>(['lost', 'silent', 'garbled'] satisfies Fault[])

/** The register itself says no, by a code of its own, and only a person can mend it: so it comes with a next step. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof RegisterError &&
    error.fault === 'refused' &&
    error.code !== undefined &&
    error.hint !== undefined
  )
}

async function restAfter(
  watching: Watching,
  failures: number,
  refused: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { config, view, respite } = watching
  if (respite.isWanted) return
  if (refused) return await restLong(watching, failures, signal)
  const halted = view.trouble?.kind === 'halted'
  const ms = halted ? longestPauseMs : pauseAfter(failures, config.pollMs, longestPauseMs, watching.random)
  try {
    await watching.wakeable(ms, signal)
  } catch {
    // Aborted: the loop above sees it.
  }
}

/** Minutes, in pieces that each end with a sign of life. */
async function restLong(watching: Watching, failures: number, signal: AbortSignal): Promise<void> {
  const { first, more } = refusedPauseMs
  const ms = first + pauseAfter(failures, first, more, watching.random)
  const goesOn = () => !signal.aborted && !watching.respite.isWanted
  for (let left = ms; left > 0 && goesOn(); left -= longestPauseMs) {
    watching.beat()
    // Aborted: the loop above sees it.
    await watching.wakeable(Math.min(left, longestPauseMs), signal).catch(() => undefined)
  }
}

/** Faults of the disk that may pass; any other ends the process, and the next start mends or says what is wrong. */
const passing = new Set<string>(['full', 'io', 'readonly', 'busy'])

/** Says once, where it is acted upon, what went wrong; an unknown error is a bug and goes on. */
function report(watching: Watching, error: unknown, attempt: number): void {
  const { view, log } = watching
  const now = watching.clock()
  if (view.line !== 'lost') view.lineSince = now
  view.line = 'lost'
  view.state = null
  if (error instanceof Halted) {
    tell(view, 'halted', error.text, error.hint, now)
    log.error({ why: error.text.en }, 'register halted')
    return
  }
  if (error instanceof StoreError && passing.has(error.fault)) {
    tell(view, 'disk', error.text, null, now)
    log.error({ fault: error.fault, why: error.message }, 'document not kept')
    return
  }
  const fault = asRegisterError(error)
  if (fault === null) throw error
  tell(view, fault.fault, fault.text, fault.hint ?? null, now)
  log.warn({ fault: fault.fault, code: fault.code, why: fault.message, attempt }, 'register lost')
}

function asRegisterError(error: unknown): RegisterError | null {
  if (error instanceof RegisterError) return error
  if (error instanceof Error && error.name === 'DeadlinePassed')
    return new RegisterError(
      'silent',
      text('касса не отвечает слишком долго', 'the register takes too long to answer'),
      {
        cause: error,
      },
    )
  return null
}
