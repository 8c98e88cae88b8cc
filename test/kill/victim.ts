/** The agent with kill points, as a process of its own: armed from its first step or while it works. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import type { Ending } from '../demo/agent.ts'

/** A point by its number, and at which meeting with it the agent dies. */
export interface Target {
  readonly point: number
  readonly meeting: number
}

export interface VictimOptions {
  readonly program: string
  readonly configPath: string
  readonly logPath: string
  readonly target?: Target
}

export class Victim {
  readonly #child: ChildProcess
  readonly #ending: Promise<Ending>
  readonly #countsPath: string
  #ended: Ending | null = null
  /** Nobody is left behind when the runner dies. */
  readonly #takeAlong = () => void this.#child.kill('SIGKILL')

  constructor({ program, configPath, logPath, target }: VictimOptions) {
    const log = openSync(logPath, 'a', 0o600)
    const { PATH, HOME } = process.env
    this.#countsPath = `${logPath}.counts`
    rmSync(this.#countsPath, { force: true })
    this.#child = spawn(process.execPath, [program, 'run', '--config', configPath], {
      env: {
        ...{ PATH, HOME, LANG: 'C.UTF-8', KILL_COUNTS: this.#countsPath },
        ...(target !== undefined && { KILL_AT: `${target.point}:${target.meeting}` }),
      },
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    // It may die while something is said to it.
    this.#child.on('error', () => undefined)
    process.on('exit', this.#takeAlong)
    this.#ending = once(this.#child, 'exit').then(([code, signal]) => {
      process.off('exit', this.#takeAlong)
      this.#ended = { code, signal }
      return this.#ended
    })
  }

  /** Null while it lives. */
  get ended(): Ending | null {
    return this.#ended
  }

  arm({ point, meeting }: Target): void {
    // A victim that has just died needs no target any more.
    this.#child.send(`${point}:${meeting}`, () => undefined)
  }

  /** How often each point was met since the start; empty for a process that was killed. */
  async counts(): Promise<readonly number[]> {
    const told = await new Promise<unknown>((resolve) => {
      this.#child.once('message', resolve)
      // One that ends meanwhile says it in its file.
      void this.#ending.then(() => resolve(null))
      this.#child.send('count', () => undefined)
    })
    if (told !== null) return numbersIn(told)
    return existsSync(this.#countsPath) ? numbersIn(JSON.parse(readFileSync(this.#countsPath, 'utf8'))) : []
  }

  /** As `systemctl stop` does. */
  terminate(): void {
    this.#child.kill('SIGTERM')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ending
  }
}

function numbersIn(told: unknown): number[] {
  return Array.isArray(told) ? told.map((each) => Number(each ?? 0)) : []
}
