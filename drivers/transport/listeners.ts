/** Which program of this machine listens on an address that we want. */
import { formsOf, ownersOf, socketsOf } from './findrivals.ts'
import type { Holder } from './holders.ts'

/** As /proc/net/tcp has it (Linux, tcp_states.h). */
const listening = '0A'

/** Those that can be seen from here, without this very process; a name instead of an address finds whoever has the port. */
export async function findListeners(host: string, port: number): Promise<Holder[]> {
  const inodes = await socketsOf((table) => listenersOn(table, host, port))
  return inodes.size === 0 ? [] : await ownersOf(inodes)
}

/** Sockets that listen on the port of this address or of every address, from the text of /proc/net/tcp or tcp6. */
export function listenersOn(table: string, host: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const own = /^[\d.]+$|:/.test(host) ? formsOf(host) : null
  const isOurs = (local: string) =>
    own === null || isEvery(own[0] ?? '') || isEvery(local) || own.includes(local)
  return table.split('\n').flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/)
    if (local?.endsWith(end) !== true || state !== listening || inode === undefined) return []
    return isOurs(local.slice(0, -end.length)) ? [inode] : []
  })
}

/** 0.0.0.0 or ::. */
function isEvery(hex: string): boolean {
  return /^0+$/.test(hex)
}
