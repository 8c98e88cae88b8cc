/**
 * The web server of a site: processes of `php -S`, each with one request at a time as PHP-FPM gives them, behind a front
 * that hands out connections, lets the rest queue, and replaces a process that has died. They are started when needed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { type KeptPort, keepPort } from '../../fakes/ports.ts'
import { dieWithUs } from './maria.ts'

/** A process that was killed is gone by then. */
const dyingMs = 200

interface Worker {
  readonly child: ChildProcess
  readonly port: number
}

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export class Workers implements AsyncDisposable {
  readonly #folder: string
  readonly #limit: number
  readonly #words: readonly string[]
  readonly #log: number
  readonly #workers = new Set<Worker>()
  readonly #idle: Worker[] = []
  readonly #queue: Socket[] = []
  readonly #clients = new Set<Socket>()
  #starting = 0
  #server: Server | null = null
  #kept: KeptPort | null = null
  #died = 0

  constructor(folder: string, limit: number, words: readonly string[]) {
    this.#folder = folder
    this.#limit = limit
    this.#words = words
    this.#log = openSync(join(folder, 'php.log'), 'a')
  }

  get port(): number {
    return this.#kept?.port ?? 0
  }

  /** Processes that ended without being asked to. */
  get died(): number {
    return this.#died
  }

  /** Everything that PHP said. */
  get log(): string {
    return readFileSync(join(this.#folder, 'php.log'), 'utf8')
  }

  /** On the same port as before. */
  async start(): Promise<void> {
    if (this.#server !== null) return
    const server = createServer((client) => this.#take(client))
    this.#kept ??= await keepPort()
    const { port } = this.#kept
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#server = server
  }

  /** Ends every process in the middle of whatever it does; the port refuses until `start`. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise((resolve) => server.close(resolve))
    const gone = [...this.#workers].map(
      ({ child }) =>
        new Promise((resolve) => {
          child.once('exit', resolve)
          child.kill(signal)
        }),
    )
    await Promise.all(gone)
    for (const client of this.#clients) client.resetAndDestroy()
    this.#queue.splice(0)
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#kept?.[Symbol.asyncDispose]()
    closeSync(this.#log)
  }

  #take(client: Socket): void {
    this.#clients.add(client)
    client.on('error', () => undefined) // Its close follows.
    client.once('close', () => this.#clients.delete(client))
    client.once('readable', () => {
      this.#queue.push(client)
      this.#serve()
    })
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop()
      if (worker === undefined) break
      const client = this.#queue.shift()
      if (client === undefined || client.destroyed) this.#idle.push(worker)
      else this.#join(client, worker)
    }
    const wanted = Math.min(this.#queue.length, this.#limit - this.#workers.size)
    for (let more = wanted - this.#starting; more > 0; more--) void this.#hire()
  }

  /** A process whose death nobody has noticed yet refuses: then the request goes to another one, untouched. */
  #join(client: Socket, worker: Worker): void {
    const line = connect(worker.port, '127.0.0.1')
    let isJoined = false
    line.on('error', () => undefined) // Its close follows.
    line.once('connect', () => {
      isJoined = true
      client.once('close', () => line.destroy())
      client.pipe(line)
      line.pipe(client)
    })
    line.once('close', (wrongly) => {
      if (!isJoined && this.#server !== null) this.#queue.unshift(client)
      else if (wrongly || line.bytesRead === 0) client.resetAndDestroy()
      // Of a process that dies the connection may be gone before its port: what came there would be lost with it.
      const mayBeDying = wrongly || line.bytesRead === 0
      if (!isJoined) this.#serve()
      else if (mayBeDying) setTimeout(() => this.#free(worker), dyingMs)
      else this.#free(worker)
    })
  }

  /** It has nothing to do now, unless it has died. */
  #free(worker: Worker): void {
    if (this.#workers.has(worker)) this.#idle.push(worker)
    this.#serve()
  }

  async #hire(): Promise<void> {
    this.#starting++
    try {
      const worker = await this.#spawn()
      if (this.#server === null) worker.child.kill('SIGKILL')
      else this.#idle.push(worker)
    } catch (error) {
      if (this.#server !== null) throw error // Else the site was closed, its folder with it.
    } finally {
      this.#starting--
    }
    this.#serve()
  }

  async #spawn(): Promise<Worker> {
    const words = [...this.#words, '-S', '127.0.0.1:0', '-t', join(this.#folder, 'www')]
    const child = spawn('setpriv', [...dieWithUs, 'php', ...words], {
      cwd: this.#folder,
      stdio: ['ignore', this.#log, 'pipe'],
      env: { ...process.env, TMPDIR: join(this.#folder, 'tmp'), PHP_CLI_SERVER_WORKERS: '1' },
    })
    living.add(child)
    const port = await new Promise<number>((resolve, reject) => {
      let said = ''
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`php does not start: ${said}`)))
      child.stderr?.on('data', (text) => {
        said += text
        const found = /\(http:\/\/127\.0\.0\.1:(\d+)\) started/.exec(said)
        if (found !== null) resolve(Number(found[1]))
      })
    })
    child.stderr?.removeAllListeners('data')
    child.stderr?.resume()
    const worker = { child, port }
    this.#workers.add(worker)
    child.once('exit', () => {
      living.delete(child)
      this.#workers.delete(worker)
      const at = this.#idle.indexOf(worker)
      if (at >= 0) this.#idle.splice(at, 1)
      if (this.#server !== null) this.#died++
      this.#serve()
    })
    return worker
  }
}
