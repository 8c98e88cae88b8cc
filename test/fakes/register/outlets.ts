/** The ways in from outside: a TCP port, a pseudo-terminal made by socat, and a line in memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Line, RegisterError } from '../../../drivers/contract.ts'
import { type KeptPort, keepPort } from '../ports.ts'
import type { Jack } from './jack.ts'

/** A way in that can be pulled out and put back. */
export interface Outlet extends AsyncDisposable {
  /** What the agent's config calls it: `tcp:127.0.0.1:40123`, `serial:/dev/pts/7`. */
  readonly address: string
  unplug(): void
  plug(): Promise<void>
}

/** A TCP server as built into the register. While unplugged its port refuses. */
export class TcpOutlet implements Outlet {
  readonly #jack: Jack
  readonly #server: Server
  readonly #kept: KeptPort | null
  readonly port: number

  private constructor(jack: Jack, port: number, kept: KeptPort | null) {
    this.#jack = jack
    this.#kept = kept
    this.port = port
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  /** Port 0: one that stays its own while it is unplugged. */
  static async open(jack: Jack, port: number): Promise<TcpOutlet> {
    const kept = port === 0 ? await keepPort() : null
    const outlet = new TcpOutlet(jack, kept?.port ?? port, kept)
    await outlet.plug()
    return outlet
  }

  get address(): string {
    return `tcp:127.0.0.1:${this.port}`
  }

  unplug(): void {
    this.#server.close()
    this.#jack.drop()
  }

  async plug(): Promise<void> {
    if (this.#server.listening) return
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.unplug()
    await closed
    await this.#kept?.[Symbol.asyncDispose]()
  }

  #accept(socket: Socket): void {
    const connection = this.#jack.connect({
      send: (bytes) => void socket.write(bytes),
      drop: () => void socket.resetAndDestroy(),
      diesWithPower: true,
    })
    if (connection === null) return void socket.resetAndDestroy()
    socket.on('data', (bytes) => connection.receive(bytes))
    // By its end or its reset it has left, and the next one may come in; 'close' follows some turns later.
    for (const left of ['end', 'error', 'close']) socket.on(left, () => connection.closed())
  }
}

/** A serial port: the slave end of a pty under a stable link. Pulled out, the device is gone. */
export class PtyOutlet implements Outlet {
  readonly #jack: Jack
  readonly #link: string
  readonly #folder: string | null
  #child: ChildProcess | null = null
  /** A socat that ends takes the link away, so a new one waits for it. */
  #gone: Promise<unknown> = Promise.resolve()

  private constructor(jack: Jack, link: string, folder: string | null) {
    this.#jack = jack
    this.#link = link
    this.#folder = folder
  }

  /** Without a `link` one is made in a folder of its own and removed at the end. */
  static async open(jack: Jack, link?: string): Promise<PtyOutlet> {
    const folder = link === undefined ? await mkdtemp(join(tmpdir(), 'register-')) : null
    const outlet = new PtyOutlet(jack, link ?? join(folder ?? '', 'port'), folder)
    await outlet.plug()
    return outlet
  }

  get link(): string {
    return this.#link
  }

  get address(): string {
    return `serial:${this.#link}`
  }

  unplug(): void {
    this.#jack.drop()
  }

  async plug(): Promise<void> {
    if (this.#child !== null) return
    await this.#gone
    const child = spawn('socat', ['-d', '-d', `PTY,link=${this.#link},rawer,mode=660`, 'STDIO'])
    this.#child = child
    this.#gone = once(child, 'close')
    await started(child)
    const connection = this.#jack.connect({
      send: (bytes) => void child.stdin.write(bytes),
      drop: () => {
        this.#child = null
        child.kill('SIGTERM')
      },
      diesWithPower: false,
    })
    child.stdout.on('data', (bytes: Buffer) => connection?.receive(bytes))
    // Writing into a port that was just pulled out.
    child.stdin.on('error', () => {})
    child.once('close', () => connection?.closed())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child
    this.unplug()
    child?.kill('SIGTERM')
    await this.#gone
    if (this.#folder !== null) await rm(dirname(this.#link), { recursive: true, force: true })
  }
}

/** Resolves once socat carries bytes; rejects with what it said when it ends before. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.on('error', (cause) => reject(new Error('socat is needed for a pty', { cause })))
    child.on('close', () => reject(new Error(`socat ended: ${said}`)))
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.includes('starting data transfer loop')) resolve()
    })
  })
}

const gone = () => new RegisterError('lost', { ru: 'Линия закрыта', en: 'The line is gone' })

/** A line that ends in the register, without any system in between; lost at once unless `plugged`. */
export function memoryLine(jack: Jack, plugged: boolean): Line {
  if (!plugged) throw gone()
  const arrived: Uint8Array[] = []
  let lost = false
  let wake = () => {}
  const connection = jack.connect({
    send: (bytes) => {
      arrived.push(bytes)
      wake()
    },
    drop: () => {
      lost = true
      wake()
    },
    diesWithPower: true,
  })
  if (connection === null) throw gone()
  return {
    async write(bytes, signal) {
      signal.throwIfAborted()
      if (lost) throw gone()
      await Promise.resolve()
      connection.receive(Uint8Array.from(bytes))
    },
    read: (signal) =>
      new Promise((resolve, reject) => {
        const settle = () => {
          const bytes = arrived.shift()
          if (bytes === undefined && !lost && !signal.aborted) return
          signal.removeEventListener('abort', settle)
          wake = () => {}
          if (bytes !== undefined) resolve(bytes)
          else reject(lost ? gone() : signal.reason)
        }
        wake = settle
        signal.addEventListener('abort', settle, { once: true })
        settle()
      }),
    [Symbol.asyncDispose]() {
      lost = true
      wake()
      connection.closed()
      return Promise.resolve()
    },
  }
}
