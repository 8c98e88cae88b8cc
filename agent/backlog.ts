/**
 * Up to which number what is missing of a drive is a backlog: its newest one when this process first asked. What is
 * sold since then goes before it, however often the line breaks meanwhile. In memory only: after a restart all that is
 * missing is a backlog.
 */
export class Backlog {
  #storage: string | null = null
  #to = 0

  /** `newest` counts where the drive is another one than before. */
  to(storage: string, newest: number): number {
    if (storage !== this.#storage) {
      this.#storage = storage
      this.#to = newest
    }
    return this.#to
  }
}
