/** Whether the status page is served, as far as it was tried. Whoever wants to enter has it tried at once. */
import { Bell } from './bell.ts'
import { type Text, text } from './text.ts'
import { Failure } from './usage.ts'

export class PageState {
  /** Undefined until the first try has ended. */
  #trouble: Text | null | undefined
  #isResting = false
  readonly #hurry = new Bell()
  readonly #waiting = new Set<() => void>()

  /** Why it is not served; null when it is, or is about to be. */
  get trouble(): Text | null {
    return this.#trouble ?? null
  }

  /** A try has ended: with what keeps it from being served, or with null. */
  readonly tell = (why: Text | null): void => {
    this.#trouble = why
    for (const wake of [...this.#waiting]) wake()
  }

  /** The pause between two tries, over as soon as somebody wants to enter. */
  readonly rest = async (ms: number, signal: AbortSignal): Promise<void> => {
    this.#isResting = true
    try {
      await this.#hurry.wait(ms, signal)
    } finally {
      this.#isResting = false
    }
  }

  /** Resolves when the page is served; rejects with `Failure` that says why it is not. A link would lead elsewhere. */
  async demand(signal: AbortSignal): Promise<void> {
    if (this.#trouble === null) return
    const begunBefore = !this.#isResting
    this.#hurry.ring()
    let why = await this.#nextTry(signal)
    // What it stumbled over may be mended since: another one follows at once.
    if (why !== null && begunBefore) why = await this.#nextTry(signal)
    if (why === null) return
    throw new Failure(text(`Страница не открыта: ${why.ru}`, `The page is not served: ${why.en}`))
  }

  async #nextTry(signal: AbortSignal): Promise<Text | null> {
    signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      this.#waiting.add(wake)
    })
    signal.throwIfAborted()
    return this.trouble
  }
}
