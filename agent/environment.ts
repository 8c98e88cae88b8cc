/** The one place that reads the process environment. */
import { accessSync, constants, existsSync } from 'node:fs'
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
  /** The command that reads systemd's journal, by its path, whether it is there or not; absent = it is not asked. */
  readonly journalctl?: string
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
    // Never looked for in PATH: root runs it.
    journalctl: '/usr/bin/journalctl',
  }
}

/** Russian unless the locale names another language: the shop's technician comes first. */
function languageOf(locale: string): Language {
  return /^(|C|POSIX|C\..*|ru.*)$/i.test(locale) ? 'ru' : 'en'
}

/** Where systemd lets members of the group in; the state directory itself is the daemon's alone. */
const systemdSocket = '/run/chekpost/control.sock'

/** The control socket of a daemon: in the runtime directory when there is one, else in the state directory. */
export function controlSocket(environment: Environment, stateDir: string): string {
  return environment.runtimeDirectory === null
    ? linkedSocket(stateDir)
    : join(environment.runtimeDirectory, 'control.sock')
}

/** The name in the state directory: the socket itself, or the daemon's link to it. */
export function linkedSocket(stateDir: string): string {
  return join(stateDir, 'control.sock')
}

/** Where a daemon listens, and the name by which its state directory knows that socket. */
export function socketsOf(
  environment: Environment,
  stateDir: string,
): { readonly socket: string; readonly link: string } {
  return { socket: controlSocket(environment, stateDir), link: linkedSocket(stateDir) }
}

/** The socket that a command asks: the one of this state directory, or systemd's where that may not be looked into. */
export function socketToAsk(environment: Environment, stateDir: string): string {
  if (environment.runtimeDirectory !== null) return controlSocket(environment, stateDir)
  const linked = linkedSocket(stateDir)
  const isHidden = !existsSync(linked) && !canLookInto(stateDir)
  return (isHidden || stateDir === '/var/lib/chekpost') && existsSync(systemdSocket) ? systemdSocket : linked
}

function canLookInto(stateDir: string): boolean {
  try {
    accessSync(stateDir, constants.X_OK)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EACCES')
  }
}
