import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { StoreError } from '../../../agent/store/faults.ts'
import { holdAlone } from '../../../agent/store/sole.ts'
import { folder } from './workshop.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Another process that holds the file by SQLite's own lock, until it is killed. */
async function stranger(path: string): Promise<() => Promise<void>> {
  const source = `
    import Database from 'better-sqlite3'
    const database = new Database(${JSON.stringify(path)})
    database.exec('BEGIN EXCLUSIVE')
    process.stdout.write('held')
    setInterval(() => database.inTransaction, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { cwd: root })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return async () => {
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }
}

test('a directory that another process holds is refused, and is free the moment that one is killed', async () => {
  const path = join(folder(), 'state', 'daemon.lock')
  holdAlone(path)[Symbol.dispose]()
  const kill = await stranger(path)
  expect(() => holdAlone(path)).toThrow(StoreError)
  expect(() => holdAlone(path)).toThrow(expect.objectContaining({ fault: 'busy' }))
  await kill()
  using _held = holdAlone(path)
  expect(() => holdAlone(path), 'nor twice in one process').toThrow(StoreError)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the lock writes nothing, so a full disk does not keep the daemon from starting', () => {
  const home = folder()
  using _held = holdAlone(join(home, 'daemon.lock'))
  expect(readdirSync(home)).toEqual(['daemon.lock'])
  expect(statSync(join(home, 'daemon.lock')).size).toBe(0)
})
