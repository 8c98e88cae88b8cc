/** TCP ports that stay one server's own while it is down. */
import { createServer, type Server } from 'node:net'

/** A port on 127.0.0.1 that no other test, in whatever process, is given until this is disposed. */
export interface KeptPort extends AsyncDisposable {
  readonly port: number
}

/** Below what the kernel gives out by itself (`net.ipv4.ip_local_port_range` begins at 32768). */
const ports = { first: 16_384, count: 16_384 }

/**
 * A server that goes down and comes up again needs the same port: one that the kernel chose may meanwhile be
 * somebody else's, for tests run side by side. The name that guards it vanishes with its process, however that ends.
 */
export async function keepPort(): Promise<KeptPort> {
  for (;;) {
    const port = ports.first + Math.floor(Math.random() * ports.count)
    const guard = await listening((server, ready) => server.listen(`\0chekpost-port-${port}`, ready))
    if (guard === null) continue
    guard.unref()
    const probe = await listening((server, ready) => server.listen(port, '127.0.0.1', ready))
    if (probe !== null) {
      await closed(probe)
      return { port, [Symbol.asyncDispose]: () => closed(guard) }
    }
    await closed(guard)
  }
}

/** Null when the address is taken. */
function listening(listen: (server: Server, ready: () => void) => unknown): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    listen(server, () => resolve(server))
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
