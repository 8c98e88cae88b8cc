/**
 * The time for which a person has let go of a register's port. Measured on a clock that nobody sets: a wall clock put
 * back or forward makes it neither longer nor shorter. It lives in memory, so a restart of the daemon ends it.
 */
import { type Text, text } from './text.ts'
import { Failure } from './usage.ts'
import type { RegisterView } from './view.ts'

/** Why a visit to a register ends that did not fail. */
export class LetGo extends Error {
  override readonly name = 'LetGo'
}

export class Respite {
  readonly #view: Pick<RegisterView, 'name' | 'pausedUntil'>
  readonly #clock: () => number
  readonly #uptime: () => number
  /** On the clock that nobody sets; null = the port is ours. */
  #until: number | null = null
  #asked = new AbortController()

  /** `clock` is the wall's, by which people give and are told times; `uptime` only ever goes on. */
  constructor(
    view: Pick<RegisterView, 'name' | 'pausedUntil'>,
    clock: () => number,
    uptime: () => number = () => performance.now(),
  ) {
    this.#view = view
    this.#clock = clock
    this.#uptime = uptime
  }

  begin(until: number): void {
    this.#until = this.#uptime() + Math.max(0, until - this.#clock())
    this.leftMs()
    this.#asked.abort(new LetGo('the port was asked for'))
  }

  /** Aborts, with `LetGo`, as soon as somebody wants the port. Each time that it is taken back has a signal of its own. */
  get asked(): AbortSignal {
    return this.#asked.signal
  }

  /** False when there was none. */
  end(): boolean {
    const was = this.leftMs() > 0
    this.#until = null
    this.leftMs()
    return was
  }

  /** Milliseconds still to wait, 0 when the port is ours; what the view tells is put right by the way. */
  leftMs(): number {
    const left = this.#until === null ? 0 : Math.max(0, this.#until - this.#uptime())
    if (left === 0) {
      this.#until = null
      if (this.#asked.signal.aborted) this.#asked = new AbortController()
    }
    this.#view.pausedUntil = left === 0 ? null : Math.round(this.#clock() + left)
    return left
  }

  /** Throws `Failure` that says until when the port is not ours, and how to have it back. */
  demandOver(): void {
    if (this.leftMs() === 0) return
    const { name, pausedUntil } = this.#view
    const said = releasedText(pausedUntil ?? 0)
    const hint = takeBackHint(name)
    throw new Failure(text(`${name}: ${said.ru}. ${hint.ru}`, `${name}: ${said.en}. ${hint.en}`))
  }
}

/** That a port was let go of, and until when by this computer's clock. */
export function releasedText(until: number): Text {
  const time = new Date(until).toLocaleTimeString('sv-SE', { timeStyle: 'short' })
  return text(`порт отпущен до ${time}`, `the port is let go of until ${time}`)
}

export function takeBackHint(register: string): Text {
  return text(
    `Вернуть раньше: chekpost resume ${register}`,
    `To have it back now: chekpost resume ${register}`,
  )
}
