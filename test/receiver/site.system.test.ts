/** The harness itself: it ends everything that it began, however a test ends. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pause } from '../../drivers/index.ts'
import { send } from './site/wire.ts'
import { openMaria, openSite } from './site.ts'

/** Processes whose command line speaks of this folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').includes(folder)
    } catch {
      return false // It has ended meanwhile.
    }
  })
}

test('a test that fails leaves no process and no folder', async () => {
  const folders: string[] = []
  const failing = async () => {
    await using db = await openMaria()
    folders.push(db.folder)
    await using site = await openSite(db)
    folders.push(site.folder)
    await send({
      method: 'GET',
      url: `${site.base}/fake/login.php?user=1`,
      headers: {},
      body: null,
      timeoutMs: 9_000,
    })
    expect(folders.map((folder) => processesOf(folder).length > 0)).toEqual([true, true])
    throw new Error('as planned')
  }
  await expect(failing()).rejects.toThrow('as planned')
  expect(folders.flatMap(processesOf)).toEqual([])
  expect(folders.filter((folder) => existsSync(folder))).toEqual([])
})

test('a test process that is killed leaves no server running', async () => {
  const built = new URL('../../dist/test/receiver/site/maria.js', import.meta.url).href
  const script = `const { openMaria } = await import('${built}')
    const db = await openMaria()
    console.log(db.folder)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  let folder = ''
  child.stdout.on('data', (text) => {
    folder += text
  })
  await until(() => folder.endsWith('\n'))
  folder = folder.trim()
  expect(processesOf(folder)).not.toEqual([])
  child.kill('SIGKILL')
  await until(() => processesOf(folder).length === 0)
  rmSync(folder, { recursive: true, force: true })
  expect(processesOf(folder)).toEqual([])
})

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!holds()) {
    if (performance.now() > end) throw new Error('it never came true')
    await pause(20, new AbortController().signal)
  }
}
