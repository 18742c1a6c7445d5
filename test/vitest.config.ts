import { defineConfig } from 'vitest/config'

/**
 * `npm test`: all that runs in a minute or two. `npm run test:long` (`--mode long`): the files named `*.long.test.ts`,
 * which kill processes a hundred times, fuzz, or install packages.
 */
export default defineConfig(({ mode }) => ({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include:
      mode === 'long'
        ? ['test/**/*.long.test.ts']
        : ['{core,plugins}/**/*.test.ts', 'test/{contract,simulation,e2e}/**/*.test.ts'],
    globalSetup: ['test/e2e/build.ts'],
    exclude: mode === 'long' ? [] : ['**/*.long.test.ts', 'test/fixtures/**'],
    maxWorkers: 2,
    // The long ones start processes that take both cores, and some of those race against real time.
    fileParallelism: mode !== 'long',
    testTimeout: mode === 'long' ? 900_000 : 60_000,
    hookTimeout: 60_000,
  },
}))
