/** Another program talks to a register through us, byte for byte; nothing is added, held back or understood. */
import { on, once } from 'node:events'
import { createServer, type Server, Socket } from 'node:net'
import type { Line } from '../../drivers/index.ts'
import { whyOf } from '../systemwords.ts'
import { text } from '../text.ts'
import { together } from '../together.ts'
import { UsageError } from '../usage.ts'

/** Where the other program connects: a TCP port of this machine or a socket in the file system. */
export type Door = { readonly host: string; readonly port: number } | { readonly path: string }

/** `tcp:7779` (this machine only), `tcp:0.0.0.0:7779`, `unix:/run/talk.sock`. Throws `UsageError`. */
export function parseDoor(said: string): Door {
  const path = /^unix:(\/[^\0]+)$/.exec(said)?.[1]
  if (path !== undefined) return { path }
  const found = /^tcp:(?:([\w.-]+|\[[\w:.%]+\]):)?(\d{1,5})$/.exec(said)
  const port = Number(found?.[2] ?? -1)
  if (port < 0 || port > 65_535)
    throw new UsageError(
      text(
        `Непонятный адрес «${said}». Пример: --through tcp:7779 или unix:/run/talk.sock`,
        `Not an address: "${said}". An example: --through tcp:7779 or unix:/run/talk.sock`,
      ),
    )
  return { host: (found?.[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
}

/**
 * Lets one program after another talk over `line` until the signal aborts or the line is lost. `remark` is told, in
 * words for the transcript, who comes and goes; `ready` the address once programs may connect. Throws `UsageError`
 * when nobody can be let in there.
 */
export async function passThrough(
  line: Line,
  door: Door,
  tell: { readonly remark: (words: string) => void; readonly ready: (address: string) => void },
  signal: AbortSignal,
): Promise<void> {
  const server = createServer({ noDelay: true })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A program that is killed resets its connection, also while it waits; `close` follows and says enough.
    socket.on('error', () => {})
  })
  await listen(server, door)
  let guest: Socket | null = null
  try {
    tell.ready(addressOf(server))
    await together(signal, {
      fromRegister: async (each) => {
        for (;;) {
          const bytes = await line.read(each)
          guest?.write(bytes)
        }
      },
      toRegister: async (each) => {
        // One talk at a time is all that a register can have: the next program waits until the first has left.
        for await (const [socket] of on(server, 'connection', { signal: each })) {
          if (!(socket instanceof Socket) || socket.destroyed) continue
          guest = socket
          tell.remark('a program connected')
          await carry(socket, line, each)
          guest = null
          tell.remark('the program left')
        }
      },
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

async function listen(server: Server, door: Door): Promise<void> {
  server.listen(door)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `Порт для другой программы не открыть: ${why.ru}`,
        `The port for the other program cannot be opened: ${why.en}`,
      ),
      { cause },
    )
  }
}

/** Everything the program says goes to the register in its order, until the program leaves. */
async function carry(guest: Socket, line: Line, signal: AbortSignal): Promise<void> {
  const leave = () => guest.destroy()
  signal.addEventListener('abort', leave, { once: true })
  try {
    for await (const bytes of guest) await line.write(new Uint8Array(bytes as Buffer), signal)
  } catch (error) {
    // A program that is killed resets its connection: it has left, no more.
    if (!(error instanceof Error) || !('code' in error) || 'fault' in error) throw error
  } finally {
    signal.removeEventListener('abort', leave)
    guest.destroy()
  }
}

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') return `unix:${address ?? ''}`
  return `tcp:${address.address}:${address.port}`
}
