/** How far long pieces of work are, how fast they go, and how long they will still take. */
import { type Text, text } from './text.ts'

export interface ProgressView {
  /** What is being done, e.g. "till-1: catching up". */
  readonly what: Text
  readonly done: number
  /** Null while nobody knows how much it will be. */
  readonly of: number | null
  /** Over the last while; null before there is a rate. */
  readonly perSecond: number | null
  readonly secondsLeft: number | null
}

/** The rate is that of the last while: what was fast before a slow part says nothing about the rest. */
const windowMs = 15_000
/** Samples stand at least so far apart, and a rate is told of no shorter a time. */
const sampleMs = 1_000

interface Sample {
  readonly at: number
  readonly done: number
}

/** One piece of work. Its clock must be one that nobody sets. */
export class Progress {
  readonly #what: Text
  readonly #uptime: () => number
  #samples: Sample[]
  #done = 0
  #of: number | null

  constructor(what: Text, of: number | null, uptime: () => number = () => performance.now()) {
    this.#what = what
    this.#of = of
    this.#uptime = uptime
    this.#samples = [{ at: uptime(), done: 0 }]
  }

  /** So much is done in all, of so much. */
  note(done: number, of: number | null = this.#of): void {
    const now = this.#uptime()
    this.#done = done
    this.#of = of
    const last = this.#samples.at(-1)
    if (last !== undefined && now - last.at < sampleMs) return
    this.#samples.push({ at: now, done })
    // The newest of those that are older than the window stays: the rate reaches back to it.
    const old = this.#samples.findLastIndex(({ at }) => now - at >= windowMs)
    if (old > 0) this.#samples = this.#samples.slice(old)
  }

  add(more: number): void {
    this.note(this.#done + more)
  }

  view(): ProgressView {
    const now = this.#uptime()
    const from = this.#samples.findLast(({ at }) => now - at >= windowMs) ?? this.#samples[0]
    const ms = from === undefined ? 0 : now - from.at
    const perSecond = from === undefined || ms < sampleMs ? null : ((this.#done - from.done) * 1000) / ms
    const left = this.#of === null ? null : Math.max(0, this.#of - this.#done)
    return {
      what: this.#what,
      done: this.#done,
      of: this.#of,
      perSecond: perSecond === null ? null : Math.round(perSecond * 10) / 10,
      secondsLeft: left === null || !perSecond || perSecond <= 0 ? null : Math.ceil(left / perSecond),
    }
  }
}

/** The long pieces of work that are under way in this process. */
export class Works {
  readonly #running = new Set<Progress>()
  readonly #uptime: () => number

  constructor(uptime: () => number = () => performance.now()) {
    this.#uptime = uptime
  }

  /** Shown until it is disposed of. */
  begin(what: Text, of: number | null): Progress & Disposable {
    const progress = new Progress(what, of, this.#uptime)
    this.#running.add(progress)
    const end = () => void this.#running.delete(progress)
    return Object.assign(progress, { [Symbol.dispose]: end })
  }

  list(): ProgressView[] {
    return [...this.#running].map((progress) => progress.view())
  }
}

/** From so many missing documents on, reading them is work that is shown. */
export const worthShowing = 20

/** Reading what a register made while nobody followed it. */
export class CatchUp {
  readonly #what: Text
  readonly #uptime: () => number
  #progress: Progress | null = null
  #read = 0
  #behind = 0

  constructor(register: string, uptime: () => number = () => performance.now()) {
    this.#what = text(`${register}: чтение накопившегося`, `${register}: catching up`)
    this.#uptime = uptime
  }

  /** So many documents can be read and are still missing; new ones may have come meanwhile. */
  note(behind: number): void {
    if (behind <= 0) this.#progress = null
    else if (this.#progress !== null) {
      this.#read += Math.max(0, this.#behind - behind)
      this.#progress.note(this.#read, this.#read + behind)
    } else if (behind >= worthShowing) {
      this.#read = 0
      this.#progress = new Progress(this.#what, behind, this.#uptime)
    }
    this.#behind = behind
  }

  view(): ProgressView | null {
    return this.#progress?.view() ?? null
  }
}

/** What the long verbs of the desk call themselves; a command finds its own work by it. */
export const workNames = {
  import: text('приём документов', 'importing'),
  audit: text('сверка', 'comparing'),
} as const

export function readingName(register: string): Text {
  return text(`${register}: чтение по номерам`, `${register}: reading by number`)
}
