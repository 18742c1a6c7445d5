import { hasErrors } from '../../config/diagnostic.ts'
import { diskFiles } from '../../config/files.ts'
import { loadNamedPlugins } from '../../registry/load-plugins.ts'
import { testFileOf } from '../../testing/pipeline-test/read-tests.ts'
import { formatTestReports, type TestReport, testReportsToJson } from '../../testing/pipeline-test/report.ts'
import { runPipelineTests } from '../../testing/pipeline-test/run-pipeline-tests.ts'
import { settingsRoots } from '../bind-pipeline.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { openRegistry } from '../open-registry.ts'
import type { Printed } from './printed.ts'

/** Runs pipelines' own tests in virtual time: no network, no wallet, no chain. */
export async function testPipelines(
  files: readonly string[],
  options: { readonly cluster: string; readonly only: string | undefined; readonly environment: Environment },
): Promise<Printed & { readonly ok: boolean; readonly broken: boolean }> {
  const { environment, only } = options
  const { registry } = await openRegistry({ packagesFrom: environment.workingDirectory })
  const { tokens } = await findCluster(options.cluster)
  const reports: TestReport[] = []
  // A pipeline and the test file beside it, as a shell's `*.yaml` names both, are the same tests.
  for (const file of new Set(files.map(testFileOf))) {
    reports.push(
      await runPipelineTests(file, {
        registry,
        loadPlugins: (specs, fromFile) => loadNamedPlugins(specs, fromFile, registry),
        files: diskFiles,
        tokens,
        settingsRoots: settingsRoots(environment),
        only,
      }),
    )
  }
  return {
    ok: reports.every(report => report.ok),
    broken: reports.some(report => hasErrors(report.diagnostics)),
    text: formatTestReports(reports),
    document: testReportsToJson(reports),
  }
}
