/** A line that plays a recorded talk: `>` is what must be written, `<` is what comes back. */
import assert from 'node:assert/strict'
import { toHex } from '../../drivers/bytes.ts'
import { type Line, parseTranscript, RegisterError } from '../../drivers/index.ts'

/**
 * Plays `transcript`; what comes back is cut by `chop`. Writing anything else, or writing on behind the end,
 * fails the test; so does closing the line before the talk is over.
 */
export function playback(transcript: string, chop = (bytes: Uint8Array) => [bytes]): Line {
  const steps = parseTranscript(transcript)
  const line = new QuietLine()
  return Object.assign(line, {
    write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      const step = steps.shift()
      const told = step === undefined ? 'the end of the talk' : `${step.way} ${toHex(step.bytes)}`
      assert.equal(`> ${toHex(bytes)}`, told, 'the driver wrote something else')
      for (; steps[0]?.way === '<'; steps.shift()) line.hear(...chop(steps[0].bytes))
      return Promise.resolve()
    },
    [Symbol.asyncDispose](): Promise<void> {
      assert.equal(steps.length, 0, 'the driver stopped before the talk was over')
      return Promise.resolve()
    },
  })
}

/** A line that takes every byte and says only what it is given with `hear`. */
export class QuietLine implements Line {
  /** Everything that was written, piece by piece. */
  readonly written: Uint8Array[] = []
  readonly #incoming: Uint8Array[] = []
  #wake: () => void = () => {}
  #lost: RegisterError | null = null

  hear(...pieces: readonly Uint8Array[]): void {
    this.#incoming.push(...pieces.filter((piece) => piece.length > 0))
    this.#wake()
  }

  /** The cable is pulled: what waits now and what comes later is rejected. */
  lose(): void {
    this.#lost = new RegisterError('lost', { ru: 'Линия пропала', en: 'the line is gone' })
    this.#wake()
  }

  write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#lost !== null) return Promise.reject(this.#lost)
    this.written.push(bytes)
    return Promise.resolve()
  }

  read(signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#wake = () => {}
        signal.removeEventListener('abort', giveUp)
      }
      const giveUp = () => {
        done()
        reject(signal.reason)
      }
      this.#wake = () => {
        const next = this.#incoming.shift()
        if (next === undefined && this.#lost === null) return
        done()
        if (next === undefined) reject(this.#lost)
        else resolve(next)
      }
      if (signal.aborted) return giveUp()
      signal.addEventListener('abort', giveUp, { once: true })
      this.#wake()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}
