/** Small files are replaced whole or not at all. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** Made by `npm run build`. */
const built = new URL('../../../dist/agent/store/durable.js', import.meta.url).href

test('a file that finds room for a part of it only is the one before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-durable-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'chekpost.yaml')
  writeFileSync(path, 'before')
  const script = `import { replaceFile } from '${built}'; replaceFile('${path}', 'x'.repeat(3000))`
  // No file may be longer than one block of 1024 bytes.
  const line = 'ulimit -f 1; exec "$0" --input-type=module -e "$1"'
  const { status } = spawnSync('bash', ['-c', line, process.execPath, script])
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(status).toBe(1)
})
