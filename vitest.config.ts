import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const strict = { testTimeout: 20_000, allowOnly: false, expect: { requireAssertions: true } }
const system = { ...strict, testTimeout: 180_000, hookTimeout: 180_000 }
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
