/** The benchmark in its short form: that it runs and answers well; what the numbers are is for `npm run bench`. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('../../dist/test/bench/bench.js', import.meta.url))

interface Printed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function bench(...words: readonly string[]): Promise<Printed> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

test('the short form measures every figure and writes a whole report', { timeout: 600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chekpost-out-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { code, stdout, stderr } = await bench('--quick', '--json', '--out', folder, '--disk', folder)
  expect([0, 1], stderr).toContain(code)
  const report = JSON.parse(stdout)
  expect(JSON.parse(readFileSync(join(folder, 'performance.json'), 'utf8'))).toEqual(report)
  const page = readFileSync(join(folder, 'performance.md'), 'utf8')
  expect(report.figures.length).toBeGreaterThan(0)
  for (const figure of report.figures) {
    expect(figure.failed, `${figure.name}: ${figure.failed}`).toBeNull()
    expect(figure.rows.length, figure.name).toBeGreaterThan(0)
    for (const row of figure.rows) {
      expect(Number.isFinite(row.value), `${figure.name}: ${row.what}`).toBe(true)
      expect(page).toContain(row.what)
    }
  }
  const shares = report.profile.shares.map(({ percent }: { percent: number }) => percent)
  expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(100, 3)
  expect(Object.keys(report.machine)).toEqual(
    expect.arrayContaining(['cores', 'CPU', 'kernel', 'disk', 'Node', 'SQLite']),
  )
  // Nothing is left of what was measured.
  expect(readdirSync(folder).sort()).toEqual(['performance.json', 'performance.md'])
})

test('an unknown figure or word is wrong use', async () => {
  for (const words of [['--only', 'nothing'], ['--fast']]) {
    const { code, stderr } = await bench(...words)
    expect(code).toBe(2)
    expect(stderr).toContain('--only')
  }
})
