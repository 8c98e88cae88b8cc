/**
 * Long work on the terminal: a bar with rate and time left where a person looks, a plain line now and then where the
 * output goes into a file, nothing for work that is over at once or for programs. Always on standard error, so that
 * data on standard output stays data.
 */
import type { SingleBar } from 'cli-progress'
import { pause } from '../../drivers/index.ts'
import type { Desk } from '../desk/desk.ts'
import type { ProgressView } from '../progress.ts'
import { type Language, type Text, text } from '../text.ts'
import type { Context } from './context.ts'

/** Where progress is written to. */
export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** Work that is over sooner shows nothing. */
const barAfterMs = 1_500
const lineEveryMs = 10_000
const lookEveryMs = 500

export interface Shown extends Disposable {
  show(view: ProgressView): void
  /** Writes data beside the bar and not through it. */
  aside(write: () => void): void
}

const silent: Shown = {
  show: () => undefined,
  aside: (write) => write(),
  [Symbol.dispose]: () => undefined,
}

/** Nothing is shown `forPrograms`. */
export async function openProgress(
  { language }: Pick<Context, 'language'>,
  forPrograms: boolean,
  terminal: Terminal = process.stderr,
  uptime: () => number = () => performance.now(),
): Promise<Shown> {
  if (forPrograms) return silent
  return terminal.isTTY === true
    ? await openBar(language, terminal, uptime)
    : new PlainLines(language, terminal, uptime)
}

/** For files and for those who cannot see a bar. */
class PlainLines implements Shown {
  readonly #language: Language
  readonly #terminal: Terminal
  readonly #uptime: () => number
  #saidAt: number

  constructor(language: Language, terminal: Terminal, uptime: () => number) {
    this.#language = language
    this.#terminal = terminal
    this.#uptime = uptime
    this.#saidAt = uptime()
  }

  show(view: ProgressView): void {
    const now = this.#uptime()
    if (now - this.#saidAt < lineEveryMs) return
    this.#saidAt = now
    this.#terminal.write(`${progressLine(this.#language, view)}\n`)
  }

  aside(write: () => void): void {
    write()
  }

  [Symbol.dispose](): void {
    // Whoever did the work says how it ended.
  }
}

async function openBar(language: Language, terminal: Terminal, uptime: () => number): Promise<Shown> {
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    fps: 5,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: (options, { progress }, { view }: { view: ProgressView }) =>
      progressLine(language, view, view.of === null ? '' : cliProgress.Format.BarFormat(progress, options)),
  })
  return new Bar(bar, terminal, uptime)
}

class Bar implements Shown {
  readonly #bar: SingleBar
  readonly #terminal: Terminal
  readonly #uptime: () => number
  readonly #beganAt: number
  #isUp = false

  constructor(bar: SingleBar, terminal: Terminal, uptime: () => number) {
    this.#bar = bar
    this.#terminal = terminal
    this.#uptime = uptime
    this.#beganAt = uptime()
  }

  show(view: ProgressView): void {
    const [total, done] = [view.of ?? 0, view.done]
    if (this.#isUp) {
      this.#bar.setTotal(total)
      this.#bar.update(done, { view })
    } else if (this.#uptime() - this.#beganAt >= barAfterMs) {
      this.#isUp = true
      this.#bar.start(total, done, { view })
    }
  }

  aside(write: () => void): void {
    if (this.#isUp) this.#terminal.write('\r\x1B[K')
    write()
  }

  [Symbol.dispose](): void {
    if (this.#isUp) this.#bar.stop()
  }
}

/** One line of words: what, how far, how fast, how long still. */
export function progressLine(language: Language, view: ProgressView, bar = ''): string {
  const { what, done, of, perSecond, secondsLeft } = view
  const far = of === null ? String(done) : text(`${done} из ${of}`, `${done} of ${of}`)[language]
  const parts = [bar === '' ? far : `${bar} ${far}`]
  if (perSecond !== null && perSecond > 0) parts.push(rateWords(perSecond)[language])
  if (secondsLeft !== null && secondsLeft > 0) parts.push(leftWords(secondsLeft)[language])
  return `${what[language]}: ${parts.join(', ')}`
}

function rateWords(perSecond: number): Text {
  if (perSecond >= 1) {
    const whole = Math.round(perSecond)
    return text(`${whole} в секунду`, `${whole} per second`)
  }
  const perMinute = Math.max(1, Math.round(perSecond * 60))
  return text(`${perMinute} в минуту`, `${perMinute} per minute`)
}

function leftWords(seconds: number): Text {
  const minutes = Math.round(seconds / 60)
  if (seconds < 90) return text(`осталось ${seconds} с`, `${seconds} s left`)
  if (minutes < 90) return text(`осталось ${minutes} мин`, `${minutes} min left`)
  const hours = Math.floor(minutes / 60)
  return text(`осталось ${hours} ч ${minutes % 60} мин`, `${hours} h ${minutes % 60} min left`)
}

/** A still picture of a bar. */
export function drawnBar({ done, of }: ProgressView, width = 20): string {
  if (of === null || of === 0) return ''
  const full = Math.min(width, Math.round((done / of) * width))
  return '█'.repeat(full) + '░'.repeat(width - full)
}

/** Runs one long verb, and meanwhile asks the desk how far the work of that name is. */
export async function whileShown<Result>(
  context: Pick<Context, 'language' | 'signal'>,
  desk: Pick<Desk, 'status'>,
  what: Text,
  forPrograms: boolean,
  run: () => Promise<Result>,
): Promise<Result> {
  using shown = await openProgress(context, forPrograms)
  const over = new AbortController()
  const stop = () => over.abort(context.signal.reason)
  context.signal.addEventListener('abort', stop, { once: true })
  const watching = forPrograms ? Promise.resolve() : watchWork(desk, what, shown, over.signal)
  try {
    return await run()
  } finally {
    over.abort()
    context.signal.removeEventListener('abort', stop)
    await watching
  }
}

/** Ends when the signal aborts; a desk that does not answer shows nothing. */
async function watchWork(
  desk: Pick<Desk, 'status'>,
  what: Text,
  shown: Shown,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await pause(lookEveryMs, signal)
      const { work } = await desk.status({}, signal)
      const mine = work.find((one) => one.what.en === what.en)
      if (mine !== undefined) shown.show(mine)
    }
  } catch {
    // The work itself tells what is wrong.
  }
}
