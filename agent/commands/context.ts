/** What every command is given: the language, the terminal, the config, and the desk. */
import { readFile } from 'node:fs/promises'
import type { Text } from '../../drivers/index.ts'
import { type Config, readConfig } from '../config.ts'
import type { Desk } from '../desk/desk.ts'
import type { Environment } from '../environment.ts'
import { whyOf } from '../systemwords.ts'
import { type Language, text } from '../text.ts'
import { UsageError } from '../usage.ts'

export interface Context {
  readonly environment: Environment
  readonly language: Language
  readonly configPath: string
  readonly out: NodeJS.WritableStream
  readonly input: NodeJS.ReadStream
  /** True when a person sits at the terminal and can be asked. */
  readonly interactive: boolean
  readonly signal: AbortSignal
}

export function print(context: Pick<Context, 'out'>, line: string): void {
  context.out.write(`${line}\n`)
}

export function say(context: Context, said: Text): void {
  print(context, said[context.language])
}

/** One JSON value on one line, for programs. */
export function printJson(context: Pick<Context, 'out'>, value: unknown): void {
  print(context, JSON.stringify(value))
}

export function loadConfig(context: Context): Config {
  return readConfig(context.configPath)
}

/** Opens the desk for one piece of work and closes it after. */
export async function withDesk<Result>(
  context: Context,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  // Loaded when it is needed: `decode` and `--help` need no database and no server.
  const { openDesk } = await import('../desk/open.ts')
  const { environment, configPath, signal } = context
  await using opened = await openDesk(loadConfig(context), environment, configPath, signal)
  return await work(opened.desk)
}

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(context: Context, path: string): Promise<Buffer> {
  if (path !== '-')
    return await readFile(path, { signal: context.signal }).catch((cause: unknown) => {
      context.signal.throwIfAborted()
      const { ru, en } = whyOf(cause)
      throw new UsageError(text(`${path} не читается: ${ru}`, `${path} cannot be read: ${en}`), { cause })
    })
  const parts: Buffer[] = []
  for await (const part of context.input) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
