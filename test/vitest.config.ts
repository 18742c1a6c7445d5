import { defineConfig } from 'vitest/config'

/** The README's `npm test`: everything that needs neither recorded data, nor servers, nor minutes. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['core/**/*.test.ts', 'plugins/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/e2e/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
  },
})
