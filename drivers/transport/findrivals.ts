/**
 * Which programs of this machine have a register beside us. Over TCP most registers serve one client at a time, and the
 * second one waits in silence or is hung up on; what runs on another PC cannot be seen from here. A serial port that
 * another program has must not be touched at all: its rate belongs to the device, so ours would become the other's.
 */
import { lookup } from 'node:dns/promises'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from './address.ts'
import { findDevice } from './claim.ts'
import { findHolders, findLockOwner, type Holder } from './holders.ts'

/** As /proc/net/tcp has it (Linux, tcp_states.h). */
const established = '01'

/** Programs connected to this address or with this port open, without this very process; HID bridges show nobody. */
export async function findRivals(address: string): Promise<Holder[]> {
  const parsed = parseAddress(address)
  if (parsed.kind === 'serial') return await rivalsAt(parsed.path)
  if (parsed.kind !== 'tcp') return []
  const hosts = await lookup(parsed.host, { all: true }).catch(() => [])
  const inodes = await socketsOf((table) =>
    hosts.flatMap(({ address: host }) => inodesTo(table, host, parsed.port)),
  )
  return inodes.size === 0 ? [] : await ownersOf(inodes)
}

/** Inodes of the TCP sockets of this machine that `choose` finds in a table of theirs, by IPv4 and by IPv6. */
export async function socketsOf(choose: (table: string) => readonly string[]): Promise<Set<string>> {
  const tables = [await textOf('/proc/net/tcp'), await textOf('/proc/net/tcp6')]
  return new Set(tables.flatMap(choose))
}

/** A port that is not there has no rivals. */
async function rivalsAt(path: string): Promise<Holder[]> {
  const device = await findDevice(path).catch(() => null)
  if (device === null) return []
  const locker = await findLockOwner(device)
  const found = [...(await findHolders(device, null)), ...(locker === null ? [] : [locker])]
  return found.filter(({ pid }) => pid !== process.pid)
}

/**
 * True when the open files of every process can be looked into, as root can. Else a program of another user that has a
 * serial port open and does not lock it stays unseen.
 */
export async function seesEveryProgram(): Promise<boolean> {
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name))
  // Where /proc is mounted with hidepid, those of others are not even named.
  if (!pids.includes('1')) return false
  for (const pid of pids) {
    const seen = await readdir(`/proc/${pid}/fd`).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'EACCES' && error.code !== 'EPERM',
    )
    if (!seen) return false
  }
  return true
}

/** Sockets connected to `host:port`, from the text of /proc/net/tcp or tcp6, where Java keeps those of IPv4 as well. */
export function inodesTo(table: string, host: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const wanted = formsOf(host).map((form) => `${form}${end}`)
  return table.split('\n').flatMap((row) => {
    const [, , remote, state, , , , , , inode] = row.trim().split(/\s+/)
    const isIt = remote !== undefined && wanted.includes(remote)
    return isIt && state === established && inode !== undefined ? [inode] : []
  })
}

/** How the tables write an address: one of IPv4 may stand as itself or mapped into IPv6 (`::ffff:`). */
export function formsOf(host: string): string[] {
  if (host.includes(':')) return [hexOf(wordsOf(host))]
  const bytes = hexOf(host.split('.').map(Number))
  return [bytes, `0000000000000000FFFF0000${bytes}`]
}

/** The sixteen bytes of an IPv6 address. */
function wordsOf(host: string): number[] {
  const [head = '', tail] = host.replace(/%.*$/, '').split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const before = groups(head)
  const after = groups(tail ?? '')
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...gap, ...after].flatMap((group) => {
    const word = Number.parseInt(group, 16)
    return [word >> 8, word & 0xff]
  })
}

/** Each four bytes in the order of a little-endian machine, which every PC is. */
function hexOf(bytes: readonly number[]): string {
  return bytes
    .map((_, i) => bytes[(i & ~3) + 3 - (i & 3)] ?? 0)
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('')
}

/** The programs that have one of these sockets, without this very process. */
export async function ownersOf(inodes: ReadonlySet<string>): Promise<Holder[]> {
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
