/** The real agent as a process of its own, with what systemd does for it: its log in a file, and a restart. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How a process ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The checkout, found from the sources and from the compiled tree alike. */
function root(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json'))) at = dirname(at)
  return at
}

/** The program as it is installed; made by `npm run build`. */
function program(): string {
  const path = join(root(), 'dist/agent/cli.js')
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run build`)
  return path
}

/** What the program's first line gives to Node. */
function nodeFlags(): string[] {
  const [first = ''] = readFileSync(program(), 'utf8').split('\n', 1)
  return first.split(' ').filter((word) => word.startsWith('--'))
}

/** The language and nothing of systemd's, so that the agent uses its own folder only. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, LANG: 'C.UTF-8' }
}

/** Runs one command of the program to its end. */
export async function runCommand(words: readonly string[]): Promise<Printed> {
  const child = spawn(process.execPath, [...nodeFlags(), program(), ...words], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  const [code] = await once(child, 'close')
  return { code, ...printed }
}

export interface AgentOptions {
  readonly configPath: string
  readonly logPath: string
  /** Started again so long after it ended without being asked to; null = never. */
  readonly restartMs: number | null
  /** More words after `run`. */
  readonly words: readonly string[]
  /** Words to Node itself. */
  readonly runtime: readonly string[]
  /** Told when it ended without being asked to. */
  readonly ended: (ending: Ending) => void
}

/** How long it may take to end by itself, far more than it needs. */
const stopLimitMs = 20_000

export class AgentProcess {
  readonly #options: AgentOptions
  #child: ChildProcess | null = null
  #ending: Promise<Ending> = Promise.resolve({ code: null, signal: null })
  #restart: NodeJS.Timeout | undefined
  #starts = 0
  /** A demo that dies must not leave the agent behind. */
  readonly #takeAlong = () => void this.#child?.kill('SIGKILL')

  constructor(options: AgentOptions) {
    this.#options = options
  }

  get running(): boolean {
    return this.#child !== null
  }

  /** Of the process that runs; throws when none does. */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the agent does not run')
    return this.#child.pid
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts
  }

  /** How the last run ended; waits for the end of a run that goes on. */
  get ending(): Promise<Ending> {
    return this.#ending
  }

  /** Everything that any of its runs has logged. */
  get log(): string {
    return existsSync(this.#options.logPath) ? readFileSync(this.#options.logPath, 'utf8') : ''
  }

  /** Nothing when it runs. */
  start(): void {
    clearTimeout(this.#restart)
    if (this.#child !== null) return
    const { configPath, logPath, words, runtime } = this.#options
    const log = openSync(logPath, 'a', 0o600)
    // A group of its own: Ctrl-C in the terminal is for the demo, which then ends the agent in order.
    const run = [...runtime, ...nodeFlags(), program(), 'run', '--config', configPath, ...words]
    const child = spawn(process.execPath, run, {
      env: environment(),
      stdio: ['ignore', log, log],
      detached: true,
    })
    closeSync(log)
    this.#child = child
    this.#starts++
    process.on('exit', this.#takeAlong)
    this.#ending = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
    child.once('exit', (code, signal) => this.#gone(child, { code, signal }))
  }

  /** SIGKILL; resolves when it is gone. Started again by itself when it is to be. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ending
  }

  /** SIGTERM, as `systemctl stop` does, and SIGKILL when it does not end; it stays stopped. */
  async terminate(): Promise<Ending> {
    clearTimeout(this.#restart)
    const child = this.#child
    this.#child = null
    child?.kill('SIGTERM')
    const timer = setTimeout(() => child?.kill('SIGKILL'), stopLimitMs)
    const ending = await this.#ending
    clearTimeout(timer)
    process.off('exit', this.#takeAlong)
    return ending
  }

  /** SIGKILL, and it stays dead. */
  async destroy(): Promise<void> {
    clearTimeout(this.#restart)
    const child = this.#child
    this.#child = null
    child?.kill('SIGKILL')
    await this.#ending
    process.off('exit', this.#takeAlong)
  }

  #gone(child: ChildProcess, ending: Ending): void {
    if (this.#child !== child) return
    this.#child = null
    process.off('exit', this.#takeAlong)
    this.#options.ended(ending)
    const { restartMs } = this.#options
    if (restartMs !== null) this.#restart = setTimeout(() => this.start(), restartMs)
  }
}
