/**
 * Which programs of this machine are connected to a register's TCP address beside us: most registers serve one client
 * at a time, and the second one waits in silence or is hung up on. What runs on another PC cannot be seen from here.
 */
import { lookup } from 'node:dns/promises'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from './address.ts'
import type { Holder } from './holders.ts'

/** As /proc/net/tcp has it (Linux, tcp_states.h). */
const established = '01'

/** Programs with an open connection to this address, without this very process; none for other kinds of address. */
export async function findRivals(address: string): Promise<Holder[]> {
  const parsed = parseAddress(address)
  if (parsed.kind !== 'tcp') return []
  const hosts = await lookup(parsed.host, { all: true, family: 4 }).catch(() => [])
  const inodes = new Set<string>()
  for (const { address: host } of hosts)
    for (const inode of inodesTo(await textOf('/proc/net/tcp'), host, parsed.port)) inodes.add(inode)
  return inodes.size === 0 ? [] : await ownersOf(inodes)
}

/** Sockets connected to `host:port`, from the text of /proc/net/tcp. */
export function inodesTo(table: string, host: string, port: number): string[] {
  const wanted = `${hexOf(host)}:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table.split('\n').flatMap((row) => {
    const [, , remote, state, , , , , , inode] = row.trim().split(/\s+/)
    return remote === wanted && state === established && inode !== undefined ? [inode] : []
  })
}

/** The four bytes in the order of a little-endian machine, which every PC is. */
function hexOf(host: string): string {
  return host
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
}

async function ownersOf(inodes: ReadonlySet<string>): Promise<Holder[]> {
  const found: Holder[] = []
  for (const pid of (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    if (pid === process.pid || !(await holdsOne(pid, inodes))) continue
    found.push({ pid, name: (await textOf(`/proc/${pid}/comm`)).trim() || null })
  }
  return found
}

async function holdsOne(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  for (const fd of await namesIn(folder)) {
    const target = await readlink(join(folder, fd)).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

// A process that ends meanwhile, or that is not ours to look into, simply shows nothing.
function textOf(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '')
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
