/** SQL from the tests, through a small PHP process, so that no MySQL client is needed among the packages. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { kernelFolder } from './files.ts'

export type Value = string | number | null
/** Every value of the database is text or null. */
export type Row = Readonly<Record<string, string | null>>

const living = new Set<ChildProcessWithoutNullStreams>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

interface Waiting {
  readonly resolve: (rows: Row[]) => void
  readonly reject: (error: Error) => void
}

export class Sql implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: Waiting[] = []

  constructor(socket: string, database: string) {
    const child = spawn('php', [`${kernelFolder}/scripts/sql.php`, socket, database])
    this.#child = child
    living.add(child)
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line))
    const fail = (why: string) => {
      living.delete(child)
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(why))
    }
    child.once('error', (error) => fail(error.message))
    child.once('close', () => fail(`the way to the database is closed ${said}`))
    child.stdin.on('error', () => undefined) // The close that follows tells everybody who waits.
  }

  async run(sql: string, params: readonly Value[]): Promise<Row[]> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${JSON.stringify({ sql, params })}\n`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }

  #take(line: string): void {
    const waiting = this.#waiting.shift()
    const answer = JSON.parse(line) as { rows?: Row[]; error?: string }
    if (answer.rows !== undefined) waiting?.resolve(answer.rows)
    else waiting?.reject(new Error(answer.error ?? 'no answer'))
  }
}
