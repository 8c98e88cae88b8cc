/** Memory that worker and parent share: the runs so far, and the input of the run that is going on. */

const head = 4
/** Longer inputs are cut here; a target's own limit is below. */
const longest = 1 << 17

/** How the input that hangs is still known when its thread no longer answers. */
export class SharedInput {
  readonly memory: SharedArrayBuffer
  readonly #numbers: Int32Array
  readonly #bytes: Uint8Array

  constructor(memory = new SharedArrayBuffer(head * 4 + longest)) {
    this.memory = memory
    this.#numbers = new Int32Array(memory, 0, head)
    this.#bytes = new Uint8Array(memory, head * 4)
  }

  begin(input: Uint8Array): void {
    const length = Math.min(input.length, longest)
    this.#numbers[1] = length
    this.#bytes.set(length === input.length ? input : input.subarray(0, length))
    this.#numbers[0] = (this.#numbers[0] ?? 0) + 1
  }

  /** How often `begin` was called. */
  get begun(): number {
    return Atomics.load(this.#numbers, 0)
  }

  get input(): Uint8Array {
    return this.#bytes.slice(0, Atomics.load(this.#numbers, 1))
  }
}
