/** Waits that can be ended early: somebody rings, or the time is over, or the signal aborts. */
export class Bell {
  #ring: (() => void) | null = null
  #rung = false

  /** Ends the present wait, or makes the next one return at once. */
  ring(): void {
    this.#rung = true
    this.#ring?.()
  }

  /** Waits at most `ms` milliseconds; rejects with the signal's reason. One waiter at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          this.#ring = null
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal.addEventListener('abort', done, { once: true })
        this.#ring = done
      })
    this.#rung = false
    signal.throwIfAborted()
  }
}
