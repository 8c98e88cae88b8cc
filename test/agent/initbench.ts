/** A register, a site and an empty folder, for `chekpost init`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Context } from '../../agent/commands/context.ts'
import { initCommand } from '../../agent/commands/init.ts'
import { Failure } from '../../agent/usage.ts'
import { type Bitrix, openBitrix } from '../fakes/bitrix.ts'
import { createRegister, type RegisterOptions, type SimulatedRegister } from '../fakes/register.ts'
import { environment, never, secret } from './daemon.ts'

/** Where `init` is tried. */
export interface Bench {
  readonly folder: string
  readonly configPath: string
  readonly register: SimulatedRegister
  readonly address: string
  readonly bitrix: Bitrix
  /** All that was printed, also of one that the site did not accept. */
  readonly init: (...words: string[]) => Promise<string>
  /** The last words of such a one. */
  readonly unfinished: string[]
}

/** A register, a site that knows the secret, and an empty folder for the config. */
export async function bench(
  options: RegisterOptions = {},
  known: readonly string[] = [secret],
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-init-'))
  const register = createRegister({ drive: { receipts: 3 }, ...options })
  const bitrix = await openBitrix({ secrets: { 'shop-12/till-1': known } })
  onTestFinished(async () => {
    await register[Symbol.asyncDispose]()
    await bitrix[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const configPath = join(folder, 'etc', 'chekpost.yaml')
  mkdirSync(join(folder, 'etc', 'secrets'), { recursive: true })
  writeFileSync(join(folder, 'etc', 'secrets', 'webhook-secret'), `${secret}\n`)
  const { address } = await register.listenTcp()
  const init = async (...words: string[]) => {
    const said: string[] = []
    const out = new Writable({ write: (chunk, _, done) => done(void said.push(String(chunk))) })
    const context: Context = {
      ...{ environment, language: 'en', configPath, out, input: process.stdin },
      ...{ interactive: false, signal: never },
    }
    await initCommand(context)
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parseAsync(words, { from: 'user' })
      .catch(unfinishedIn(unfinished))
    return said.join('')
  }
  const unfinished: string[] = []
  return { folder, configPath, register, address: address.replace(/^tcp:/, ''), bitrix, init, unfinished }
}

/** An installation that the site does not accept yet is done as far as it goes; anything else is thrown. */
function unfinishedIn(told: string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Failure) || !error.message.includes('Not finished')) throw error
    told.push(error.message)
  }
}

/** Without a question. */
export const answers = (bench: Bench) => [
  ...['--yes', '--store', 'shop-12', '--url', bench.bitrix.url, '--timezone', 'Europe/Moscow'],
  ...['--state-dir', join(bench.folder, 'state'), '--no-trial'],
]

/** With the reading for trial, which waits for the till's rest. */
export const answersAndTrial = (bench: Bench) => answers(bench).filter((word) => word !== '--no-trial')

/** A question that is waited for, and what is done then: an answer typed, or something beside it. */
export type Reply = readonly [question: RegExp, answer: string, meanwhile?: () => void]

/** `init` at a terminal: all that was said, once every question has been answered. */
export async function interview(
  shop: Bench,
  replies: readonly Reply[],
  words: readonly string[] = ['--tcp', shop.address],
): Promise<{ readonly said: string; readonly left: readonly Reply[] }> {
  const input = new PassThrough()
  const out = new PassThrough()
  const left = [...replies]
  let said = ''
  let heard = ''
  out.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    heard += chunk.toString('utf8')
    const [next] = left
    if (next === undefined || !next[0].test(heard)) return
    left.shift()
    heard = ''
    next[2]?.()
    input.write(`${next[1]}\n`)
  })
  const context: Context = {
    ...{ environment, language: 'en', configPath: shop.configPath, out },
    ...{ input: input as unknown as NodeJS.ReadStream, interactive: true, signal: never },
  }
  const all = [...words, '--no-trial', '--state-dir', join(shop.folder, 'state')]
  await initCommand(context).parseAsync(all, { from: 'user' }).catch(unfinishedIn(shop.unfinished))
  return { said, left }
}
