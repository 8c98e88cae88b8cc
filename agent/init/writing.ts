/** What `init` leaves on the disk: the config and the secret, readable by root and the group chekpost alone. */
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { findSecrets, newSecret } from '../secrets.ts'
import { type Rights, replaceFile } from '../store/durable.ts'
import { text } from '../text.ts'
import { UsageError } from '../usage.ts'

const mode = 0o640
const folderMode = 0o750
const group = 'chekpost'

/** Throws `UsageError` when a config is there already and may not be replaced. */
export function demandFree(path: string, force: boolean): void {
  if (force || !existsSync(path)) return
  throw new UsageError(
    text(
      `Настройки уже есть: ${path}. Исправьте их сами или начните заново: chekpost init --force (прежние останутся в ${basename(path)}.bak)`,
      `There is a config already: ${path}. Correct it by hand, or begin anew: chekpost init --force (the old one stays as ${basename(path)}.bak)`,
    ),
  )
}

/** Replaces the config; the one before stays beside it as `.bak`. Throws `UsageError`. */
export function writeConfig(path: string, content: string): void {
  tell(path, () => {
    makeFolder(dirname(path))
    if (existsSync(path)) copyFileSync(path, `${path}.bak`)
    replaceFile(path, content, rights())
  })
}

/** The secrets of this shop, newest first: those that are there already, else a new one. Throws `UsageError`. */
export function keepSecret(
  name: string,
  configPath: string,
): { path: string; secret: string; made: boolean } {
  const folder = join(dirname(configPath), 'secrets')
  const path = join(folder, name)
  if (existsSync(path)) {
    const there = findSecrets(name, configPath)
    return { path: there.path, secret: there.secrets[0] ?? '', made: false }
  }
  const secret = newSecret()
  tell(path, () => {
    makeFolder(folder)
    replaceFile(path, `${secret}\n`, rights())
  })
  return { path, secret, made: true }
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  mkdirSync(folder, { recursive: true })
  const { uid, gid } = rights()
  chownSync(folder, uid, gid)
  chmodSync(folder, folderMode)
}

/** root and the daemon's group where both exist; else our own. */
function rights(): Rights {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return { mode, uid: own.uid, gid: own.uid === 0 ? (groupNumber() ?? own.gid) : own.gid }
}

function groupNumber(): number | null {
  try {
    const row = new RegExp(`^${group}:[^:]*:(\\d+):`, 'm').exec(readFileSync('/etc/group', 'utf8'))
    return row?.[1] === undefined ? null : Number(row[1])
  } catch {
    return null // Without the file there are no groups to give it to.
  }
}

function tell(path: string, write: () => void): void {
  try {
    write()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(
      text(
        `${path} не записывается: ${why}. Повторите через sudo.`,
        `${path} cannot be written: ${why}. Try again with sudo.`,
      ),
      { cause },
    )
  }
}
