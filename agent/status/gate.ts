/** The keys of the status page in one run of the daemon: its sessions, its password, its one-time links. */
import type { Config, PageConfig } from '../config.ts'
import type { TokenAnswer } from '../desk/desk.ts'
import type { Environment } from '../environment.ts'
import type { Log } from '../log.ts'
import { readPassword } from '../secrets.ts'
import { Sessions } from './sessions.ts'

export interface Gate {
  readonly page: PageConfig
  readonly sessions: Sessions
  /** Beyond this computer the page asks for it. */
  readonly password: string | null
  issue(who: string): TokenAnswer
}

/** Null when the config wants no page. Throws `UsageError` for a password that cannot be used. */
export function openGate(
  { page, stateDir }: Config,
  environment: Environment,
  configPath: string,
  clock: () => number,
  log: Log,
): Gate | null {
  if (page === null) return null
  const { passwordFile } = page
  const password = passwordFile === null ? null : readPassword(passwordFile, environment, configPath)
  const lost = (error: unknown) => log.warn({ why: String(error) }, 'the sessions of the page are not kept')
  const sessions = new Sessions({ stateDir, password, clock, lost })
  return {
    page,
    sessions,
    password,
    issue(who) {
      const { token, expiresAt } = sessions.issue(who)
      const url = `${baseUrl(page)}/login?token=${token}`
      return { token, url, expiresAt: new Date(expiresAt).toISOString() }
    },
  }
}

/** The address to open: the first by which the page is called. */
function baseUrl({ host, port, hosts, tls }: PageConfig): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const named = everywhere ? (hosts[0] ?? host) : host
  const name = named.includes(':') && !named.startsWith('[') ? `[${named}]` : named
  return `${tls === null ? 'http' : 'https'}://${name}:${port}`
}
