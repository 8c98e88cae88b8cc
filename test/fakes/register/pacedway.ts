/** One direction of a line at a given speed: ten bits a byte, handed on in pieces of about 20 ms. */
export class PacedWay {
  readonly #baud: () => number | null
  readonly #deliver: (bytes: Uint8Array) => void
  readonly #queue: Uint8Array[] = []
  #timer: NodeJS.Timeout | undefined
  /** When the wire is free again, by `performance.now`. */
  #freeAt = 0

  /** `baud` null hands everything on at once. */
  constructor(baud: () => number | null, deliver: (bytes: Uint8Array) => void) {
    this.#baud = baud
    this.#deliver = deliver
  }

  push(bytes: Uint8Array) {
    const baud = this.#baud()
    if (baud === null && this.#queue.length === 0) return this.#deliver(bytes)
    const piece = Math.max(1, Math.floor(((baud ?? 115_200) / 10) * 0.02))
    for (let at = 0; at < bytes.length; at += piece) this.#queue.push(bytes.slice(at, at + piece))
    this.#run()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#queue.length = 0
  }

  #run(): void {
    const piece = this.#queue[0]
    if (piece === undefined || this.#timer !== undefined) return
    const now = performance.now()
    const ms = (piece.length * 10_000) / (this.#baud() ?? Number.POSITIVE_INFINITY)
    this.#freeAt = Math.max(now, this.#freeAt) + ms
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#queue.shift()
      this.#deliver(piece)
      this.#run()
    }, this.#freeAt - now)
  }
}
