/** The keys of the status page in one run of the daemon: its sessions, its password, its one-time links. */
import type { Config, PageConfig } from '../config.ts'
import type { TokenAnswer } from '../desk/desk.ts'
import type { Environment } from '../environment.ts'
import type { Log } from '../log.ts'
import { readPassword } from '../secrets.ts'
import { Failure, UsageError } from '../usage.ts'
import { Sessions } from './sessions.ts'

/** What the page's door is opened with. */
export interface Keys {
  readonly sessions: Sessions
  /** Beyond this computer the page asks for it. */
  readonly password: string | null
}

export interface Gate {
  readonly page: PageConfig
  /** Throws `UsageError` while the password cannot be used: receipts do not wait for it, only the page does. */
  keys(): Keys
  /** Throws `Failure` that says why there is no page to enter. */
  issue(who: string): TokenAnswer
}

/** The password is read when the keys are first wanted, and again after each failure. */
export function openGate(
  page: PageConfig,
  { stateDir }: Config,
  environment: Environment,
  configPath: string,
  clock: () => number,
  log: Log,
): Gate {
  let opened: Keys | null = null
  const keys = () => {
    if (opened !== null) return opened
    const { passwordFile } = page
    const password = passwordFile === null ? null : readPassword(passwordFile, environment, configPath)
    const lost = (error: unknown) => log.warn({ why: String(error) }, 'the sessions of the page are not kept')
    opened = { sessions: new Sessions({ stateDir, password, clock, lost }), password }
    return opened
  }
  return {
    page,
    keys,
    issue(who) {
      const { token, expiresAt } = keysOrFail(keys).sessions.issue(who)
      const url = `${baseUrl(page)}/login?token=${token}`
      return { token, url, expiresAt: new Date(expiresAt).toISOString() }
    },
  }
}

function keysOrFail(keys: () => Keys): Keys {
  try {
    return keys()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new Failure(error.text, { cause: error })
  }
}

/** The address to open: the first by which the page is called. */
function baseUrl({ host, port, hosts, tls }: PageConfig): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const named = everywhere ? (hosts[0] ?? host) : host
  const name = named.includes(':') && !named.startsWith('[') ? `[${named}]` : named
  return `${tls === null ? 'http' : 'https'}://${name}:${port}`
}
