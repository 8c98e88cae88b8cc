/**
 * What a program did to the files of one folder, as strace saw it: every write with its bytes, every sync, and every
 * fact that it announced on standard output in between. SQLite's `-shm` is left out: it is rebuilt at each opening.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Announced } from './facts.ts'

export type Write = {
  readonly kind: 'write'
  readonly file: string
  readonly at: number
  readonly bytes: Buffer
}

/** A change of a file's content. */
export type Change = Write | { readonly kind: 'truncate'; readonly file: string; readonly size: number }

/** A change of the folder. */
export type Naming =
  | { readonly kind: 'create' | 'unlink'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }

export type Step =
  | Change
  | Naming
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'syncFolder' }
  | { readonly kind: 'announce'; readonly fact: Announced }

const calls = 'openat,close,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink'

/** Runs `node` with `args` and gives back what its main thread did in `folder`. */
export function traced(folder: string, args: readonly string[], log: string): Step[] {
  const strace = ['-xx', '-s', '300000', '-e', `trace=${calls}`, '-o', log]
  const { status, error } = spawnSync('strace', [...strace, process.execPath, ...args], { stdio: 'ignore' })
  if (status !== 0) throw error ?? new Error(`strace ended with code ${status}`)
  const reading = new Reading(folder)
  const text = readFileSync(log, 'latin1')
  return text.split('\n').flatMap((line) => reading.line(line))
}

interface OpenFile {
  readonly path: string
  at: number
}

class Reading {
  readonly #folder: string
  readonly #open = new Map<number, OpenFile>()
  readonly #there = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** No step or several: a file that is opened may be made and emptied. */
  line(line: string): Step[] {
    const [, call = '', told = '', result = ''] = /^(\w+)\((.*)\) += (\d+)$/.exec(line) ?? []
    const strings = [...told.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
      Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
    )
    if (call === 'openat') return this.#opened(String(strings[0]), told, Number(result))
    if (call === 'rename') return this.#renamed(String(strings[0]), String(strings[1]))
    if (call === 'unlink') return this.#unlinked(String(strings[0]))
    const fd = Number.parseInt(told, 10)
    if (call === 'write' && fd === 1) return [{ kind: 'announce', fact: JSON.parse(String(strings[0])) }]
    const open = this.#open.get(fd)
    if (open === undefined) return []
    if (call === 'close') this.#open.delete(fd)
    return this.#done(call, open, told, strings[0] ?? Buffer.alloc(0))
  }

  #done(call: string, open: OpenFile, told: string, bytes: Buffer): Step[] {
    const file = this.#nameOf(open.path)
    const last = Number(told.slice(told.lastIndexOf(',') + 1))
    if (call.endsWith('sync') && open.path === this.#folder) return [{ kind: 'syncFolder' }]
    if (file === null) return []
    if (call.endsWith('sync')) return [{ kind: 'sync', file }]
    if (call === 'ftruncate') return [{ kind: 'truncate', file, size: last }]
    if (call === 'pwrite64') return [{ kind: 'write', file, at: last, bytes }]
    if (call !== 'write') return []
    open.at += bytes.length
    return [{ kind: 'write', file, at: open.at - bytes.length, bytes }]
  }

  #opened(path: string, told: string, fd: number): Step[] {
    this.#open.set(fd, { path, at: 0 })
    const file = this.#nameOf(path)
    if (file === null || !told.includes('O_CREAT')) return []
    const isNew = !this.#there.has(file)
    this.#there.add(file)
    if (isNew) return [{ kind: 'create', file }]
    return told.includes('O_TRUNC') ? [{ kind: 'truncate', file, size: 0 }] : []
  }

  #renamed(path: string, target: string): Step[] {
    const [file, to] = [this.#nameOf(path), this.#nameOf(target)]
    if (file === null || to === null) return []
    this.#there.delete(file)
    this.#there.add(to)
    return [{ kind: 'rename', file, to }]
  }

  #unlinked(path: string): Step[] {
    const file = this.#nameOf(path)
    if (file === null) return []
    this.#there.delete(file)
    return [{ kind: 'unlink', file }]
  }

  /** Null for what lies elsewhere. */
  #nameOf(path: string): string | null {
    return dirname(path) === this.#folder && !path.endsWith('-shm') ? basename(path) : null
  }
}
