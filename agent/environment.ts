/** The one place that reads the process environment. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from './text.ts'

/** What systemd and the shell tell the process; null where they say nothing. */
export interface Environment {
  readonly language: Language
  /** Where systemd lays the secrets of `LoadCredential=`. */
  readonly credentialsDirectory: string | null
  /** Where the control socket lives: `/run/chekpost` under systemd. */
  readonly runtimeDirectory: string | null
  readonly notifySocket: string | null
  /** The watchdog's limit in milliseconds. */
  readonly watchdogMs: number | null
}

/** Reads the variables once, at the start. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const watchdog = Number(env['WATCHDOG_USEC'])
  const mine = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === process.pid
  return {
    language: languageOf(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''),
    credentialsDirectory: env['CREDENTIALS_DIRECTORY'] ?? null,
    runtimeDirectory: env['RUNTIME_DIRECTORY']?.split(':')[0] ?? null,
    notifySocket: env['NOTIFY_SOCKET'] ?? null,
    watchdogMs: watchdog > 0 && mine ? watchdog / 1000 : null,
  }
}

/** Russian unless the locale names another language: the shop's technician comes first. */
function languageOf(locale: string): Language {
  return /^(|C|POSIX|C\..*|ru.*)$/i.test(locale) ? 'ru' : 'en'
}

/** The control socket: in the runtime directory when there is one, else in the state directory. */
export function controlSocket(environment: Environment, stateDir: string): string {
  if (environment.runtimeDirectory !== null) return join(environment.runtimeDirectory, 'control.sock')
  const systemd = '/run/chekpost/control.sock'
  return stateDir === '/var/lib/chekpost' && existsSync(systemd) ? systemd : join(stateDir, 'control.sock')
}
