/**
 * Who has a serial port open already. Linux lets two programs open one tty and gives each received byte to one
 * of them by chance, without a word to either; so a port that somebody holds is never touched.
 *
 * Three traces are looked at, for none shows everybody: UUCP lock files (minicom, RXTX and the Java tills built
 * on it), the open files under /proc (complete for root, else our own user's processes only), and the list of
 * flocks (names holders of any user, but only those that lock).
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A program that has the port. `name` is null when only its number is known. */
export interface Holder {
  readonly pid: number
  readonly name: string | null
}

/** One tty as the kernel names it. */
export interface Device {
  /** Without symbolic links, e.g. `/dev/ttyUSB0`. */
  readonly path: string
  /** The node itself as /proc/locks names it: the file system's device in hex, then the inode. */
  readonly node: string
  /** Of the terminal behind the node. */
  readonly major: number
  readonly minor: number
}

/** Everybody found; `ownFd` is our own file and does not count. Empty means: nobody that can be seen. */
export async function findHolders(device: Device, ownFd: number | null): Promise<Holder[]> {
  const pids = [await lockFileOwner(device), ...(await processesWithOpen(device, ownFd))].filter(
    (pid) => pid !== null,
  )
  return Promise.all([...new Set(pids)].map(named))
}

/** Who holds an flock on the node; null when nobody does or the process cannot be seen from here. */
export async function findLockOwner(device: Device): Promise<Holder | null> {
  const locks = await textOf('/proc/locks')
  const found = new RegExp(`FLOCK +\\S+ +\\S+ +(\\d+) +${device.node} `).exec(locks)
  const pid = Number(found?.[1] ?? 0)
  return pid > 0 && (await isRunning(pid)) ? named(pid) : null
}

/** `LCK..ttyUSB0` holds its owner's number as text; a file of a process that is gone is stale. */
async function lockFileOwner(device: Device): Promise<number | null> {
  const text = await textOf(join('/var/lock', `LCK..${basename(device.path)}`))
  const pid = Number(/^\s*(\d+)/.exec(text)?.[1] ?? 0)
  return pid > 0 && (await isRunning(pid)) ? pid : null
}

async function processesWithOpen(device: Device, ownFd: number | null): Promise<number[]> {
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found: number[] = []
  for (const pid of pids) if (await hasOpen(pid, device, pid === process.pid ? ownFd : null)) found.push(pid)
  return found
}

async function hasOpen(pid: number, device: Device, ownFd: number | null): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  const fds = (await namesIn(folder)).filter((fd) => Number(fd) !== ownFd)
  const targets = await Promise.all(fds.map((fd) => readlink(join(folder, fd)).catch(() => '')))
  return targets.includes(device.path) && !(await isMakerOf(pid, device, fds, targets))
}

/** Whoever made a pseudo-terminal keeps both its ends open (socat does): it is the other side, not a rival. */
async function isMakerOf(pid: number, device: Device, fds: string[], targets: string[]): Promise<boolean> {
  if (!isPseudoTerminal(device)) return false
  for (const [index, fd] of fds.entries()) {
    if (!targets[index]?.endsWith('/ptmx')) continue
    const about = await textOf(`/proc/${pid}/fdinfo/${fd}`)
    if (new RegExp(`^tty-index:\\s*${basename(device.path)}$`, 'm').test(about)) return true
  }
  return false
}

/** Majors 136 to 143 are pty slaves (Documentation/admin-guide/devices.txt). */
export function isPseudoTerminal(device: Device): boolean {
  return device.major >= 136 && device.major <= 143
}

async function named(pid: number): Promise<Holder> {
  return { pid, name: (await textOf(`/proc/${pid}/comm`)).trim() || null }
}

async function isRunning(pid: number): Promise<boolean> {
  return (await textOf(`/proc/${pid}/stat`)) !== ''
}

// A process that ends meanwhile, or that is not ours to look into, simply shows nothing.
function textOf(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '')
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
