/** Webhook secrets: one `whsec_…` a line, several while they rotate; never in the config itself. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parseSecret } from './bitrix/sign.ts'
import type { Environment } from './environment.ts'
import { text } from './text.ts'
import { UsageError } from './usage.ts'

/**
 * Reads the file named in the config: from systemd's credentials directory, else from `secrets/` beside the config,
 * else as a path. Throws `UsageError` that names every place it looked at.
 */
export function readSecrets(name: string, environment: Environment, configPath: string): string[] {
  const places = isAbsolute(name)
    ? [name]
    : [
        ...(environment.credentialsDirectory === null ? [] : [join(environment.credentialsDirectory, name)]),
        join(dirname(configPath), 'secrets', name),
        join(dirname(configPath), name),
      ]
  const faults: string[] = []
  for (const place of places) {
    try {
      return secretsOf(readFileSync(place, 'utf8'), place)
    } catch (error) {
      if (error instanceof UsageError) throw error
      faults.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new UsageError(
    text(
      `Секрет не читается:\n  ${faults.join('\n  ')}\nПоложите файл с одной строкой whsec_… и дайте права группе chekpost (0640).`,
      `The secret cannot be read:\n  ${faults.join('\n  ')}\nPut a file with one line whsec_… there, readable by the group chekpost (0640).`,
    ),
  )
}

function secretsOf(content: string, place: string): string[] {
  const lines = content.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  try {
    if (lines.length === 0) throw new Error('the file is empty')
    for (const line of lines) parseSecret(line)
    return lines
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(
      text(
        `Секрет в файле ${place} неверный: ${why}. Нужна строка whsec_ и base64 от 24–64 байт.`,
        `The secret in ${place} is wrong: ${why}. A line whsec_ with base64 of 24 to 64 bytes is wanted.`,
      ),
      { cause },
    )
  }
}
