/**
 * A MariaDB of one test file's own: a private folder, a private socket, no network. It has no system tables at all, so
 * that it stands within a tenth of a second; there is one user, and he may everything.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../../drivers/index.ts'

export interface MariaOptions {
  /** What sites run with; both are common. */
  readonly isolation?: 'REPEATABLE-READ' | 'READ-COMMITTED'
  readonly bufferPool?: string
  /** Every commit reaches the disk, not only the kernel: for measurements. A killed process loses nothing either way. */
  readonly durable?: boolean
  /** More words for the server. */
  readonly words?: readonly string[]
}

const patienceMs = 30_000
const forEver = new AbortController().signal
/** Servers live where an ordinary user's way does not lead. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` }
/** So that even a killed test leaves no server behind (util-linux; the kernel sends the signal). */
export const dieWithUs = ['--pdeathsig', 'KILL']
const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export async function openMaria(options: MariaOptions = {}): Promise<Maria> {
  const maria = new Maria(options)
  try {
    await maria.start()
    return maria
  } catch (error) {
    await maria[Symbol.asyncDispose]()
    throw error
  }
}

export class Maria implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'chekpost-maria-'))
  readonly socket = join(this.folder, 'socket')
  readonly #data = join(this.folder, 'data')
  readonly #options: MariaOptions
  #child: ChildProcess | null = null

  constructor(options: MariaOptions) {
    this.#options = options
  }

  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8')
  }

  async start(): Promise<void> {
    if (this.#child !== null) return
    if (!existsSync(this.#data)) await this.#create()
    const child = this.#spawn([`--socket=${this.socket}`])
    this.#child = child
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    await Promise.race([failed, this.#answers(child)])
  }

  /** SIGKILL unless said otherwise: what a power cut or the kernel's memory killer does. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Until its first orderly end a new database does not survive SIGKILL: the head of its first file is in memory only. */
  async #create(): Promise<void> {
    mkdirSync(this.#data)
    const child = this.#spawn(['--bootstrap'])
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    if (code !== 0) throw new Error(`the database cannot be made:\n${this.log}`)
  }

  #spawn(words: readonly string[]): ChildProcess {
    const log = openSync(join(this.folder, 'log'), 'a')
    const child = spawn('setpriv', [...dieWithUs, 'mariadbd', ...this.#words(), ...words], {
      stdio: ['ignore', log, log],
      env,
    })
    closeSync(log)
    living.add(child)
    child.once('exit', () => living.delete(child))
    return child
  }

  #words(): string[] {
    const { isolation = 'REPEATABLE-READ', bufferPool = '32M', durable = false, words = [] } = this.#options
    const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
    return [
      '--no-defaults',
      ...asRoot,
      `--datadir=${this.#data}`,
      `--pid-file=${join(this.folder, 'pid')}`,
      `--tmpdir=${this.folder}`,
      '--skip-networking',
      '--skip-grant-tables',
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-log-file-size=16M',
      '--innodb-undo-tablespaces=0',
      '--innodb-data-file-path=ibdata1:4M:autoextend',
      '--innodb-temp-data-file-path=ibtmp1:1M:autoextend',
      '--innodb-stats-persistent=0',
      ...(durable ? [] : ['--innodb-flush-method=nosync', '--sync-frm=0']),
      `--innodb-buffer-pool-size=${bufferPool}`,
      '--key-buffer-size=1M',
      '--max-connections=200',
      `--transaction-isolation=${isolation}`,
      ...words,
    ]
  }

  async #answers(child: ChildProcess): Promise<void> {
    const end = performance.now() + patienceMs
    while (!(await greets(this.socket))) {
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > end)
        throw new Error(`the database does not start:\n${this.log}`)
      await pause(10, forEver)
    }
  }
}

/** The server speaks first; a socket that is merely there is not enough. */
async function greets(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const line = connect(path)
    const done = (is: boolean) => {
      line.destroy()
      resolve(is)
    }
    line.once('data', () => done(true))
    line.once('error', () => done(false))
    line.once('close', () => done(false))
  })
}
