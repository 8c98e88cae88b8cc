/** What the numbers depend on and a reader cannot see in them. */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { percentile } from './figure.ts'

/** By the name under which the page shows it. */
export type Machine = Readonly<Record<string, string>>

/** Describes this machine and the disk of `folder`. */
export function describeMachine(folder: string): Machine {
  const [first] = cpus()
  const syncs = timeSyncs(join(folder, 'sync'))
  return {
    cores: String(cpus().length),
    CPU: first?.model ?? 'unknown',
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GB`,
    kernel: release(),
    disk: `${fileSystemOf(folder)}, fdatasync of 4 kB in ${ms(percentile(syncs, 0.5))} (p99 ${ms(percentile(syncs, 0.99))})`,
    Node: process.version,
    SQLite: sqliteVersion(),
  }
}

/** Milliseconds of each of 200 synced writes that make the file longer, as a write-ahead log does. */
function timeSyncs(path: string): number[] {
  const file = openSync(path, 'w')
  try {
    const page = new Uint8Array(4_096)
    return Array.from({ length: 200 }, () => {
      writeSync(file, page)
      const began = performance.now()
      fdatasyncSync(file)
      return performance.now() - began
    })
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`
}

/** Magic numbers of statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'XFS',
  2435016766: 'Btrfs',
  16914836: 'tmpfs (memory: no disk is measured)',
  2035054128: 'overlayfs',
}

function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder)
  return fileSystems[type] ?? `file system ${type.toString(16)}`
}

function sqliteVersion(): string {
  const database = new BetterSqlite3(':memory:')
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get())
  } finally {
    database.close()
  }
}
