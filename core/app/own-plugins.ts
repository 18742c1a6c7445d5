import { dirname } from 'node:path'
import type { LoadPlugins } from '../config/own-plugins.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { loadPlugins } from '../registry/load-plugins.ts'

/**
 * Loads what a pipeline names under `plugins`: files relative to it (`./mine.ts`), or installed packages by name. The
 * path of a problem is what the pipeline wrote, so that it is told at its line.
 */
export const loadOwnPlugins: LoadPlugins = async (specs, fromFile) => {
  const baseDir = dirname(fromFile)
  const isFile = (spec: string): boolean => /^\.{0,2}\//.test(spec)
  const packages = specs.filter(spec => !isFile(spec))
  const { registry, problems } = await loadPlugins({
    builtIns: [],
    files: specs.filter(isFile).map(path => ({ path, baseDir })),
    ...(packages.length === 0 ? {} : { packagesFrom: baseDir }),
  })
  const failed = problems.map(({ path, error }) => ({
    path: specs.find(spec => spec === path || path.includes(`/${spec}/`)) ?? path,
    error,
  }))
  const found = registry.list().flatMap(({ origin }) => (origin.from === 'package' ? [origin.name] : []))
  const missing = packages
    .filter(name => !found.includes(name) && !failed.some(({ path }) => path === name))
    .map(name => ({ path: name, error: notInstalled(name) }))
  return { registry, problems: [...failed, ...missing] }
}

function notInstalled(name: string): ForgeError {
  return new ForgeError('PLUGIN_NOT_LOADED', {
    message: `no installed package "${name}" brings plugins`,
    remedy: `Run \`npm install ${name}\`, or write ./${name} for a file.`,
  })
}
