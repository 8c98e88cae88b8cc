/**
 * What every stream-like line has in common. Reads are pulled: bytes wait in the stream's own bounded buffer
 * until somebody asks, and a read that is given up loses none of them.
 *
 * A line ends once and for ever. Whoever gives up a write, or waits for it in vain, ends the line too: half a
 * command may have gone out, and the other half must not follow later, after the cable is back.
 */
import type { Duplex } from 'node:stream'
import { type Line, RegisterError } from '../contract.ts'
import { DeadlinePassed } from '../deadline.ts'

/** What is particular to one kind of line. */
export interface Wire {
  readonly stream: Duplex
  /** How long the system may take to accept so many bytes. */
  writeLimitMs(length: number): number
  /** Puts the end of the stream into words; null is an end without any error. */
  lost(cause: unknown): RegisterError
  /** The system did not accept the bytes in time. */
  stuck(cause: DeadlinePassed): RegisterError
  /** Frees everything; never rejects. `calm`: what was written may still go out; `cut`: nothing more may. */
  close(how: 'calm' | 'cut'): Promise<void>
}

const closedByUs = { ru: 'Линия к кассе закрыта.', en: 'The line to the register is closed.' }

/** A `Line` over a Node stream. `lose` may be called by whoever notices first that the other side is gone. */
export class PulledLine implements Line {
  readonly #wire: Wire
  /** Aborts with the `RegisterError` that ended the line. */
  readonly #end = new AbortController()
  /** The reader and the writers under way: each is told when the line ends. */
  readonly #waiting = new Set<() => void>()
  #closing: Promise<void> | null = null
  #wake: (() => void) | null = null
  #mine = false

  constructor(wire: Wire) {
    this.#wire = wire
    const { stream } = wire
    stream.on('readable', () => this.#wake?.())
    stream.on('end', () => this.lose(null))
    // These listeners stay for good: a stream may report an error long after its line has ended.
    stream.on('error', (error) => this.lose(error))
    stream.on('close', (error?: unknown) => this.lose(error ?? null))
  }

  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#end.signal.throwIfAborted()
    if (bytes.length === 0) return
    try {
      await this.#handOver(bytes, this.#wire.writeLimitMs(bytes.length), signal)
    } catch (error) {
      this.#finish(this.#whyNotWritten(error, signal), 'cut')
      signal.throwIfAborted()
      throw this.#end.signal.reason
    }
  }

  async read(signal: AbortSignal): Promise<Uint8Array> {
    if (this.#wake !== null) throw new Error('one reader at a time')
    for (;;) {
      signal.throwIfAborted()
      if (this.#mine) throw this.#end.signal.reason
      const bytes: Buffer | null = this.#wire.stream.read()
      if (bytes !== null) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      this.#end.signal.throwIfAborted()
      await this.#news(signal)
    }
  }

  /** The other side is gone. What had arrived before can still be read. */
  lose(cause: unknown): void {
    if (!this.#end.signal.aborted) this.#stop(this.#wire.lost(cause), 'cut')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish(new RegisterError('lost', closedByUs), 'calm')
    await this.#closing
  }

  #whyNotWritten(error: unknown, signal: AbortSignal): RegisterError {
    if (signal.aborted) return new RegisterError('lost', closedByUs)
    return error instanceof DeadlinePassed ? this.#wire.stuck(error) : this.#wire.lost(error)
  }

  /** Ended by our own side: not even what has arrived is given out any more. */
  #finish(fault: RegisterError, how: 'calm' | 'cut'): void {
    this.#mine = true
    if (!this.#end.signal.aborted) this.#stop(fault, how)
  }

  #stop(fault: RegisterError, how: 'calm' | 'cut'): void {
    this.#end.abort(fault)
    for (const ended of this.#waiting) ended()
    this.#closing = this.#wire.close(how)
  }

  /** A timer of its own and no signal: lines are written to thousands of times for every hour of a till. */
  async #handOver(bytes: Uint8Array, limitMs: number, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    try {
      await this.#unlessEnded(signal, (resolve, reject) => {
        timer = setTimeout(() => reject(new DeadlinePassed(limitMs)), limitMs)
        this.#wire.stream.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Comes back when something may have arrived, or when the line has ended: then look for the last bytes. */
  async #news(signal: AbortSignal): Promise<void> {
    try {
      await this.#unlessEnded(signal, (resolve) => {
        this.#wake = resolve
      })
    } catch (error) {
      if (error !== this.#end.signal.reason) throw error
    } finally {
      this.#wake = null
    }
  }

  async #unlessEnded(
    signal: AbortSignal,
    start: (resolve: () => void, reject: (error: unknown) => void) => void,
  ): Promise<void> {
    let giveUp = () => {}
    let ended = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        giveUp = () => reject(signal.reason)
        ended = () => reject(this.#end.signal.reason)
        signal.addEventListener('abort', giveUp)
        this.#waiting.add(ended)
        start(resolve, reject)
      })
    } finally {
      signal.removeEventListener('abort', giveUp)
      this.#waiting.delete(ended)
    }
  }
}
