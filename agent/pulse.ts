/**
 * Who is alive. Every task beats when it gets on with its work; the watchdog of systemd is fed only while all of
 * them do, so a task that hangs restarts the daemon as surely as a stuck event loop does.
 */
import { pause } from '../drivers/index.ts'
import type { Log } from './log.ts'
import type { Notifier } from './systemd.ts'

export class Pulse {
  readonly #limitMs: number
  readonly #clock: () => number
  readonly #beats = new Map<string, number>()

  /** `limitMs` must be above the longest wait any task may take between two beats. */
  constructor(limitMs: number, clock: () => number) {
    this.#limitMs = limitMs
    this.#clock = clock
  }

  beat(task: string): void {
    this.#beats.set(task, this.#clock())
  }

  /** The tasks that have not been heard of for too long. */
  overdue(): string[] {
    const now = this.#clock()
    return [...this.#beats].filter(([, at]) => now - at > this.#limitMs).map(([task]) => task)
  }
}

/** Feeds the watchdog until the signal aborts; does nothing more once a task is overdue. */
export async function feedWatchdog(
  pulse: Pulse,
  notifier: Notifier,
  watchdogMs: number | null,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const overdue = pulse.overdue()
    if (overdue.length === 0) notifier.watchdog()
    else log.error({ tasks: overdue }, 'a task does not get on; the watchdog is not fed')
    await pause((watchdogMs ?? 30_000) / 3, signal).catch(() => undefined)
  }
}
