/**
 * The log: pino's JSON lines on standard output, with fixed phrases and redacted buyers' data and secrets. The newest
 * of them are kept in memory as well: in the shop the journal is often out of reach of whoever asks for support.
 */
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Keys whose values never reach a log line, at any of the depths we log at. */
const secretKeys = [
  'secret',
  'secrets',
  'signature',
  'password',
  'operatorPassword',
  'body',
  'bytes',
  'buyer',
  'cashier',
]

/** How much of the log is kept in memory. */
const tailLimits = { lines: 500, characters: 256 * 1024 }

/** What a frame says may name a buyer, and a line's talk would push out all the rest. */
export const untold = /^\{"level":"(?:trace|debug)"/

/** The newest lines as they were written, redacted; those of `debug` and `trace` are left out. */
export class LogTail {
  readonly #most: typeof tailLimits
  #lines: string[] = []
  #characters = 0

  constructor(most = tailLimits) {
    this.#most = most
  }

  /** Forgets in bulk, so that a line costs no more than putting it behind the others. */
  take(line: string): void {
    if (untold.test(line)) return
    this.#lines.push(line)
    this.#characters += line.length
    const { lines, characters } = this.#most
    if (this.#lines.length >= 2 * lines || this.#characters > 2 * characters) this.#forget()
  }

  /** Oldest first, each with its line end. */
  lines(): readonly string[] {
    this.#forget()
    return this.#lines
  }

  #forget(): void {
    let from = this.#lines.length
    let characters = 0
    for (; from > 0 && this.#lines.length - from < this.#most.lines; from--) {
      characters += this.#lines[from - 1]?.length ?? 0
      if (characters > this.#most.characters) break
    }
    this.#lines = this.#lines.slice(from)
    this.#characters = this.#lines.reduce((sum, { length }) => sum + length, 0)
  }
}

/**
 * `level` as pino names them: info is what the owner of the shop wants to know. `tail` is given every line as
 * well.
 */
export function openLog(
  level: string,
  destination: NodeJS.WritableStream = process.stdout,
  tail: LogTail | null = null,
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '***' },
    },
    tail === null ? destination : withTail(destination, tail),
  )
}

function withTail(destination: NodeJS.WritableStream, tail: LogTail): DestinationStream {
  return {
    write: (line) => {
      tail.take(line)
      destination.write(line)
    },
  }
}
