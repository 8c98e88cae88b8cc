import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A cable of two ends made by socat: a tty for us, a socket for whoever plays the register. */
export interface Cable extends AsyncDisposable {
  /** A symbolic link to the pseudo-terminal, as udev makes them. */
  readonly tty: string
  /** The pseudo-terminal itself, `/dev/pts/N`. */
  readonly device: string
  readonly register: Socket
  /** The process that is the cable. */
  readonly pid: number
  /** Hangs the tty up, as an unplugged device does. */
  unplug(): Promise<void>
}

/** Plugs a cable in; with `tty` at the same place as an earlier one. Needs socat. */
export async function plugCable(tty = join(mkdtempSync(join(tmpdir(), 'pty-')), 'till')): Promise<Cable> {
  const server = createServer().listen(`${tty}.sock`)
  await once(server, 'listening')
  const arrived = once(server, 'connection')
  const socat = spawn('socat', [`PTY,link=${tty},rawer`, `UNIX-CONNECT:${tty}.sock`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const failed = once(socat, 'error').then(([error]) => {
    throw new Error('these tests need socat: apt-get install socat', { cause: error })
  })
  const [register] = (await Promise.race([arrived, failed])) as [Socket]
  failed.catch(() => undefined)
  register.on('error', () => undefined)
  const exited = once(socat, 'exit')
  const unplug = async () => {
    socat.kill('SIGKILL')
    await exited
  }
  return {
    tty,
    device: realpathSync(tty),
    register,
    pid: socat.pid ?? 0,
    unplug,
    async [Symbol.asyncDispose]() {
      await unplug()
      register.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(`${tty}.sock`, { force: true })
      rmSync(tty, { force: true })
    },
  }
}

/** How often this process has the device open. */
export function openHere(device: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => target(fd) === device).length
}

function target(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
