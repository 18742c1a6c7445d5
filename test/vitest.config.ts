import { defineConfig, type TestUserConfig } from 'vitest/config'

/** Long suites that take both cores by themselves. */
const BOTH_CORES = [
  'test/simulation/simulation.long.test.ts',
  'test/contract/config-fuzz.long.test.ts',
  'test/e2e/kill.long.test.ts',
]

/**
 * `npm test`: all that runs in a minute or two. `npm run test:long` (`--mode long`): the files named `*.long.test.ts`,
 * which kill processes a hundred times, fuzz, or install packages. Most of those wait for a chain that keeps its own time
 * as often as for the processor, so three run at once; those that take both cores come after, one at a time.
 */
export default defineConfig(({ mode }) => ({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/e2e/build.ts'],
    hookTimeout: 60_000,
    ...(mode === 'long' ? LONG : SHORT),
  },
}))

const SHORT: TestUserConfig = {
  include: ['{core,plugins}/**/*.test.ts', 'test/{contract,simulation,e2e}/**/*.test.ts'],
  exclude: ['**/*.long.test.ts', 'test/fixtures/**'],
  maxWorkers: 2,
  // What the files import is loaded once for all of them: a fourth of the time.
  isolate: false,
  testTimeout: 60_000,
}

const LONG: TestUserConfig = {
  testTimeout: 900_000,
  projects: [
    {
      extends: true,
      test: {
        name: 'together',
        include: ['test/**/*.long.test.ts'],
        exclude: BOTH_CORES,
        maxWorkers: 3,
        sequence: { groupOrder: 1 },
      },
    },
    {
      extends: true,
      test: { name: 'both cores', include: BOTH_CORES, maxWorkers: 1, sequence: { groupOrder: 2 } },
    },
  ],
}
