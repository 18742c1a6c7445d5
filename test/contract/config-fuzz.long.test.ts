import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, 'fuzz-config.ts')
const INPUTS = 100_000

test('a hundred thousand mutated pipelines lead to diagnostics, never to an error or a hang', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT, String(INPUTS)])
  expect(stderr).toBe('')
  expect(stdout).toContain(`${INPUTS} inputs in `)
  expect(stdout).toMatch(/, 0 failed /)
})
