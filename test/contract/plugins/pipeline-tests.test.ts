import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { builtIn, createRegistry } from '../../../core/registry/create-registry.ts'
import { formatTestReports } from '../../../core/testing/pipeline-test/report.ts'
import { runPipelineTests } from '../../../core/testing/pipeline-test/run-pipeline-tests.ts'

const ROOT = join(import.meta.dirname, '../../..')

it.each(globSync('{pipelines,configs/pipelines}/*.test.yaml', { cwd: ROOT }))('%s passes', async file => {
  const report = await runPipelineTests(join(ROOT, file), {
    registry: createRegistry(builtIn(BUILT_IN_PLUGINS)).registry,
    settingsRoots: globSync('configs/*/', { cwd: ROOT }).map(folder => join(ROOT, folder)),
  })
  expect(report.tests.length).toBeGreaterThan(0)
  expect(report.ok, formatTestReports([report])).toBe(true)
})
