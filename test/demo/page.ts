/** The status page of the demo: where it is served, and a one-time link into it that still works. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { remoteDesk } from '../../agent/desk/remote.ts'
import { isServed } from './served.ts'

/** Where the page of an installed chekpost is. */
const usualPort = 8321

/** The usual port when nobody has it, else any free one. */
export async function portForPage(): Promise<number> {
  return (await tryPort(usualPort)) ?? (await tryPort(0)) ?? usualPort
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(port, '127.0.0.1')
    await listening
    const address = server.address()
    return typeof address === 'object' ? (address?.port ?? null) : null
  } catch {
    return null
  } finally {
    server.close()
  }
}

/** A link is renewed so long before the ten minutes are over in which it may be used. */
const renewAfterMs = 9 * 60_000

/** Links are the agent's own and end with it: one that was given before a restart opens nothing. */
export class PageLink {
  readonly #socket: string
  #link: { readonly url: string; readonly starts: number; readonly at: number } | null = null
  #wanted = false

  constructor(stateDir: string) {
    this.#socket = join(stateDir, 'control.sock')
  }

  get url(): string | null {
    return this.#link?.url ?? null
  }

  /** Another one, for the last was used. */
  renew(): void {
    this.#wanted = true
  }

  /** Asks for a link when there is none that works; nothing changes while the agent does not answer. */
  async refresh(starts: number): Promise<void> {
    const now = performance.now()
    const link = this.#link
    if (!this.#wanted && link !== null && link.starts === starts && now - link.at < renewAfterMs) return
    const asked = remoteDesk(this.#socket).token({ who: 'demo' }, AbortSignal.timeout(5_000))
    const answer = await asked.catch(() => null)
    // The desk answers before the page is served: a link that opens nothing is none.
    if (answer === null || !(await isServed(answer.url))) return
    this.#wanted = false
    this.#link = { url: answer.url, starts, at: now }
  }
}
