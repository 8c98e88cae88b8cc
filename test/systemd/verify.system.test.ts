import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('systemd itself finds no fault in the unit', () => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
  } catch (cause) {
    throw new Error('this test needs systemd-analyze: apt-get install systemd', { cause })
  }
  const folder = mkdtempSync(join(tmpdir(), 'unit-'))
  try {
    const unit = readFileSync(new URL('../../systemd/chekpost.service', import.meta.url), 'utf8')
    // The program itself is not installed where the tests run.
    writeFileSync(join(folder, 'chekpost.service'), unit.replace('/usr/bin/chekpost run', '/bin/true'))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(folder, 'chekpost.service')], {
      encoding: 'utf8',
    })
    const complaints = stderr.split('\n').filter((line) => line.includes('chekpost.service'))
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
