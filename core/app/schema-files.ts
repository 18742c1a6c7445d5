import { BacktestDocument } from '../backtest/report/report-document.ts'
import { CLUSTER_PROFILE } from '../chain/cluster/profile-schema.ts'
import { fragmentSchema, pipelineSchema, settingsSchema } from '../config/emit-schemas.ts'
import { builtIn, createRegistry } from '../registry/create-registry.ts'
import { pipelineTestSchema } from '../testing/pipeline-test/schema.ts'
import { BUILT_IN_PLUGINS } from './builtin-plugins.ts'
import { RunDocument } from './run/run-document.ts'

/** Folders of the plugins' settings, by kind. */
const FOLDERS = {
  source: 'sources',
  signal: 'signals',
  strategy: 'strategies',
  order: 'orders',
  execution: 'executions',
  sink: 'sinks',
} as const

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** Every committed JSON Schema: path below `schemas/`, and its text. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const add = (path: string, schema: object): void => {
    files.set(path, `${JSON.stringify({ $schema: DRAFT, ...schema }, null, 2)}\n`)
  }
  const { registry } = createRegistry(builtIn(BUILT_IN_PLUGINS))
  add('pipeline.schema.json', pipelineSchema(registry))
  add('fragment.schema.json', fragmentSchema(registry))
  add('cluster.schema.json', CLUSTER_PROFILE)
  add('test.schema.json', { title: 'Tests of a pipeline', ...pipelineTestSchema })
  add('run.schema.json', { title: 'The document of a run', ...RunDocument })
  add('backtest.schema.json', { title: 'The report of a backtest', ...BacktestDocument })
  for (const plugin of BUILT_IN_PLUGINS) {
    add(`${FOLDERS[plugin.kind]}/${plugin.name}.schema.json`, settingsSchema(plugin))
  }
  return files
}
