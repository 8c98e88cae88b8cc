/**
 * The time for which a person lets go of a register's port. It is wanted first, while what is under way is brought to
 * its end, and counts from the moment at which the port is free; on a clock that nobody sets, so that a wall clock put
 * back or forward makes it neither longer nor shorter. A restart of the daemon does not end it.
 */
import { shopClock } from './shoptime.ts'
import { type Text, text } from './text.ts'
import { Failure } from './usage.ts'
import type { RegisterView } from './view.ts'

/** Why a visit to a register ends that did not fail. */
export class LetGo extends Error {
  override readonly name = 'LetGo'
}

/** When a port became free and until when it is, on the clock of `Abiding`. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** What outlives the process. */
export interface Abiding {
  /** Milliseconds on a clock that only ever goes on, and that the next process has as well. */
  readonly uptime: () => number
  /** What an earlier process let go of and did not take back. */
  readonly kept: () => Span | null
  /** Null when it is over. */
  readonly keep: (span: Span | null) => void
}

/** Of a pause that ends with the process. */
const forgetful: Abiding = {
  uptime: () => performance.now(),
  kept: () => null,
  keep: () => undefined,
}

/** The clock by which people are told times. */
export interface Wall {
  /** Milliseconds. */
  readonly clock: () => number
  readonly zone: string
}

type Shown = Pick<RegisterView, 'name' | 'pausedUntil' | 'leaving'>

export class Respite {
  readonly #view: Shown
  readonly #wall: Wall
  readonly #abiding: Abiding
  /** Asked for, for so many milliseconds, and not free yet. */
  #wanted: number | null = null
  /** Free until then, on the clock that nobody sets. */
  #until: number | null = null
  #asked = new AbortController()
  readonly #waiting = new Set<() => void>()

  constructor(view: Shown, wall: Wall, abiding: Abiding = forgetful) {
    this.#view = view
    this.#wall = wall
    this.#abiding = abiding
    this.#until = abiding.kept()?.until ?? null
    if (this.leftMs() > 0) this.#asked.abort(letGo())
  }

  /** Somebody wants the port for so long. One that is free already is so for so long from now. */
  want(ms: number): void {
    if (this.leftMs() > 0) {
      this.#begin(ms)
      return
    }
    this.#wanted = ms
    this.#view.leaving = true
    this.#asked.abort(letGo())
  }

  /** Wanted or free: nobody of ours may open it. */
  get isWanted(): boolean {
    return this.#wanted !== null || this.leftMs() > 0
  }

  /** Its holder has closed it. */
  grant(): void {
    if (this.#wanted !== null) this.#begin(this.#wanted)
  }

  #begin(ms: number): void {
    const from = this.#abiding.uptime()
    this.#wanted = null
    this.#view.leaving = false
    this.#until = from + ms
    this.#abiding.keep({ from, until: this.#until })
    this.leftMs()
    this.#tellWaiting()
  }

  /** Aborts, with `LetGo`, as soon as somebody wants the port. Each time that it is taken back has a signal of its own. */
  get asked(): AbortSignal {
    return this.#asked.signal
  }

  /** False when there was none. */
  end(): boolean {
    const was = this.isWanted
    this.#wanted = null
    this.#view.leaving = false
    if (this.#until !== null) this.#abiding.keep(null)
    this.#until = null
    this.leftMs()
    this.#tellWaiting()
    return was
  }

  /** Milliseconds for which the port is still free, 0 when it is not; what the view tells is put right by the way. */
  leftMs(): number {
    const left = this.#until === null ? 0 : Math.max(0, this.#until - this.#abiding.uptime())
    if (left === 0) {
      if (this.#until !== null) this.#abiding.keep(null)
      this.#until = null
      if (this.#wanted === null && this.#asked.signal.aborted) this.#asked = new AbortController()
    }
    this.#view.pausedUntil = left === 0 ? null : Math.round(this.#wall.clock() + left)
    return left
  }

  /** Resolves, with the end by the wall's clock, when the port is free; rejects with `Failure` when it does not come to that. */
  async untilFree(limitMs: number, signal: AbortSignal): Promise<number> {
    let isLate = false
    while (this.#wanted !== null && !isLate) isLate = await this.#change(limitMs, signal)
    if (isLate) throw this.refusal()
    if (this.leftMs() > 0 && this.#view.pausedUntil !== null) return this.#view.pausedUntil
    const { name } = this.#view
    throw new Failure(text(`${name}: порт взят обратно`, `${name}: the port was taken back`))
  }

  /** True when nothing changed for so long. */
  async #change(limitMs: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    return await new Promise<boolean>((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stopped)
        this.#waiting.delete(changed)
      }
      const changed = () => {
        leave()
        resolve(false)
      }
      const stopped = () => {
        leave()
        reject(signal.reason)
      }
      const late = () => {
        leave()
        resolve(true)
      }
      const timer = setTimeout(late, limitMs)
      signal.addEventListener('abort', stopped, { once: true })
      this.#waiting.add(changed)
    })
  }

  #tellWaiting(): void {
    for (const changed of [...this.#waiting]) changed()
  }

  /** Throws `refusal()` while the port is not ours. */
  demandOver(): void {
    if (this.isWanted) throw this.refusal()
  }

  /** Runs what needs the port. Fails with `refusal()` when it is not ours, or was let go of before the work was done. */
  async whileOurs<Result>(work: () => Promise<Result>): Promise<Result> {
    this.demandOver()
    try {
      return await work()
    } catch (error) {
      throw error instanceof LetGo ? this.refusal() : error
    }
  }

  /** Says until when the port is not ours, and how to have it back. */
  refusal(): Failure {
    const { name, pausedUntil } = this.#view
    const said = pausedUntil === null ? leavingText : releasedText(pausedUntil, this.#wall.zone)
    const hint = takeBackHint(name)
    return new Failure(text(`${name}: ${said.ru}. ${hint.ru}`, `${name}: ${said.en}. ${hint.en}`))
  }
}

function letGo(): LetGo {
  return new LetGo('the port was asked for')
}

/** That a port is not free yet. */
export const leavingText = text(
  'порт отпускается, начатое дочитывается; ещё до двух минут он занят',
  'the port is being let go of: what is under way is finished first, for up to two minutes it is in use',
)

/** That a port was let go of, and until when by the shop's clock. */
export function releasedText(until: string | number, zone: string): Text {
  const time = shopClock(until, zone)
  return text(`порт отпущен до ${time}`, `the port is let go of until ${time}`)
}

export function takeBackHint(register: string): Text {
  return text(
    `Вернуть раньше: chekpost resume ${register}`,
    `To have it back now: chekpost resume ${register}`,
  )
}
