/** Webhook secrets: one `whsec_…` a line, several while they rotate; never in the config itself. */
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parseSecret, SecretError } from './bitrix/sign.ts'
import type { Environment } from './environment.ts'
import { replaceFile } from './store/durable.ts'
import { whyOf } from './systemwords.ts'
import { type Text, text } from './text.ts'
import { UsageError } from './usage.ts'

/** Where the secret's own file may lie; systemd only hands out a copy of it. */
function ownPlaces(name: string, configPath: string): string[] {
  return isAbsolute(name)
    ? [name]
    : [join(dirname(configPath), 'secrets', name), join(dirname(configPath), name)]
}

/**
 * Reads the file named in the config: from systemd's credentials directory, else from `secrets/` beside the config,
 * else as a path. Throws `UsageError` that names every place it looked at.
 */
export function readSecrets(name: string, environment: Environment, configPath: string): string[] {
  const { credentialsDirectory } = environment
  const handedOut =
    credentialsDirectory === null || isAbsolute(name) ? [] : [join(credentialsDirectory, name)]
  return readFirst([...handedOut, ...ownPlaces(name, configPath)], secretsOf).content
}

/** The secrets as they stand in their own file, and where that is. Throws `UsageError`. */
export function findSecrets(name: string, configPath: string): { path: string; secrets: string[] } {
  const { path, content: secrets } = readFirst(ownPlaces(name, configPath), secretsOf)
  return { path, secrets }
}

/** Replaces the content of the file, newest secret first; its owner and its rights stay. Throws `UsageError`. */
export function writeSecrets(path: string, secrets: readonly string[]): void {
  try {
    replaceFile(path, `${secrets.join('\n')}\n`, statSync(path))
  } catch (cause) {
    const why = whyOf(cause)
    throw new UsageError(
      text(
        `Файл ${path} не записывается: ${why.ru}. Повторите через sudo.`,
        `${path} cannot be written: ${why.en}. Try again with sudo.`,
      ),
      { cause },
    )
  }
}

/** Whoever guesses must need years, even without the limit on tries. */
const shortestPassword = 12

/** The page's password: the first line of a file found like a secret. Throws `UsageError`. */
export function readPassword(name: string, environment: Environment, configPath: string): string {
  const { credentialsDirectory } = environment
  const handedOut =
    credentialsDirectory === null || isAbsolute(name) ? [] : [join(credentialsDirectory, name)]
  return readFirst([...handedOut, ...ownPlaces(name, configPath)], passwordOf).content
}

function passwordOf(content: string, place: string): string {
  const [line = ''] = content.split(/\r?\n/)
  if (line.length >= shortestPassword) return line
  throw new UsageError(
    text(
      `Пароль страницы в файле ${place} короче ${shortestPassword} знаков. Запишите длиннее, одной строкой.`,
      `The page's password in ${place} has fewer than ${shortestPassword} characters. Write a longer one, on one line.`,
    ),
  )
}

/** A new `whsec_…` of 32 random bytes. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

function readFirst<Content>(
  places: readonly string[],
  understand: (content: string, place: string) => Content,
): { path: string; content: Content } {
  const faults: Text[] = []
  for (const place of places) {
    try {
      return { path: place, content: understand(readFileSync(place, 'utf8'), place) }
    } catch (error) {
      if (error instanceof UsageError) throw error
      const { ru, en } = whyOf(error)
      faults.push(text(`${place}: ${ru}`, `${place}: ${en}`))
    }
  }
  throw new UsageError(
    text(
      `Секрет не читается:\n  ${faults.map(({ ru }) => ru).join('\n  ')}\nПоложите туда файл с одной строкой (для сайта: whsec_…) и дайте права группе chekpost (0640).`,
      `The secret cannot be read:\n  ${faults.map(({ en }) => en).join('\n  ')}\nPut a file with one line there (for the site: whsec_…), readable by the group chekpost (0640).`,
    ),
  )
}

function secretsOf(content: string, place: string): string[] {
  const lines = content.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  try {
    if (lines.length === 0) throw new SecretError(text('файл пустой', 'the file is empty'))
    for (const line of lines) parseSecret(line)
    return lines
  } catch (cause) {
    if (!(cause instanceof SecretError)) throw cause
    const why = cause.text
    throw new UsageError(
      text(
        `Секрет в файле ${place} неверный: ${why.ru}. Нужна строка whsec_ и base64 от 24–64 байт.`,
        `The secret in ${place} is wrong: ${why.en}. A line whsec_ with base64 of 24 to 64 bytes is wanted.`,
      ),
      { cause },
    )
  }
}
