/**
 * Files to be imported, as they come in pieces: kept beside the outbox until they are imported or an hour old. What is
 * imported is the very file that was checked, and a large one is never in memory.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, readdir, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { asStoreError, codeOf } from '../store/faults.ts'
import { text } from '../text.ts'
import { Failure } from '../usage.ts'
import type { ImportSource } from './carryout.ts'

/** The largest file, bytes: a year of a busy shop is half of it. */
export const largestFile = 64 * 1024 * 1024
/** So many files may wait at a time. */
const mostFiles = 16
const keepMs = 3_600_000
/** The outbox must not run out of disk because of an import. */
const freeBytes = 256 * 1024 * 1024

export class Staging {
  readonly #folder: string
  readonly #clock: () => number

  constructor(stateDir: string, clock: () => number) {
    this.#folder = join(stateDir, 'imports')
    this.#clock = clock
  }

  /** Adds a piece that begins at `at`; without a name a new file begins. */
  async add(
    name: string | null,
    at: number,
    piece: Uint8Array,
    of = 0,
  ): Promise<{ upload: string; bytes: number }> {
    if (Math.max(of, at + piece.length) > largestFile) throw tooLarge()
    try {
      if (name === null) await this.#makeRoom()
      const upload = name ?? randomUUID()
      // A piece that comes twice, or out of its order, would make another file of it.
      const there = await this.#size(upload)
      if (name === null ? at !== 0 : there !== at) throw gone()
      await appendFile(this.#path(upload), piece, { mode: 0o600 })
      return { upload, bytes: at + piece.length }
    } catch (error) {
      throw error instanceof Failure ? error : asStoreError(error)
    }
  }

  /** To read it fails with `Failure` when it waits here no longer. */
  async source(upload: string): Promise<ImportSource> {
    const path = this.#path(upload)
    // It is read more than once: the newest files are not put away to make room.
    const now = this.#clock() / 1000
    await utimes(path, now, now).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
    return { open: () => contentOf(path) }
  }

  async forget(uploads: readonly string[]): Promise<void> {
    for (const upload of uploads) await rm(this.#path(upload), { force: true })
  }

  async #makeRoom(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(this.#folder)
    if (bavail * bsize < freeBytes) throw noRoom()
    const names = await readdir(this.#folder)
    const files = await Promise.all(names.map(async (name) => ({ name, at: await this.#changedAt(name) })))
    const newestFirst = files.sort((one, other) => other.at - one.at)
    const old = newestFirst.filter(({ at }, place) => place >= mostFiles - 1 || this.#clock() - at > keepMs)
    for (const { name } of old) await rm(join(this.#folder, name), { force: true })
  }

  /** Of one that was just forgotten, long ago. */
  async #changedAt(name: string): Promise<number> {
    try {
      return (await stat(this.#path(name))).mtimeMs
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 0
      throw error
    }
  }

  /** Null for one that is not there. */
  async #size(upload: string): Promise<number | null> {
    try {
      return (await stat(this.#path(upload))).size
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
  }

  #path(upload: string): string {
    return join(this.#folder, upload)
  }
}

/** It may be put away between two readings of it. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path)
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? gone() : error
  }
}

function tooLarge(): Failure {
  const most = largestFile / 1024 / 1024
  return new Failure(
    text(
      `Файл больше ${most} МБ. Выгрузите частями: по кассам (--register) или по номерам (--fd 1-20000)`,
      `The file is larger than ${most} MB. Export it in parts: by register (--register) or by numbers (--fd 1-20000)`,
    ),
  )
}

function gone(): Failure {
  return new Failure(
    text(
      'Файл здесь больше не ждёт: прошёл час, или он уже принят. Выберите его снова',
      'The file waits here no longer: an hour has passed, or it was imported. Choose it again',
    ),
  )
}

function noRoom(): Failure {
  return new Failure(
    text(
      'На диске мало места для файла. Освободите место и повторите: df -h',
      'There is too little room on the disk for the file. Make room and try again: df -h',
    ),
  )
}
