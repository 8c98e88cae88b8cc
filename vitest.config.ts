import { defineConfig } from 'vitest/config'

const strict = { testTimeout: 20_000, allowOnly: false, expect: { requireAssertions: true } }

/**
 * Two projects: `unit` is fast and runs in `npm run check`; `system` (files named `*.system.test.ts`) starts
 * real processes, ptys and servers and runs in `npm test`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...strict,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.system.test.ts'],
        },
      },
      { test: { ...strict, name: 'system', include: ['test/**/*.system.test.ts'], testTimeout: 180_000 } },
    ],
  },
})
