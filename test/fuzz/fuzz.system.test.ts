/**
 * The short form of `npm run fuzz`: a fixed number of runs for every target, the corpus replayed, and the fuzzer itself
 * against planted bugs. Needs the compiled tree.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpus } from './corpus.ts'
import type { Summary } from './report.ts'
import { targets } from './targets.ts'

const program = fileURLToPath(new URL('../../dist/test/fuzz/fuzz.js', import.meta.url))
const names = Object.keys(targets).filter((name) => !name.startsWith('planted-'))
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chekpost-fuzz-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function fuzz(...args: readonly string[]): { code: number | null; summary: Summary } {
  const ran = spawnSync(process.execPath, [program, '--json', '--out', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  expect(ran.stdout, ran.stderr).toMatch(/^\{/)
  return { code: ran.status, summary: JSON.parse(ran.stdout) }
}

/** Few enough for every commit; the full run has a thousand times as many. Talks and files cost a thousand frames. */
const slow = ['talks', 'peers', 'config']
const shortRuns: readonly (readonly [runs: number, names: readonly string[]])[] = [
  [250, slow],
  [1_500, names.filter((name) => !slow.includes(name))],
]

test.each(shortRuns)(
  'nothing crashes, hangs or is wrong in %i runs, and the program is really reached: %j',
  (runs, group) => {
    const asked = group.flatMap((name) => ['--target', name])
    const { code, summary } = fuzz('--runs', String(runs), '--seed', '11', ...asked)
    expect(summary.findings).toEqual([])
    expect(code).toBe(0)
    expect(summary.targets.map(({ target }) => target).sort()).toEqual([...group].sort())
    for (const { target, runs: done, edges, mainEdges } of summary.targets) {
      expect(done, target).toBeGreaterThanOrEqual(runs)
      expect(mainEdges, target).toBeGreaterThan(0)
      expect(edges, target).toBeGreaterThan(5)
    }
  },
)

test('every target has inputs in the repository that are tried again each time', () => {
  for (const name of names) expect(readCorpus(name).length, name).toBeGreaterThan(0)
})

test('the same seed does the same', () => {
  const once = () => fuzz('--target', 'documents', '--runs', '700', '--seed', '5').summary.targets
  const plain = once().map(({ runs: done, edges, corpus }) => ({ done, edges, corpus }))
  expect(once().map(({ runs: done, edges, corpus }) => ({ done, edges, corpus }))).toEqual(plain)
})

describe('a planted bug is found:', () => {
  const magicRuns = '150000'

  function found(target: string, ...args: readonly string[]) {
    return fuzz('--target', target, '--seed', '3', '--hang', '2s', ...args)
  }

  test.each([
    ['a reader that ignores the checksum', 'planted-checksum', '5000', /checksum/],
    ['a sum that is off by one', 'planted-sum', '5000', /wrong sum/],
    ['four bytes that only coverage leads to', 'planted-magic', magicRuns, /TypeError/],
  ])('%s, and its input does it again', (_what, target, runs, words) => {
    const { code, summary } = found(target, '--runs', runs)
    expect(code).toBe(1)
    const [finding] = summary.findings
    expect(finding?.what).toMatch(words)
    const again = fuzz('--target', target, '--replay', finding?.file ?? '')
    expect(again.summary.findings[0]?.what).toMatch(words)
  })

  test('an endless loop is killed, and its input kept', () => {
    const { code, summary } = found('planted-hang', '--runs', '3000')
    expect(code).toBe(1)
    expect(summary.findings[0]?.what).toMatch(/hang/)
  })

  test('and the four bytes are not found without coverage', () => {
    expect(found('planted-magic', '--runs', magicRuns, '--blind').summary.findings).toEqual([])
  })
})
