/** `npm run demo`: a whole shop in one terminal. With `--json` nothing but the result goes to standard output. */
import type { Language } from '../../agent/text.ts'
import { pause } from '../../drivers/index.ts'
import { type DemoOptions, readOptions, usage, WrongOptions } from './options.ts'
import { narrate } from './plain.ts'
import { openScreen } from './screen.ts'
import { type Result, Story } from './story.ts'
import { summaryOf } from './words.ts'

/** How long the last receipts may take to arrive, retries and pauses included. */
const drainMs = 180_000

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options.help) {
    console.log(usage[options.language])
    return 0
  }
  const will = new Will()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => will.quit())
  // The terminal was closed, or `| head` has seen enough.
  for (const out of [process.stdout, process.stderr]) out.on('error', () => will.quit())
  const result = await play(options, will)
  return report(result, options)
}

/** What the viewer wants: first that the selling stops, then, asked again, that nothing is waited for. */
class Will {
  readonly #stop = new AbortController()
  readonly #leave = new AbortController()
  #askedAt = 0

  get stop(): AbortSignal {
    return this.#stop.signal
  }

  get leave(): AbortSignal {
    return this.#leave.signal
  }

  /** One Ctrl-C comes twice when npm passes it on as well. */
  quit(): void {
    const now = performance.now()
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the demo is over'))
    else if (now - this.#askedAt > 700) this.#leave.abort(new Error('nobody waited for the last receipts'))
    this.#askedAt = now
  }
}

/** Runs until its time is over or somebody ends it; then nothing of it is left but the result. */
async function play(options: DemoOptions, will: Will): Promise<Result> {
  await using story = await Story.begin(options)
  const watching = new AbortController()
  const interactive = !options.json && process.stdout.isTTY && process.stdin.isTTY
  const view = interactive
    ? openScreen(story, options, () => will.quit(), watching.signal)
    : narrate(story, options.json ? process.stderr : process.stdout, options, watching.signal)
  const chaos = story.chaos(will.stop)
  try {
    await pause(options.forMs ?? 2 ** 31 - 1, will.stop).catch(() => undefined)
    will.quit()
    await chaos
    return await story.finish(drainMs, will.leave)
  } finally {
    watching.abort()
    await Promise.allSettled([chaos, view])
  }
}

function report({ tally, complaint }: Result, { json, language, chaos, seed }: DemoOptions): number {
  if (complaint !== null) console.error(complaint)
  console.log(json ? JSON.stringify(tally) : summaryOf(tally, language))
  if (chaos) (json ? console.error : console.log)(`--chaos --seed ${seed}`)
  const { lost, twice, forbidden, undrained } = tally
  return complaint === null && lost + twice + forbidden + undrained === 0 ? 0 : 1
}

function languageOfRefusal(): Language {
  return process.argv.includes('en') ? 'en' : 'ru'
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof WrongOptions)) throw error
  console.error(`${error.message}\n\n${usage[languageOfRefusal()]}`)
  process.exitCode = 2
}
