import { existsSync, statSync } from 'node:fs'
import { extname, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ForgeError, isForgeError, messageOf } from '../errors/forge-error.ts'
import type { AnyPlugin } from '../plugin/contract.ts'
import { checkDefinition } from './check-definition.ts'
import { lendOwnCopy } from './own-copy.ts'
import type { RegisteredPlugin } from './registry.ts'

const ENDINGS = ['.ts', '.mts', '.js', '.mjs']

/**
 * Imports a plugin file, which runs its definition and nothing else of it.
 *
 * @param path As a pipeline names it: relative to `baseDir`, the pipeline's folder.
 * @throws PLUGIN_NOT_LOADED, PLUGIN_INVALID, PLUGIN_API_MISMATCH
 */
export async function loadPluginFile(path: string, baseDir: string): Promise<RegisteredPlugin> {
  return { definition: await importDefinition(resolve(baseDir, path)), origin: { from: 'file', path } }
}

/** @throws PLUGIN_NOT_LOADED, PLUGIN_INVALID, PLUGIN_API_MISMATCH */
export async function importDefinition(file: string): Promise<AnyPlugin> {
  refuseUnusable(file)
  lendOwnCopy()
  let exported: { default?: unknown }
  try {
    exported = await import(pathToFileURL(file).href)
  } catch (cause) {
    if (isForgeError(cause)) throw cause
    throw new ForgeError('PLUGIN_NOT_LOADED', {
      message: `${file} can not be imported: ${messageOf(cause)}`,
      context: { file },
      cause,
    })
  }
  return checkDefinition(exported.default, file)
}

function refuseUnusable(file: string): void {
  const problem = (message: string, remedy: string): ForgeError =>
    new ForgeError('PLUGIN_NOT_LOADED', { message: `${file} ${message}`, remedy, context: { file } })
  if (!existsSync(file)) throw problem('does not exist', 'A plugin file is looked up from the folder of the pipeline.')
  if (statSync(file).isDirectory()) throw problem('is a folder', 'Name the file with the definition.')
  const ending = extname(file)
  if (!ENDINGS.includes(ending)) throw problem(`ends in "${ending}"`, `A plugin file ends in ${ENDINGS.join(', ')}.`)
  if (ending.endsWith('ts') && file.includes(`${sep}node_modules${sep}`)) {
    throw problem('is TypeScript below node_modules, which Node does not run', 'Packages ship JavaScript: compile it.')
  }
}
