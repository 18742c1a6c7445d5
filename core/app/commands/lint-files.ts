import { diagnosticsToJson, formatDiagnostic, hasErrors } from '../../config/diagnostic.ts'
import { diskFiles } from '../../config/files.ts'
import { type LintResult, lintPipeline } from '../../config/lint.ts'
import { loadNamedPlugins } from '../../registry/load-plugins.ts'
import { settingsRoots } from '../bind-pipeline.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { openRegistry } from '../open-registry.ts'
import type { Printed } from './printed.ts'

/** A pipeline's tests stand beside it: `pipelines/*.yaml` names them too. */
const TEST_FILE = /\.test\.ya?ml$/

/** Everything that is wrong with pipelines and their tests, without running anything. */
export async function lintFiles(
  files: readonly string[],
  options: { readonly cluster: string; readonly environment: Environment },
): Promise<Printed & { readonly ok: boolean }> {
  const results: { file: string; diagnostics: LintResult['diagnostics'] }[] = []
  for (const file of files) {
    const { diagnostics } = TEST_FILE.test(file)
      ? await lintTests(file, options.cluster)
      : await lintFile(file, options)
    results.push({ file, diagnostics })
  }
  const all = results.flatMap(({ diagnostics }) => diagnostics)
  const errors = all.filter(({ severity }) => severity === 'error').length
  const warnings = all.length - errors
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  return {
    ok: !hasErrors(all),
    text: [
      ...all.map(formatDiagnostic),
      `${counted(files.length, 'file')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`,
    ].join('\n\n'),
    document: {
      document: 'lint',
      version: 1,
      files: results.map(({ file, diagnostics }) => ({
        file,
        ok: !hasErrors(diagnostics),
        diagnostics: diagnosticsToJson(diagnostics),
      })),
    },
  }
}

/** A test file by its own schema; its runtime is loaded only for it. */
async function lintTests(file: string, cluster: string): Promise<Pick<LintResult, 'diagnostics'>> {
  const { readTests } = await import('../../testing/pipeline-test/read-tests.ts')
  const { tokens } = await findCluster(cluster)
  return readTests(file, diskFiles, tokens)
}

/** One pipeline with every alternative of its params. */
export async function lintFile(
  file: string,
  options: { readonly cluster: string; readonly environment: Environment },
): Promise<LintResult> {
  const { environment } = options
  const { registry } = await openRegistry({ packagesFrom: environment.workingDirectory })
  const { tokens } = await findCluster(options.cluster)
  return lintPipeline({
    file,
    files: diskFiles,
    registry,
    loadPlugins: (specs, fromFile) => loadNamedPlugins(specs, fromFile, registry),
    tokens,
    settingsRoots: settingsRoots(environment),
  })
}
