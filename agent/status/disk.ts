/**
 * The disk under the outbox, looked at now and then and remembered: a page or a probe that asks the disk itself would
 * hang with it, just when somebody wants to know.
 */
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { pause } from '../../drivers/index.ts'

/** As they were at the last look. */
export interface DiskFacts {
  /** Milliseconds. */
  readonly at: number
  /** What this user may still fill. */
  readonly freeBytes: number
  readonly sizeBytes: number
  /** False on a file system that went read-only, or without the right to write. */
  readonly writable: boolean
  /** The outbox with its write-ahead log. */
  readonly outboxBytes: number
}

/** How often the disk is looked at, milliseconds. */
const everyMs = 30_000

export class DiskWatch {
  readonly #stateDir: string
  readonly #outbox: string
  readonly #clock: () => number
  #facts: DiskFacts | null = null

  constructor(stateDir: string, outbox: string, clock: () => number) {
    this.#stateDir = stateDir
    this.#outbox = outbox
    this.#clock = clock
  }

  /** Null before the first look. */
  get facts(): DiskFacts | null {
    return this.#facts
  }

  /** The daemon's task: ends when the signal aborts. A disk that hangs leaves the facts old; see `at`. */
  async watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.look()
      await pause(everyMs, signal)
    }
  }

  /** Never rejects: a directory that is gone is one that nobody can write into. */
  async look(): Promise<void> {
    const at = this.#clock()
    try {
      const { bavail, blocks, bsize } = await statfs(this.#stateDir)
      const files = [this.#outbox, `${this.#outbox}-wal`]
      const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, none)))
      const writable = await access(this.#stateDir, constants.W_OK).then(yes, no)
      this.#facts = {
        ...{ at, writable, freeBytes: bavail * bsize, sizeBytes: blocks * bsize },
        outboxBytes: sizes.reduce((sum, size) => sum + size, 0),
      }
    } catch {
      this.#facts = { at, freeBytes: 0, sizeBytes: 0, writable: false, outboxBytes: 0 }
    }
  }
}

const none = () => 0
const yes = () => true
const no = () => false
