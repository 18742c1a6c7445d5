import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../package-root.ts'
import { testPipelines } from './test-pipelines.ts'

test('a pipeline and the test file beside it are the same tests, run once', async () => {
  const file = (name: string): string => join(packageRoot(), 'pipelines', name)
  const environment = {
    variables: {},
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: '',
    workingDirectory: packageRoot(),
  }
  const { document, ok } = await testPipelines([file('order-create.test.yaml'), file('order-create.yaml')], {
    cluster: 'localnet',
    only: 'a stop sells half',
    environment,
  })
  expect(ok).toBe(true)
  expect((document as { files: unknown[] }).files).toHaveLength(1)
})
