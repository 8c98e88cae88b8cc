/**
 * The ports that people let go of, in `pauses.json` of the state directory: a daemon that is started anew while a
 * vendor's tool writes into a register must not open its port. Times are those of this boot of the computer; another
 * boot, or a file that makes no sense, ends every pause.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Log } from './log.ts'
import type { Abiding, Span } from './respite.ts'
import { replaceFile } from './store/durable.ts'

/** A clock of the computer that nobody can set. */
export interface BootClock {
  /** Another after each start of the computer; null where it has no name. */
  readonly boot: string | null
  readonly uptime: () => number
}

/** Nobody can ask for more. */
const longestMs = 240 * 60_000

const Kept = z.object({
  version: z.literal(1),
  boot: z.string().min(1),
  pauses: z.record(z.string(), z.object({ from: z.number(), until: z.number() })),
})

export class Pauses {
  readonly #path: string
  readonly #clock: BootClock
  readonly #log: Log
  readonly #spans: Map<string, Span>

  constructor(stateDir: string, log: Log, clock: BootClock = bootClock()) {
    this.#path = join(stateDir, 'pauses.json')
    this.#clock = clock
    this.#log = log
    const now = clock.uptime()
    const kept = Object.entries(read(this.#path, clock.boot))
    this.#spans = new Map(kept.filter(([, span]) => lasts(span, now)))
  }

  /** The part of one register. */
  of(register: string): Abiding {
    return {
      uptime: this.#clock.uptime,
      kept: () => this.#spans.get(register) ?? null,
      keep: (span) => this.#keep(register, span),
    }
  }

  /** A disk that takes nothing costs the pause its memory, not the person the port. */
  #keep(register: string, span: Span | null): void {
    if (span === null) this.#spans.delete(register)
    else this.#spans.set(register, span)
    const { boot } = this.#clock
    if (boot === null) return
    const kept: z.infer<typeof Kept> = { version: 1, boot, pauses: Object.fromEntries(this.#spans) }
    try {
      replaceFile(this.#path, `${JSON.stringify(kept)}\n`)
    } catch (error) {
      this.#log.warn({ why: String(error) }, 'the pause of a port is not kept: a restart forgets it')
    }
  }
}

/** Never longer than was asked for, whatever became of the clock. */
function lasts({ from, until }: Span, now: number): boolean {
  return from <= now && now < until && until - from <= longestMs
}

function read(path: string, boot: string | null): Readonly<Record<string, Span>> {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(path, 'utf8')))
    return kept.boot === boot ? kept.pauses : {}
  } catch {
    return {}
  }
}

/** Linux counts the time that a computer sleeps as well. */
function bootClock(): BootClock {
  return { boot: firstLine('/proc/sys/kernel/random/boot_id'), uptime: sinceBootMs }
}

function sinceBootMs(): number {
  const seconds = Number.parseFloat(firstLine('/proc/uptime') ?? '')
  return Number.isNaN(seconds) ? Number(process.hrtime.bigint() / 1_000_000n) : Math.round(seconds * 1_000)
}

function firstLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0]?.trim() || null
  } catch {
    return null
  }
}
