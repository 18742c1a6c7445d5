import type { TObject } from 'typebox'
import type { AnyPlugin } from '../plugin/contract.ts'
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

/** Every committed JSON Schema: path below `schemas/`, and its text. */
export async function schemaFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  const add = (path: string, schema: object): void => {
    files.set(
      path,
      `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, null, 2)}\n`,
    )
  }
  add('run.schema.json', { title: 'The document of a run', ...RunDocument })
  for (const plugin of BUILT_IN_PLUGINS) {
    add(`${FOLDERS[plugin.kind]}/${plugin.name}.schema.json`, settingsSchema(plugin))
  }
  return files
}

/** The settings of a plugin as a file of their own; such a file may name its schema. */
function settingsSchema({ kind, name, summary, config }: AnyPlugin): object {
  const { properties, ...rest } = config as TObject
  return {
    title: `Settings of ${kind}/${name}`,
    description: summary,
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'The schema an editor checks this file by.' },
      ...properties,
    },
  }
}
