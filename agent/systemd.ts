/** READY, STATUS, WATCHDOG and STOPPING messages to systemd: one datagram each (sd_notify(3)). */
import { createSocket } from 'unix-dgram'

export interface Notifier extends Disposable {
  ready(status: string): void
  status(text: string): void
  watchdog(): void
  stopping(): void
}

/** Speaks to `NOTIFY_SOCKET`; says nothing when there is none. A failed datagram is never an error of ours. */
export function openNotifier(path: string | null): Notifier {
  if (path === null) {
    const nothing = () => undefined
    return {
      ready: nothing,
      status: nothing,
      watchdog: nothing,
      stopping: nothing,
      [Symbol.dispose]: nothing,
    }
  }
  const socket = createSocket('unix_dgram')
  // systemd may be restarting itself: the next message will arrive, and the watchdog tells if none does.
  socket.on('error', () => undefined)
  const address = path.startsWith('@') ? `\0${path.slice(1)}` : path
  const send = (text: string) =>
    socket.send(Buffer.from(text), 0, Buffer.byteLength(text), address, () => undefined)
  return {
    ready: (status) => send(`READY=1\nSTATUS=${status}`),
    status: (text) => send(`STATUS=${text}`),
    watchdog: () => send('WATCHDOG=1'),
    stopping: () => send('STOPPING=1'),
    [Symbol.dispose]: () => socket.close(),
  }
}
