/** What `init` leaves on the disk: the config and the secret, readable by root and the group chekpost alone. */
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
} from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { findSecrets, newSecret } from '../secrets.ts'
import { type Rights, replaceFile } from '../store/durable.ts'
import { codeOf } from '../store/faults.ts'
import { lacksRight, whyOf } from '../systemwords.ts'
import { type Text, text } from '../text.ts'
import { UsageError } from '../usage.ts'

const mode = 0o640
const folderMode = 0o750
const group = 'chekpost'

/** Throws `UsageError` when a config is there already and may not be replaced. */
export function demandFree(path: string, force: boolean): void {
  if (force || !existsSync(path)) return
  throw new UsageError(
    text(
      `Настройки уже есть: ${path}. Исправьте их сами или начните заново: chekpost init --force (прежние останутся рядом: ${basename(path)}.….bak)`,
      `There is a config already: ${path}. Correct it by hand, or begin anew: chekpost init --force (the old one stays beside it: ${basename(path)}.….bak)`,
    ),
  )
}

/** Throws `UsageError` where nothing could be written in the end: before anybody has answered a question. */
export function demandWritable(path: string): void {
  const folder = nearest(dirname(path))
  tell(path, () => accessSync(folder, constants.W_OK | constants.X_OK))
}

/** The folder itself, or the innermost above it that is there. */
function nearest(folder: string): string {
  try {
    accessSync(folder)
    return folder
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || folder === dirname(folder)) return folder
    return nearest(dirname(folder))
  }
}

/** Replaces the config; the one before stays beside it under the date, and is named. Throws `UsageError`. */
export function writeConfig(path: string, content: string): string | null {
  return tell(path, () => {
    makeFolder(dirname(path))
    const kept = existsSync(path) ? keepBeside(path) : null
    replaceFile(path, content, rights())
    return kept
  })
}

/** Replaces what `writeConfig` has written just now. Throws `UsageError`. */
export function replaceConfig(path: string, content: string): void {
  tell(path, () => replaceFile(path, content, rights()))
}

/** Two in one second have two names: none that is kept is ever written over. */
function keepBeside(path: string): string {
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  for (let copy = 1; ; copy++) {
    const kept = `${path}.${at}${copy === 1 ? '' : `-${copy}`}.bak`
    try {
      copyFileSync(path, kept, constants.COPYFILE_EXCL)
      return kept
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Files that the daemon cannot read, for want of its group; null when it can. */
export function missingGroup(groups = groupsFile()): Text | null {
  if (process.geteuid?.() !== 0 || groupNumber(groups) !== null) return null
  return text(
    `Группы ${group} на этом ПК нет: настройки и секрет прочтёт только root. Заведите её: useradd --system --home /var/lib/chekpost --groups dialout ${group} и повторите chekpost init --force`,
    `There is no group ${group} on this PC: config and secret can be read by root alone. Make it: useradd --system --home /var/lib/chekpost --groups dialout ${group}, then chekpost init --force again`,
  )
}

/** The secret that the site is to be told. */
export interface KeptSecret {
  readonly path: string
  readonly secret: string
  /** False: it was there already. */
  readonly made: boolean
}

/** The secrets of this shop, newest first: those that are there already, else a new one. Throws `UsageError`. */
export function keepSecret(name: string, configPath: string): KeptSecret {
  const beside = [join(dirname(configPath), 'secrets', name), join(dirname(configPath), name)]
  const [path = name] = isAbsolute(name) ? [name] : beside
  if ((isAbsolute(name) ? [name] : beside).some((place) => existsSync(place))) {
    const there = findSecrets(name, configPath)
    return { path: there.path, secret: there.secrets[0] ?? '', made: false }
  }
  const secret = newSecret()
  tell(path, () => {
    makeFolder(dirname(path))
    replaceFile(path, `${secret}\n`, rights())
  })
  return { path, secret, made: true }
}

/** The outer ones first, each with its rights, whatever the umask says: the daemon must get through all of them. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
  const { uid, gid } = rights()
  chownSync(folder, uid, gid)
  chmodSync(folder, folderMode)
}

/** root and the daemon's group where both exist; else our own. */
function rights(): Rights {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return { mode, uid: own.uid, gid: own.uid === 0 ? (groupNumber() ?? own.gid) : own.gid }
}

function groupNumber(groups = groupsFile()): number | null {
  const row = new RegExp(`^${group}:[^:]*:(\\d+):`, 'm').exec(groups)
  return row?.[1] === undefined ? null : Number(row[1])
}

function groupsFile(): string {
  try {
    return readFileSync('/etc/group', 'utf8')
  } catch {
    return '' // Without the file there are no groups to give it to.
  }
}

function tell<Result>(path: string, write: () => Result): Result {
  try {
    return write()
  } catch (cause) {
    const { ru, en } = whyOf(cause)
    const more = lacksRight(cause) ? text('. Повторите через sudo', '. Try again with sudo') : text('', '')
    throw new UsageError(
      text(`${path} не записывается: ${ru}${more.ru}`, `${path} cannot be written: ${en}${more.en}`),
      { cause },
    )
  }
}
