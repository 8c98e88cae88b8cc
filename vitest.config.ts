import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Limits far beyond what anything takes: a busy machine may be slow, and what never comes true is told all the same. */
const limited = (ms: number) => ({
  ...{ testTimeout: ms, hookTimeout: ms, allowOnly: false },
  expect: { requireAssertions: true, poll: { timeout: ms / 3 } },
})
const strict = limited(60_000)
const system = limited(300_000)
/** Both cores of a small machine. */
const maxWorkers = 2
/** Most of a system test is waiting for others. */
const maxSystemWorkers = 3
/** It loads both cores by itself, and what it looks for is a matter of moments: nothing runs beside it. */
const alone = ['test/kill/*.system.test.ts']

/** Longest first: one that begins last would run on by itself. */
const long = [
  'test/bench/bench.system',
  'test/endtoend/receiver.system',
  'test/browser/everypage.system',
  'test/browser/overview.system',
  'test/receiver/endtoend.system',
  'test/endtoend.system',
  'test/endtoend/line.system',
  'test/fuzz/fuzz.system',
  'test/agent/init.system',
  'test/receiver/sale-races.system',
  'test/agent/cli.system',
  'test/drivers/shtrih/simulated.system',
  'test/conformance/lines.system',
  'test/demo-proof/demo.system',
  'test/conformance.test',
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.includes(`/${name}`))
      return at < 0 ? long.length : at
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/**
 * Three projects, one after the other: `unit` is fast and runs in `npm run check`; `system` (files named
 * `*.system.test.ts`) starts real processes, ptys and servers; `alone` is what of that bears no neighbour.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          ...strict,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.system.test.ts'],
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...system,
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          exclude: alone,
          maxWorkers: maxSystemWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...system, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
})
