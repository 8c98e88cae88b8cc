/**
 * The disk under the outbox, looked at now and then and remembered: a page or a probe that asks the disk itself would
 * hang with it, just when somebody wants to know.
 */
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { pause } from '../drivers/index.ts'
import { type Text, text } from './text.ts'

/** As they were at the last look. */
export interface DiskFacts {
  /** When that was, milliseconds since the epoch; and how long ago, whatever was done to the clock since. */
  readonly at: number
  readonly ageMs: number
  /** What this user may still fill. */
  readonly freeBytes: number
  readonly sizeBytes: number
  /** False on a file system that went read-only, or without the right to write. */
  readonly writable: boolean
  /** The outbox with its write-ahead log. */
  readonly outboxBytes: number
}

/** What is wrong with a disk; grave: nothing can be kept on it. */
export interface DiskFault {
  readonly isGrave: boolean
  readonly text: Text
  readonly hint: Text
}

/** From when on the room that is left is too little, and from when on it is none at all. */
export interface DiskLimits {
  readonly lowBytes: number
  readonly fullBytes: number
  /** Facts older than this are those of a disk that hangs, milliseconds. */
  readonly staleMs: number
}

const usualLimits: DiskLimits = { lowBytes: 100 * 1024 * 1024, fullBytes: 1024 * 1024, staleMs: 180_000 }

/** Null for a disk that can take what is sold. */
export function diskFault(facts: DiskFacts, limits: DiskLimits = usualLimits): DiskFault | null {
  const { ageMs, writable, freeBytes } = facts
  if (ageMs > limits.staleMs)
    return { isGrave: false, text: text('Диск не отвечает', 'The disk does not answer'), hint: checkIt }
  if (!writable)
    return {
      isGrave: true,
      text: text('На диск нельзя писать', 'The disk cannot be written to'),
      hint: checkIt,
    }
  if (freeBytes >= limits.lowBytes) return null
  const free = Math.floor(freeBytes / 1024 / 1024)
  return {
    isGrave: freeBytes < limits.fullBytes,
    text: text(`На диске осталось ${free} МБ`, `${free} MB are left on the disk`),
    hint: freeSome,
  }
}

const checkIt = text('Проверьте диск: df -h, dmesg', 'Check the disk: df -h, dmesg')
const freeSome = text('Освободите место: df -h', 'Free some space: df -h')

/** How often the disk is looked at, milliseconds. */
const everyMs = 30_000

export class DiskWatch {
  readonly #stateDir: string
  readonly #outbox: string
  readonly #clock: () => number
  #seen: Omit<DiskFacts, 'ageMs'> | null = null
  /** By the clock that nobody puts right, and from before the disk was asked. */
  #lookedAt = 0

  constructor(stateDir: string, outbox: string, clock: () => number) {
    this.#stateDir = stateDir
    this.#outbox = outbox
    this.#clock = clock
  }

  /** Null before the first look. */
  get facts(): DiskFacts | null {
    return this.#seen && { ...this.#seen, ageMs: performance.now() - this.#lookedAt }
  }

  /** The daemon's task: ends when the signal aborts. A disk that hangs leaves the facts old. */
  async watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.look()
      await pause(everyMs, signal)
    }
  }

  /** Never rejects: a directory that is gone is one that nobody can write into. */
  async look(): Promise<void> {
    const at = this.#clock()
    const began = performance.now()
    this.#seen = await this.#look(at)
    this.#lookedAt = began
  }

  async #look(at: number): Promise<Omit<DiskFacts, 'ageMs'>> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#stateDir)
      const files = [this.#outbox, `${this.#outbox}-wal`]
      const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, none)))
      const writable = await access(this.#stateDir, constants.W_OK).then(yes, no)
      return {
        ...{ at, writable, freeBytes: bavail * bsize, sizeBytes: blocks * bsize },
        outboxBytes: sizes.reduce((sum, size) => sum + size, 0),
      }
    } catch {
      return { at, freeBytes: 0, sizeBytes: 0, writable: false, outboxBytes: 0 }
    }
  }
}

const none = () => 0
const yes = () => true
const no = () => false
